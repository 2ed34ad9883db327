import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import * as fc from 'fast-check';
import { PbfWriter } from 'pbf';
import { describe, expect, onTestFinished, test } from 'vitest';
import { corpusFolder } from '../../testing/corpus-folder.ts';
import { hasPrometheus, startPrometheus } from '../../testing/start-prometheus.ts';
import { encodeExposition, type ExposedFamily, type ExposedMetric, type ExposedNative } from './encode-protobuf.ts';
import type { Exposition } from './exposition.ts';
import { parseProtobuf, ProtobufError, type ProtobufReading } from './parse-protobuf.ts';
import { parseExposition } from './parse-exposition.ts';
import { SeriesCache } from './series-cache.ts';

const ALL: ProtobufReading = {
  nativeHistograms: true,
  alwaysClassic: false,
  bucketLimit: 0,
  minBucketFactor: 0,
  startTimes: true,
  typeAndUnitLabels: false,
};

function read(families: readonly ExposedFamily[], reading: Partial<ProtobufReading> = {}, cache = new SeriesCache()): Exposition {
  return parseProtobuf(encodeExposition(families), { ...ALL, ...reading }, cache);
}

/** Each sample as `series value @timestamp`, histograms by their counts. */
function samplesOf({ series, values, timestampsMs, histograms }: Exposition): string[] {
  return series.map(({ key }, i) => {
    const own = histograms?.get(i);
    const value = own === undefined ? String(values[i]) : `${own.count}/${own.sum}`;
    return `${Labels.fromKey(key as string)} ${value}${Number.isNaN(timestampsMs[i]) ? '' : ` @${timestampsMs[i]}`}`;
  });
}

const NATIVE: ExposedNative = {
  schema: 2,
  zeroThreshold: 0.001,
  zeroCount: 1,
  positive: [
    [-1, [1, 2]],
    [1, [3]],
  ],
};

describe('a series is not taken for another that was read before', () => {
  test('where a quantile stands for what a bound stood for', () => {
    const cache = new SeriesCache();
    const summary: ExposedFamily = { name: 'a_bucket', type: 2, metrics: [{ count: 1, sum: 1, quantiles: [[0.5, 2]] }] };
    const histogram: ExposedFamily = { name: 'a', type: 4, metrics: [{ count: 1, sum: 1, buckets: [[0.5, 1]] }] };
    expect(samplesOf(read([summary], {}, cache))).toContain('a_bucket{quantile="0.5"} 2');
    expect(samplesOf(read([histogram], {}, cache))).toContain('a_bucket{le="0.5"} 1');
  });

  test('where its type is another now, and the labels say so', () => {
    const cache = new SeriesCache();
    const of = (type: number): string[] =>
      samplesOf(read([{ name: 'a', type, metrics: [{ value: 1 }] }], { typeAndUnitLabels: true }, cache));
    expect([of(0), of(1)]).toEqual([['a{__type__="counter"} 1'], ['a{__type__="gauge"} 1']]);
  });
});

