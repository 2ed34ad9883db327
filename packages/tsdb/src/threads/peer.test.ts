import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { Labels } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { PartRequest } from '@vitrine/promql/evaluate/evaluate-shared.ts';
import { parse } from '@vitrine/promql/parse.ts';
import { expect, test } from 'vitest';
import { Peer } from './peer.ts';
import { dealOut, Writings } from './writings.ts';

const request: PartRequest = {
  expr: parse('x'),
  query: {
    startMs: 0,
    endMs: 0,
    stepMs: 0,
    lookbackMs: 300_000,
    subqueryStepMs: 60_000,
    features: {},
    within: [],
    keepsStale: false,
  },
  grid: { startMs: 0, stepMs: 1, count: 1 },
  limits: undefined,
  text: 'x',
};

test('a part asked of a thread that is gone breaks, before it is gone and after', async () => {
  const { port1, port2 } = new MessageChannel();
  const gone = Promise.withResolvers<void>();
  const sourceOf = (): never => {
    throw new Error('nothing is asked here');
  };
  const peer = new Peer(port1, { sourceOf, writings: new Writings() }, gone.resolve);
  const ask = (): Promise<unknown> => peer.ask(request, { index: 1, of: 2 }, () => undefined).done;
  const before = ask();
  const closed = once(port2, 'close');
  port2.close();
  await Promise.all([gone.promise, closed]);
  const sentence = /the thread that computed a part of the query ended/;
  await expect(before).rejects.toThrow(sentence);
  await expect(ask()).rejects.toThrow(sentence);
  const { shares } = dealOut([], Float64Array.of(0), 1);
  await expect(peer.write('a', shares[0]!)).rejects.toThrow(sentence);
});

test('a thread that has no room for what it is to write refuses it in words', async () => {
  const { port1, port2 } = new MessageChannel();
  const sourceOf = (): never => {
    throw new Error('nothing is asked here');
  };
  const [near, far] = [port1, port2].map(
    (port) => new Peer(port, { sourceOf, writings: new Writings(60_000, 1) }, () => undefined),
  );
  expect(far).toBeDefined();
  const { shares } = dealOut(
    [{ labels: Labels.from({ a: 'b' }), values: Float64Array.of(1), present: undefined }],
    Float64Array.of(0),
    1,
  );
  await near!.write('a', shares[0]!);
  await expect(near!.write('b', shares[0]!)).rejects.toThrow(QueryError);
  port1.close();
});

test('a thread that has nothing to write is not waited for', async () => {
  const { port1 } = new MessageChannel();
  const sourceOf = (): never => {
    throw new Error('nothing is asked here');
  };
  const peer = new Peer(port1, { sourceOf, writings: new Writings() }, () => undefined);
  // One block, and two to write it.
  const { shares } = dealOut(
    [{ labels: Labels.from({ a: 'b' }), values: Float64Array.of(1), present: undefined }],
    Float64Array.of(0),
    2,
  );
  await expect(peer.write('a', shares[1]!)).resolves.toBeUndefined();
  port1.close();
});
