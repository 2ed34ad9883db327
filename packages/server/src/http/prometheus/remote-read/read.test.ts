import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareLabels, Labels } from '@vitrine/model/labels.ts';
import type { Selector } from '@vitrine/model/sample-store.ts';
import { LocalStore } from '@vitrine/tsdb/local-store.ts';
import { PbfReader, PbfWriter } from 'pbf';
import { uncompressSync } from 'snappy';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { packSnappy } from '../../../ingest/remote-write/encode-remote-write.ts';
import { type TestApp, testApp } from '../../../testing/test-app.ts';
import { decodeChunkedResponse } from './decode-for-tests.ts';
import { readPortions } from './read-portions.ts';

const SAMPLES = 30_000;
const nowMs = Date.now();
let own: TestApp;
let token: string;
let store: LocalStore;
let folder: string;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-read-'));
  store = LocalStore.open({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1_000 });
  own = await testApp({
    samples: store,
    limits: {
      maxSamples: 2 * SAMPLES + 5,
      maxSeries: 5,
      timeoutMs: 10_000,
      maxPoints: 11_000,
      bodyBytes: 1_000_000,
      artifactBytes: 1_000_000,
    },
    until: (end) => (close = end),
  });
  token = (await own.needs.tokens.create({ name: 'x', scopes: ['read'], labels: Labels.from({}), expiresMs: undefined })).token;
  await store.append({
    seriesKeys: [Labels.from({ __name__: 'up', job: 'a' }).key, Labels.from({ __name__: 'up', job: 'b' }).key],
    seriesIndex: Uint32Array.from({ length: SAMPLES + 1 }, (_, i) => (i < SAMPLES ? 0 : 1)),
    timestampsMs: Float64Array.from({ length: SAMPLES + 1 }, (_, i) => nowMs - (i % SAMPLES)),
    values: new Float64Array(SAMPLES + 1).fill(1),
  });
});

