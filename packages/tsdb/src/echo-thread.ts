import { parentPort } from 'node:worker_threads';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { WorkerServer } from './worker-server.ts';

/** A thread for tests of WorkerClient. */
export type EchoQuestion =
  | { readonly kind: 'echo'; readonly value: unknown; readonly afterTurns?: number }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'spin' }
  | { readonly kind: 'spins' }
  | { readonly kind: 'forever' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'exit' };

let spins = 0;
const server = new WorkerServer<EchoQuestion, unknown, string, string>(parentPort!, {
  async answer(question, { isStopped }) {
    switch (question.kind) {
      case 'echo':
        for (let turn = 0; turn < (question.afterTurns ?? 0); turn++) await new Promise((resolve) => setImmediate(resolve));
        return { answer: question.value };
      case 'refuse':
        throw new QueryError('bad_data', 'that is no question', { from: 1, to: 2 });
      case 'spin':
        // No message arrives meanwhile.
        while (!isStopped());
        spins++;
        return { answer: undefined };
      case 'spins':
        return { answer: spins };
      case 'forever':
        return new Promise(() => undefined);
      case 'fail':
        setImmediate(() => {
          throw new Error('out of luck');
        });
        return new Promise(() => undefined);
      case 'exit':
        process.exit(1);
    }
  },
  heed: (order) => server.note(`heard ${order}`),
  close: (): void => server.note('closing'),
});