describe('what a target says in protobuf', () => {
  test.each<[what: string, type: number, metric: ExposedMetric, want: string[]]>([
    ['a counter', 0, { labels: { a: 'ä' }, value: 3 }, ['m{a="ä"} 3']],
    ['a gauge', 1, { value: -0.5, timestampMs: 1234 }, ['m -0.5 @1234']],
    ['an untyped one', 3, { value: Infinity }, ['m Infinity']],
    [
      'a summary',
      2,
      {
        count: 4,
        sum: 9.5,
        quantiles: [
          [0.5, 2],
          [1, 3],
        ],
      },
      ['m_count 4', 'm_sum 9.5', 'm{quantile="0.5"} 2', 'm{quantile="1.0"} 3'],
    ],
    [
      'a classic histogram',
      4,
      {
        count: 5,
        sum: 7,
        buckets: [
          [1, 2],
          [1e9, 3],
        ],
      },
      ['m_count 5', 'm_sum 7', 'm_bucket{le="1.0"} 2', 'm_bucket{le="1e+09"} 3', 'm_bucket{le="+Inf"} 5'],
    ],
    ['a native histogram', 4, { count: 7, sum: 3, buckets: [[1, 2]], native: NATIVE }, ['m 7/3']],
  ])('%s', (_, type, metric, want) => {
    const exposition = read([{ name: 'm', help: 'About it.', type, unit: 's', metrics: [metric] }]);
    expect(samplesOf(exposition)).toEqual(want);
    const types = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'];
    expect(exposition.metadata).toEqual([{ metric: 'm', type: types[type], help: 'About it.', unit: 's' }]);
  });

  test('a native histogram comes whole', () => {
    const native: ExposedNative = { ...NATIVE, negative: [[0, [4]]] };
    expect(read([{ name: 'm', type: 4, metrics: [{ count: 11, sum: 3, native }] }]).histograms?.get(0)).toEqual({
      schema: 2,
      zeroThreshold: 0.001,
      zeroCount: 1,
      count: 11,
      sum: 3,
      positiveSpans: [
        { offset: -1, length: 2 },
        { offset: 1, length: 1 },
      ],
      positiveBuckets: Float64Array.of(1, 2, 3),
      negativeSpans: [{ offset: 0, length: 1 }],
      negativeBuckets: Float64Array.of(4),
      customValues: new Float64Array(),
      reset: 'unknown',
    });
  });

  const both: ExposedMetric = { count: 7, sum: 3, buckets: [[1, 2]], native: NATIVE };
  const classic = ['m_count 7', 'm_sum 3', 'm_bucket{le="1.0"} 2', 'm_bucket{le="+Inf"} 7'];
  test.each<[what: string, type: number, metric: ExposedMetric, reading: Partial<ProtobufReading>, want: string[]]>([
    ['native ones are not wanted', 4, both, { nativeHistograms: false }, classic],
    ['both are wanted', 4, both, { alwaysClassic: true }, ['m 7/3', ...classic]],
    ['both are wanted and there is no classic one', 4, { count: 7, sum: 3, native: NATIVE }, { alwaysClassic: true }, ['m 7/3']],
    ['it has no observations yet', 4, { native: { schema: 0, positive: [[0, []]] } }, {}, ['m 0/0']],
    ['it has no buckets and is no native one', 4, {}, {}, ['m_count 0', 'm_sum 0', 'm_bucket{le="+Inf"} 0']],
    [
      'its counts are not whole',
      4,
      { count: 2.5, sum: 1, native: { schema: 0, float: true, positive: [[0, [0.5, 2]]] } },
      {},
      ['m 2.5/1'],
    ],
  ])('of a histogram where %s', (_, type, metric, reading, want) => {
    expect(samplesOf(read([{ name: 'm', type, metrics: [metric] }], reading))).toEqual(want);
  });

  test('a gauge histogram may fall', () => {
    expect(read([{ name: 'm', type: 5, metrics: [both] }]).histograms?.get(0)?.reset).toBe('gauge');
  });

  test.each<[what: string, reading: Partial<ProtobufReading>, schema: number, counts: number[]]>([
    ['no limit', {}, 2, [1, 2, 3]],
    ['more buckets allowed than there are', { bucketLimit: 3 }, 2, [1, 2, 3]],
    ['fewer buckets allowed', { bucketLimit: 2 }, 1, [3, 3]],
    ['one bucket allowed', { bucketLimit: 1 }, 0, [6]],
    ['wider buckets wanted', { minBucketFactor: 1.4 }, 1, [3, 3]],
    ['the widest buckets wanted', { minBucketFactor: 1e9 }, -4, [6]],
  ])('with %s', (_, reading, schema, counts) => {
    const native: ExposedNative = { ...NATIVE, positive: [[1, [1, 2, 3]]] };
    const found = read([{ name: 'm', type: 4, metrics: [{ count: 7, sum: 3, native }] }], reading).histograms?.get(0);
    expect([found?.schema, [...(found?.positiveBuckets ?? [])]]).toEqual([schema, counts]);
  });

  test('exemplars stay with their samples; one of a native histogram needs a time', () => {
    const exemplar = (id: string, timestampMs?: number) =>
      timestampMs === undefined ? { labels: { id }, value: 1 } : { labels: { id }, value: 1, timestampMs };
    const counter: ExposedFamily = { name: 'c', type: 0, metrics: [{ value: 1, exemplar: exemplar('a') }] };
    const buckets = [[1, 2, exemplar('b', 1500)] as const, [2, 2, exemplar('c')] as const];
    const asClassic = read([counter, { name: 'h', type: 4, metrics: [{ count: 2, buckets }] }]);
    expect(asClassic.exemplars).toEqual([
      { sample: 0, labels: [['id', 'a']], value: 1, timestampMs: undefined },
      { sample: 3, labels: [['id', 'b']], value: 1, timestampMs: 1500 },
      { sample: 4, labels: [['id', 'c']], value: 1, timestampMs: undefined },
    ]);
    const ofBuckets = read([{ name: 'h', type: 4, metrics: [{ count: 7, buckets, native: NATIVE }] }]);
    expect(ofBuckets.exemplars.map(({ labels }) => labels[0]?.[1])).toEqual(['b']);
    const native = { ...NATIVE, exemplars: [exemplar('late', 2000), exemplar('d'), exemplar('early', 1000)] };
    const own = read([{ name: 'h', type: 4, metrics: [{ count: 7, buckets, native }] }]);
    expect(own.exemplars.map(({ labels }) => labels[0]?.[1])).toEqual(['early', 'late']);
  });

  test('since when things count is read where it is asked for', () => {
    const families: ExposedFamily[] = [
      { name: 'c', type: 0, metrics: [{ value: 1, startMs: 1500 }] },
      { name: 'g', type: 1, metrics: [{ value: 1 }] },
      { name: 'h', type: 4, metrics: [{ count: 7, native: NATIVE, startMs: 2500 }] },
      { name: 's', type: 2, metrics: [{ count: 1, startMs: 3500 }] },
    ];
    expect([...(read(families).startsMs ?? [])]).toEqual([1500, NaN, 2500, 3500, 3500]);
    expect(read(families, { startTimes: false }).startsMs).toBeUndefined();
    expect(read(families.slice(1, 2)).startsMs).toBeUndefined();
  });

  test('types and units are labels where that is asked for', () => {
    const families: ExposedFamily[] = [
      { name: 'h_seconds', type: 4, unit: 'seconds', metrics: [{ count: 1, labels: { __type__: 'mine' } }] },
      { name: 'u', type: 3, metrics: [{ value: 1 }] },
    ];
    expect(samplesOf(read(families, { typeAndUnitLabels: true }))).toEqual([
      'h_seconds_count{__type__="histogram", __unit__="seconds"} 1',
      'h_seconds_sum{__type__="histogram", __unit__="seconds"} 0',
      'h_seconds_bucket{__type__="histogram", __unit__="seconds", le="+Inf"} 1',
      'u 1',
    ]);
  });

  test('a series is known again by what is written', () => {
    let resolved = 0;
    const cache = new SeriesCache((labels) => {
      resolved++;
      return labels;
    });
    const families: ExposedFamily[] = [{ name: 'm', type: 4, metrics: [{ labels: { a: '1' }, count: 2, buckets: [[1, 2]] }] }];
    const [first, second] = [read(families, {}, cache), read(families, {}, cache)];
    expect([resolved, second.series]).toEqual([4, first.series]);
  });

  test.each<[what: string, native: ExposedNative, count: number, problem: RegExp]>([
    ['with a schema that is not known', { ...NATIVE, schema: -5 }, 7, /^the native histogram m cannot be kept: its schema is -5/],
    ['that does not add up', NATIVE, 8, /its buckets hold 7 observations, and its count is 8/],
  ])('a native histogram %s refuses the whole answer', (_, native, count, problem) => {
    expect(() => read([{ name: 'm', type: 4, metrics: [{ count, native }] }])).toThrow(problem);
  });

  test('more buckets than the limit allows at the coarsest', () => {
    const native: ExposedNative = { schema: -4, positive: [[0, [1, 1]]] };
    const all = (): unknown => read([{ name: 'm', type: 4, metrics: [{ count: 2, native }] }], { bucketLimit: 1 });
    expect(all).toThrow(/it has 2 buckets, and the native_histogram_bucket_limit is 1/);
  });

  test('what breaks off, and garbage, is refused in a sentence', () => {
    const whole = encodeExposition([{ name: 'm', type: 4, metrics: [{ ...both, labels: { a: 'b' }, startMs: 1 }] }]);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
          fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => Uint8Array.from(whole).fill(byte, at, at + 1)),
        ),
        (body) => {
          try {
            parseProtobuf(body, ALL);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtobufError);
          }
        },
      ),
    );
  });
});

