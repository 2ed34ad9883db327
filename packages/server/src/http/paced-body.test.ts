import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pacedBody } from './paced-body.ts';

const KIB = 1_024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Seconds before each piece, its bytes, and the seconds that its reader then takes. */
type Piece = readonly [waitSeconds: number, bytes: number, workSeconds?: number];

async function* sent(pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const [seconds, bytes] of pieces) {
    await later(seconds);
    yield new Uint8Array(bytes);
  }
}

function later(seconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, seconds * 1_000));
}

/** The bytes that were read, or why they were not read on. */
async function read(pieces: readonly Piece[]): Promise<number | string> {
  let bytes = 0;
  let at = 0;
  const reading = (async () => {
    for await (const piece of pacedBody(sent(pieces))) {
      bytes += piece.length;
      await later(pieces[at++]?.[2] ?? 0);
    }
    return bytes;
  })().catch((error: unknown) => (error as Error).message);
  await vi.runAllTimersAsync();
  return reading;
}

test.each<[string, readonly Piece[], number | string]>([
  ['a body that comes at once', [[0, 10 * KIB]], 10 * KIB],
  ['a small one that takes its time', [[50, 5]], 5],
  ['a slow line', Array.from({ length: 100 }, () => [10, 11 * KIB] as const), 1_100 * KIB],
  [
    'one that rests now and then',
    [
      [40, 100 * KIB],
      [40, 1],
      [0, 90 * KIB],
      [40, 1],
    ],
    190 * KIB + 2,
  ],
  ['one whose reader is slow', Array.from({ length: 10 }, () => [1, 10, 100] as const), 100],
  ['one that ends', [[59, 1]], 1],
  [
    'one that stops',
    [
      [0, 1],
      [61, 1],
    ],
    'body: stopped coming: nothing came for 60 s',
  ],
  ['a byte a minute', Array.from({ length: 5 }, () => [59, 1] as const), 'body: came too slowly: 2 bytes in 118 s'],
  [
    'a byte a minute after a lot',
    [[0, 900 * KIB], ...Array.from({ length: 9 }, () => [59, 1] as const)],
    'body: came too slowly',
  ],
])('%s', async (_, pieces, want) => {
  const got = await read(pieces);
  if (typeof want === 'number') expect(got).toBe(want);
  else expect(got).toContain(want);
});
