import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import { LocalStore } from '@vitrine/tsdb/local-store.ts';
import { PbfReader, PbfWriter } from 'pbf';
import { uncompressSync } from 'snappy';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packSnappy } from '../../../ingest/remote-write/encode-remote-write.ts';
import { type TestApp, testApp } from '../../../testing/test-app.ts';
import { decodeChunkedResponse } from './decode-for-tests.ts';

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

async function read(ranges: readonly Range[], accepts: 0 | 1, job = '.*') {
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
            matcher.writeStringField(2, 'job');
            matcher.writeStringField(3, job);
          },
          null,
        );
      },
      null,
    );
  }
  request.writePackedVarint(2, [accepts]);
  return own.app.inject({
    url: '/api/v1/read',
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${token}` },
    payload: Buffer.from(packSnappy(request.finish())),
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

test.each([0, 1] as const)('queries together find no more than one may: kind %i', async (kind) => {
  const all: Range = [0, nowMs];
  expect((await read([all, all], kind)).statusCode).toBe(200);
  const answer = await read([all, all, all], kind);
  expect([answer.statusCode, answer.json<{ error: string }>().error]).toEqual([
    400,
    `the request finds too much: the limits of one request are ${2 * SAMPLES + 5} samples (limits.query.samples) and 5 series (limits.query.series): ask for less`,
  ]);
  const one: Range = [nowMs, nowMs];
  expect((await read([one, one, one], kind)).statusCode).toBe(400);
});