/** A field of bytes. */
const field = (number: number, content: Uint8Array): Buffer => {
  const writer = new PbfWriter();
  writer.writeBytesField(number, content);
  return Buffer.from(writer.finish());
};
const text = (number: number, content: string): Buffer => field(number, Buffer.from(content));
/** So many fields of two bytes each, with nothing in them. */
const empty = (number: number, count: number): Buffer => {
  const bytes = field(number, new Uint8Array());
  return Buffer.alloc(count * bytes.length, bytes);
};
const labelled = (characters: number): Buffer => field(1, Buffer.concat([text(1, 'a'), text(2, 'v'.repeat(characters))]));
const delimited = (...parts: Buffer[]): Buffer => {
  const [message, writer] = [Buffer.concat(parts), new PbfWriter()];
  writer.writeVarint(message.length);
  return Buffer.concat([writer.finish(), message]);
};
const histogramWith = (...parts: Buffer[]): Buffer =>
  delimited(text(1, 'h'), Buffer.of(0x18, 4), field(4, Buffer.concat([field(7, Buffer.concat(parts))])));

describe('a small body does not become a large one', () => {
  const textBytes = 4_000_000;
  const most = /^the body has more series, buckets and exemplars than 4000000 bytes of text could say.*body_size_limit/;
  test.each<[what: string, body: () => Buffer, sentence: RegExp]>([
    [
      'buckets that repeat long labels',
      () => delimited(text(1, 'h'), Buffer.of(0x18, 4), field(4, Buffer.concat([labelled(60_000), field(7, empty(3, 1_000))]))),
      most,
    ],
    ['metrics that repeat a long name', () => delimited(text(1, 'n'.repeat(60_000)), empty(4, 0), metrics(1_000)), most],
    [
      'labels that are too long',
      () => delimited(text(1, 'n'), field(4, labelled(70_000))),
      /^the labels of a series of n takes? more than 65536 bytes/,
    ],
    ['a name that is too long', () => delimited(text(1, 'n'.repeat(70_000))), /^the name n+… takes more than 65536 bytes/],
    ['spans', () => histogramWith(empty(12, 300_000)), most],
    ['counts of buckets', () => histogramWith(field(13, new Uint8Array(1_100_000))), most],
    ['counts of buckets one by one', () => histogramWith(Buffer.alloc(2_400_000, Buffer.of(13 * 8, 1))), most],
    ['exemplars', () => histogramWith(empty(16, 110_000)), most],
    ['labels of an exemplar', () => histogramWith(field(16, empty(1, 600_000))), most],
    ['metrics without samples', () => Buffer.alloc(1_500_000, delimited(text(1, 'm'))), most],
    ['classic buckets without labels', () => histogramWith(empty(3, 300_000)), most],
  ])('%s', (_, body, sentence) => {
    expect(() => parseProtobuf(body(), { ...ALL, textBytes })).toThrow(sentence);
  });

  /** Counters without labels. */
  function metrics(count: number): Buffer {
    const bytes = field(4, field(3, new Uint8Array()));
    return Buffer.alloc(count * bytes.length, bytes);
  }

  test('a body as large as a large server has is read', () => {
    const buckets = Array.from({ length: 20 }, (_, i) => [i, i] as const);
    const metrics = Array.from({ length: 1_000 }, (_, i) => ({
      labels: { path: `/a/rather/long/path/${i}`, code: '200' },
      count: 20,
      buckets,
    }));
    const native = { ...NATIVE, positive: [[0, Array.from({ length: 160 }, (_, i) => i)] as const] };
    const natives = Array.from({ length: 200 }, (_, i) => ({ labels: { i: `${i}` }, count: 12_721, native }));
    const { length } = read(
      [
        { name: 'requests_seconds', type: 4, metrics },
        { name: 'natives', type: 4, metrics: natives },
      ],
      { textBytes },
    );
    expect(length).toBe(1_000 * 23 + 200);
  });
});