afterAll(async () => {
  await close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

type Range = readonly [fromMs: number, toMs: number];

function requestOf(ranges: readonly Range[], accepts: 0 | 1, value: string, label = 'job'): Uint8Array {
  const request = new PbfWriter();
  for (const [fromMs, toMs] of ranges) {
    request.writeMessage(
      1,
      (_, query) => {
        query.writeVarintField(1, fromMs);
        query.writeVarintField(2, toMs);
        query.writeMessage(
          3,
          (__, matcher) => {
            matcher.writeVarintField(1, 2);
            matcher.writeStringField(2, label);
            matcher.writeStringField(3, value);
          },
          null,
        );
      },
      null,
    );
  }
  request.writePackedVarint(2, [accepts]);
  return request.finish();
}

async function read(ranges: readonly Range[], accepts: 0 | 1, job = '.*') {
  return own.app.inject({
    url: '/api/v1/read',
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${token}` },
    payload: Buffer.from(packSnappy(requestOf(ranges, accepts, job))),
  });
}

/** As far as numbers without fractions go. */
const FIRST_INT64 = -(2 ** 63);
const LAST_INT64 = 2 ** 63 - 1_024;

test.each<readonly [string, Range, number]>([
  ['all there is', [FIRST_INT64, LAST_INT64], 1],
  ['what Go takes for the begin and the end of time', [-62_135_596_800_000, LAST_INT64], 1],
  ['since 1970, without an end', [0, LAST_INT64], 1],
  ['until now, without a begin', [FIRST_INT64, nowMs], 1],
  ['a minute', [nowMs - 60_000, nowMs], 1],
  ['what is yet to come', [nowMs + 86_400_000, LAST_INT64], 0],
])('%s', async (_, range, series) => {
  const answer = await read([range], 1, 'b');
  const found = decodeChunkedResponse(answer.rawPayload).flatMap(({ chunks }) => chunks.flatMap(({ samples }) => samples));
  expect([answer.statusCode, found.map(({ timeMs }) => timeMs)]).toEqual([200, series === 0 ? [] : [nowMs]]);
});

test('a message that takes several turns holds every sample of every query', async () => {
  const answer = await read(
    [
      [0, nowMs],
      [0, nowMs - SAMPLES],
      [nowMs, nowMs],
    ],
    0,
  );
  const reader = new PbfReader(uncompressSync(answer.rawPayload) as Buffer);
  const counts: number[][] = [];
  reader.readFields((result) => {
    if (result !== 1) return;
    const series: number[] = [];
    reader.readMessage((one) => {
      if (one !== 1) return;
      let samples = 0;
      reader.readMessage((part) => void (samples += Number(part === 2)), null);
      series.push(samples);
    }, null);
    counts.push(series);
  }, null);
  expect(counts).toEqual([[SAMPLES, 1], [], [1, 1]]);
});

test('queries together find no more samples than one message may have', async () => {
  const all: Range = [0, nowMs];
  expect((await read([all, all], 0)).statusCode).toBe(200);
  const answer = await read([all, all, all], 0);
  expect([answer.statusCode, answer.json<{ error: string }>().error]).toEqual([
    400,
    `the request finds too much: the limits of one request are ${2 * SAMPLES + 5} samples (limits.query.samples) and 5 series (limits.query.series). Accept STREAMED_XOR_CHUNKS, or ask for less`,
  ]);
  // Chunks need not be in memory together.
  expect((await read([all, all], 1)).statusCode).toBe(200);
});

test.each([0, 1] as const)('queries together find no more series than one may: kind %i', async (kind) => {
  const one: Range = [nowMs, nowMs];
  expect((await read([one, one], kind)).statusCode).toBe(200);
  const answer = await read([one, one, one], kind);
  expect([answer.statusCode, answer.json<{ error: string }>().error]).toEqual([
    400,
    'the request finds too much: the limit of one request is 5 series (limits.query.series): ask for less',
  ]);
});

test('chunks of more samples than are held at a time are whole', async () => {
  const series = Array.from({ length: 3 }, (_, i) => Labels.from({ __name__: 'many', job: `many${i}` }).key);
  const perSeries = 100_000;
  for (const key of series) {
    await store.append({
      seriesKeys: [key],
      seriesIndex: new Uint32Array(perSeries),
      timestampsMs: Float64Array.from({ length: perSeries }, (_, i) => nowMs - perSeries + i),
      values: new Float64Array(perSeries).fill(2),
    });
  }
  const answer = await read([[0, nowMs]], 1, 'many.*');
  const times = new Map<string, number[]>();
  for (const { labels, chunks } of decodeChunkedResponse(answer.rawPayload)) {
    const own = times.get(labels['job'] as string) ?? [];
    times.set(labels['job'] as string, own);
    for (const { samples } of chunks) for (const { timeMs } of samples) own.push(timeMs);
  }
  expect([...times.keys()]).toEqual(['many0', 'many1', 'many2']);
  for (const own of times.values()) expect(own).toEqual(Array.from({ length: perSeries }, (_, i) => nowMs - perSeries + i));
});

describe('portion by portion', () => {
  const KEEPERS = ['busy', 'few', 'some'];
  let folder: string;
  let store: LocalStore;
  /** What the largest answer of the store had. */
  let most = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vitrine-portions-'));
    store = LocalStore.open({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1_000 });
    const labels = [
      Labels.from({ __name__: 'm', kind: 'busy' }),
      ...Array.from({ length: 200 }, (_, i) => Labels.from({ __name__: 'm', kind: 'few', 'i.d': `a|${i}` })),
      ...Array.from({ length: 30 }, (_, i) =>
        Labels.from({ __name__: 'm', kind: 'some', 'i.d': `${i}`, more: i % 2 === 0 ? 'x' : '' }),
      ),
    ];
    const samples = labels.flatMap((one, series) => {
      const count = { busy: 20_000, few: 3, some: 900 }[one.get('kind')] as number;
      return Array.from({ length: count }, (_, i) => [series, nowMs - 1_000_000 + i * 7] as const);
    });
    await store.append({
      seriesKeys: labels.map(({ key }) => key),
      seriesIndex: Uint32Array.from(samples, ([series]) => series),
      timestampsMs: Float64Array.from(samples, ([, timeMs]) => timeMs),
      values: Float64Array.from(samples, (_, i) => i),
    });
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function readAll(portionSamples: number, matchers: Selector, range = { fromMs: 0, toMs: nowMs }) {
    const { signal } = new AbortController();
    const list = [...(await store.series({ selectors: [matchers], ...range, limit: 0 }))].sort(compareLabels);
    const found = new Map<string, number[]>();
    most = 0;
    for await (const portion of readPortions(
      store,
      matchers,
      list,
      range,
      { samples: portionSamples, timeoutMs: 60_000 },
      signal,
    )) {
      most = Math.max(
        most,
        portion.reduce((sum, { length }) => sum + length, 0),
      );
      for (const { labels, length, values } of portion) {
        const known = found.get(labels.key);
        // A series that comes in pieces comes in one go.
        if (known !== undefined) expect([...found.keys()].at(-1)).toBe(labels.key);
        found.set(labels.key, [...(known ?? []), ...values.subarray(0, length)]);
      }
    }
    expect([...found.keys()]).toEqual(list.map(({ key }) => key));
    return found;
  }

  test.each([1_000_000, 5_000, 1_000, 137])('of at most %i samples every sample comes once, in order', async (portion) => {
    const matchers = [{ label: '__name__', op: '=', value: 'm' }] as const;
    const found = await readAll(portion, matchers);
    const all = [...found.values()].flat();
    expect(most).toBeLessThanOrEqual(portion);
    expect([found.size, all.length]).toEqual([231, 20_000 + 200 * 3 + 30 * 900]);
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from(all.keys()));
    for (const values of found.values()) expect(values).toEqual(values.toSorted((a, b) => a - b));
  });

  test('a range without ends, and one of which a part matches', async () => {
    const matchers = [{ label: 'kind', op: '=~', value: KEEPERS.join('|') }] as const;
    const found = await readAll(1_000, matchers, { fromMs: -62_135_596_800_000, toMs: nowMs + 1e12 });
    expect([...found.values()].flat()).toHaveLength(20_000 + 200 * 3 + 30 * 900);
    const busy = await readAll(500, [{ label: 'kind', op: '=', value: 'busy' }], {
      fromMs: nowMs - 993_000,
      toMs: nowMs - 930_001,
    });
    expect([...busy.values()].flat()).toHaveLength(9_000);
  });

  test('nothing is read before it is asked for', async () => {
    const evaluate = vi.spyOn(store, 'evaluate');
    const matchers = [{ label: 'kind', op: '=', value: 'some' }] as const;
    const list = await store.series({ selectors: [matchers], fromMs: 0, toMs: nowMs, limit: 0 });
    const { signal } = new AbortController();
    const range = { fromMs: 0, toMs: nowMs };
    const portions = readPortions(store, matchers, list, range, { samples: 1_000, timeoutMs: 60_000 }, signal);
    expect(evaluate).not.toHaveBeenCalled();
    await portions.next();
    const [first] = [evaluate.mock.calls.length];
    await new Promise((resolve) => setImmediate(resolve));
    expect(evaluate.mock.calls.length).toBe(first);
    await portions.next();
    expect(evaluate.mock.calls.length).toBe(first + 1);
    // Who leaves off leaves nothing behind.
    await portions.return(undefined);
    evaluate.mockRestore();
  });
});
