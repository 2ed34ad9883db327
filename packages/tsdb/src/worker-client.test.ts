import { QueryError } from '@vitrine/model/sample-store.ts';
import { afterEach, describe, expect, test } from 'vitest';
import type { EchoQuestion } from './echo-thread.ts';
import { WorkerClient, type WorkerClientOptions } from './worker-client.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function echo(changes: Partial<WorkerClientOptions<string>> = {}) {
  const notes: string[] = [];
  const failures: string[] = [];
  const client = new WorkerClient<EchoQuestion, unknown, string, string>({
    what: 'the echo',
    file: new URL('./echo-thread.ts', import.meta.url),
    options: { name: 'echo' },
    starts: 'again',
    onNote: (note) => notes.push(note),
    onFailure: ({ message }) => failures.push(message),
    ...changes,
  });
  closing.push(() => client.close());
  return { client, notes, failures };
}

test('each question gets its own answer, in whatever order they come', async () => {
  const { client, notes } = echo();
  client.tell('you');
  const answers: unknown[] = [];
  const ask = async (value: string, afterTurns: number): Promise<void> => {
    answers.push(await client.ask({ kind: 'echo', value, afterTurns }));
  };
  await Promise.all([ask('late', 50), ask('soon', 0)]);
  expect(answers).toEqual(['soon', 'late']);
  expect(notes).toEqual(['heard you']);
});

test('what the thread throws arrives as what it is, and what cannot be sent is refused', async () => {
  const { client } = echo();
  const refused = await client.ask({ kind: 'refuse' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(QueryError);
  expect(refused).toMatchObject({ code: 'bad_data', message: 'that is no question', from: 1 });
  await expect(client.ask({ kind: 'echo', value: () => undefined })).rejects.toThrow('could not be cloned');
  expect(await client.ask({ kind: 'echo', value: 1 })).toBe(1);
});

test('who leaves gets the reason at once, and a busy thread sees it', async () => {
  const { client } = echo();
  await expect(client.ask({ kind: 'spin' }, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  expect(client.isRunning).toBe(false);
  const leaving = new AbortController();
  const left = client.ask({ kind: 'spin' }, { signal: leaving.signal });
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  expect(await client.ask({ kind: 'spins' })).toBe(1);
});

describe.each([
  ['fail', "the echo's thread failed (out of luck)"],
  ['exit', "the echo's thread ended"],
] as const)('a thread that dies (%s)', (kind, sentence) => {
  test('fails all that wait, and has a successor', async () => {
    const { client, failures } = echo();
    const waiting = [client.ask({ kind: 'forever' }), client.ask({ kind })];
    for (const one of await Promise.allSettled(waiting)) expect(one).toMatchObject({ reason: { message: sentence } });
    expect(await client.ask({ kind: 'echo', value: 'again' })).toBe('again');
    expect(failures).toEqual([sentence]);
  });

  test('and is the only one: all is refused from then on, and that is told once', async () => {
    const { client, failures } = echo({ starts: 'once' });
    const refused = `${sentence}: restart the server`;
    await expect(client.ask({ kind })).rejects.toThrow(refused);
    await expect(client.ask({ kind: 'echo', value: 1 })).rejects.toThrow(refused);
    expect(() => client.start()).toThrow(refused);
    expect(client.isOpen).toBe(false);
    await client.close();
    expect(failures).toEqual([refused]);
  });
});

test.each([
  ['stopped', {}, []],
  ['asked to close', { closeLimitMs: 4_000 }, ['closing']],
])('a thread that is %s is no failure, and what waits is refused', async (_, changes, said) => {
  const { client, notes, failures } = echo(changes);
  await client.ask({ kind: 'echo', value: 1 });
  const waiting = expect(client.ask({ kind: 'forever' })).rejects.toThrow('the echo is closed');
  await client.close();
  await waiting;
  await expect(client.ask({ kind: 'echo', value: 1 })).rejects.toThrow('the echo is closed');
  expect({ notes, failures }).toEqual({ notes: said, failures: [] });
});

test('a thread that does not close in time is stopped', async () => {
  const { client } = echo({ closeLimitMs: 1 });
  const spinning = expect(client.ask({ kind: 'spin' }, { signal: new AbortController().signal })).rejects.toThrow('closed');
  await client.close();
  await spinning;
});
