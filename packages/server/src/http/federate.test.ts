import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { LocalStore } from '@vitrine/tsdb/local-store.ts';
import { expect, onTestFinished, test } from 'vitest';
import { parseProtobuf } from '../ingest/exposition/parse-protobuf.ts';
import { testApp } from '../testing/test-app.ts';

async function served() {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-federate-'));
  const store = LocalStore.open({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 5_000 });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { app, browser } = await testApp({ samples: store });
  const ask = (accept: string, match = '{job="j"}') =>
    app.inject({ url: `/federate?match[]=${encodeURIComponent(match)}`, headers: { ...browser, accept } });
  return { store, ask };
}

test('names that the text format does not have are written as Prometheus escapes them', async () => {
  const { store, ask } = await served();
  const nowMs = Date.now();
  const series = ['1a', 'a.b', 'x🚆y', 'plain:1'].map((name) => Labels.from({ __name__: name, job: 'j', '2b': 'v' }));
  await store.append({
    seriesKeys: series.map(({ key }) => key),
    seriesIndex: Uint32Array.from(series.keys()),
    timestampsMs: new Float64Array(series.length).fill(nowMs),
    values: new Float64Array(series.length).fill(1),
  });
  const textOf = async (accept: string): Promise<string[]> => {
    const { body } = await ask(accept);
    return body.split('\n').filter((line) => !line.startsWith('#') && line !== '');
  };
  expect(await textOf('text/plain')).toEqual(
    ['_a', 'a_b', 'plain:1', 'x_y'].map((name) => `${name}{_b="v",job="j",instance=""} 1 ${nowMs}`),
  );
  expect(await textOf('text/plain;version=1.0.0;escaping=allow-utf-8')).toEqual(
    ['{"1a",', '{"a.b",', 'plain:1{', '{"x🚆y",'].map((head) => `${head}"2b"="v",job="j",instance=""} 1 ${nowMs}`),
  );
});

const PROTOBUF = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
const READING = {
  nativeHistograms: true,
  alwaysClassic: false,
  bucketLimit: 0,
  minBucketFactor: 0,
  startTimes: false,
  typeAndUnitLabels: false,
};
const NATIVE: NativeHistogram = {
  schema: 1,
  zeroThreshold: 0.25,
  zeroCount: 1,
  count: 9,
  sum: 12.5,
  positiveSpans: [
    { offset: -1, length: 2 },
    { offset: 3, length: 1 },
  ],
  positiveBuckets: Float64Array.of(1, 2, 0.5),
  negativeSpans: [{ offset: 0, length: 1 }],
  negativeBuckets: Float64Array.of(4.5),
  customValues: new Float64Array(),
  reset: 'unknown',
};

test('whoever likes protobuf best gets native histograms too, whole; text leaves them out', async () => {
  const { store, ask } = await served();
  const nowMs = Date.now();
  const none = { positiveSpans: [], positiveBuckets: new Float64Array(), negativeSpans: [], negativeBuckets: new Float64Array() };
  const series: [labels: Record<string, string>, value: number | NativeHistogram, ageMs: number][] = [
    [{ __name__: 'both', i: '1' }, NATIVE, 1_000],
    [{ __name__: 'both', i: '2' }, 5, 2_000],
    [{ __name__: 'empty' }, { ...NATIVE, ...none, zeroThreshold: 0, zeroCount: 0, count: 0, sum: 0 }, 0],
    [{ __name__: 'gauge', instance: 'own' }, { ...NATIVE, reset: 'gauge' }, 0],
    [{ __name__: 'größe.🚆' }, Number.NaN, 0],
    [{ __name__: 'of.long.ago' }, 1, 301_000],
    [
      { __name__: 'with_bounds' },
      { ...NATIVE, ...none, schema: -53, zeroThreshold: 0, zeroCount: 0, count: 0, customValues: Float64Array.of(1) },
      0,
    ],
  ];
  const keys = series.map(([labels]) => Labels.from({ ...labels, job: 'j' }).key);
  await store.append({
    seriesKeys: keys,
    seriesIndex: Uint32Array.from(series.keys()),
    timestampsMs: Float64Array.from(series, ([, , ageMs]) => nowMs - ageMs),
    values: Float64Array.from(series, ([, value]) => (typeof value === 'number' ? value : 0)),
    histograms: new Map(series.flatMap(([, value], i) => (typeof value === 'number' ? [] : [[i, value] as const]))),
  });
  const answer = await ask(`${PROTOBUF};escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`);
  expect(answer.headers['content-type']).toBe(
    'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=allow-utf-8',
  );
  const read = parseProtobuf(answer.rawPayload, READING);
  const found = read.series.map(({ key }, i) => [
    String(Labels.fromKey(key as string)),
    read.histograms?.get(i)?.count ?? read.values[i],
    nowMs - (read.timestampsMs[i] as number),
  ]);
  expect(found).toEqual([
    ['both{i="1", job="j"}', 9, 1_000],
    ['both{i="2", job="j"}', 5, 2_000],
    ['empty{job="j"}', 0, 0],
    ['gauge{instance="own", job="j"}', 9, 0],
    ['größe.🚆{job="j"}', Number.NaN, 0],
  ]);
  expect(read.histograms?.get(0)).toEqual(NATIVE);
  expect(read.histograms?.get(3)).toEqual({ ...NATIVE, reset: 'gauge' });
  expect(parseProtobuf((await ask(PROTOBUF)).rawPayload, READING).metadata.map(({ metric }) => metric)).toContain('gr__e__');
  for (const accept of ['', 'text/plain', `${PROTOBUF};q=0.2,text/plain;q=0.3`, `${PROTOBUF};q=0`]) {
    const { headers, body } = await ask(accept);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body.split('\n').filter((line) => line !== '')).toEqual([
      '# TYPE both untyped',
      `both{i="2",job="j",instance=""} 5 ${nowMs - 2_000}`,
      '# TYPE gr__e__ untyped',
      `gr__e__{job="j",instance=""} NaN ${nowMs}`,
    ]);
  }
});

test('a metric of many series comes in several messages, and is whole', async () => {
  const { store, ask } = await served();
  const keys = Array.from({ length: 703 }, (_, i) => Labels.from({ __name__: 'm', i: String(i), job: 'j' }).key);
  await store.append({
    seriesKeys: keys,
    seriesIndex: Uint32Array.from(keys.keys()),
    timestampsMs: new Float64Array(keys.length).fill(Date.now()),
    values: Float64Array.from(keys.keys()),
  });
  const read = parseProtobuf((await ask(PROTOBUF)).rawPayload, READING);
  expect(read.metadata).toHaveLength(2);
  expect([...read.values].sort((a, b) => a - b)).toEqual([...keys.keys()]);
});
