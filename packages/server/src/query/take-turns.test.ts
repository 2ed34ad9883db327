import type { EvaluateRequest, QueryResult } from '@vitrine/model/sample-store.ts';
import { expect, test } from 'vitest';
import { FakeStore } from '../testing/fake-store.ts';
import { takeTurns } from './take-turns.ts';

const ANSWER: QueryResult = {
  kind: 'string',
  timeMs: 0,
  value: '',
  annotations: [],
  stats: { seriesRead: 0, samplesRead: 0, elapsedMs: 0 },
};

/** A store whose evaluations end when the test says so. */
class HeldStore extends FakeStore {
  readonly started: string[] = [];
  readonly #ends = new Map<string, () => void>();

  override async evaluate({ expr }: EvaluateRequest): Promise<QueryResult> {
    this.started.push(expr);
    await new Promise<void>((resolve) => this.#ends.set(expr, resolve));
    return ANSWER;
  }

  end(expr: string): void {
    this.#ends.get(expr)?.();
  }
}

const ask = (expr: string): EvaluateRequest => ({ expr, startMs: 0, endMs: 0, stepMs: 0 });

test('so many run at a time, and the next begins when one ends, in the order they came', async () => {
  const held = new HeldStore();
  const store = takeTurns(held, 2, 60_000);
  const answers = ['a', 'b', 'c', 'd'].map((expr) => store.evaluate(ask(expr)));
  await expect.poll(() => held.started).toEqual(['a', 'b']);
  held.end('b');
  await answers[1];
  await expect.poll(() => held.started).toEqual(['a', 'b', 'c']);
  for (const expr of ['a', 'c']) held.end(expr);
  await expect.poll(() => held.started).toEqual(['a', 'b', 'c', 'd']);
  held.end('d');
  expect(await Promise.all(answers)).toHaveLength(4);
});

test('one that is given up while it waits leaves the queue', async () => {
  const held = new HeldStore();
  const store = takeTurns(held, 1, 60_000);
  const first = store.evaluate(ask('a'));
  const gone = new AbortController();
  const second = store.evaluate(ask('b'), gone.signal);
  const third = store.evaluate(ask('c'));
  gone.abort();
  await expect(second).rejects.toMatchObject({ code: 'canceled' });
  held.end('a');
  await first;
  await expect.poll(() => held.started).toEqual(['a', 'c']);
  held.end('c');
  await third;
});

test('one that waits too long is told of the limit', async () => {
  const held = new HeldStore();
  const store = takeTurns(held, 1, 5);
  const first = store.evaluate(ask('a'));
  await expect(store.evaluate(ask('b'))).rejects.toThrow(/one of 1 places \(limits\.query\.concurrent\)/);
  held.end('a');
  await first;
});