function namesOf({ series }: Exposition): string[] {
  return series.map(({ key }) => String(Labels.fromKey(key as string))).toSorted();
}

const corpus = corpusFolder('openmetrics/prometheus_common/expfmt/testdata');
test.skipIf(corpus === undefined).each([
  ['protobuf', 37, 248],
  ['protobuf-multimessage', 6, 6],
])('%s of the format’s authors is read [needs ../shared/corpus]', (name, families, samples) => {
  const { metadata, length } = parseProtobuf(readFileSync(join(corpus as string, name)), ALL);
  expect([metadata.length, length]).toEqual([families, samples]);
});

test.skipIf(!hasPrometheus())('a real server says the same in protobuf and in text [needs prometheus]', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-protobuf-'));
  const stops: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true });
  });
  const url = await startPrometheus(folder, stops);
  const get = async (accept: string): Promise<Uint8Array> =>
    new Uint8Array(await (await fetch(`${url}/metrics`, { headers: { accept } })).arrayBuffer());
  // What is counted from the first request on is there from the second.
  await get('text/plain');
  const protobuf = await get('application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited');
  const told = namesOf(parseProtobuf(protobuf, ALL));
  expect(told.length).toBeGreaterThan(200);
  expect(told).toEqual(namesOf(parseExposition(await get('text/plain;version=0.0.4'), 'text')));
});
