import { Labels } from '@vitrine/model/labels.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BodyRefused } from './body-refused.ts';
import { checkOpenMetrics } from './exposition/check-open-metrics.ts';
import { encodeExposition, type ExposedFamily } from './exposition/encode-protobuf.ts';
import { ExpositionError } from './exposition/exposition-error.ts';
import type { Exposition } from './exposition/exposition.ts';
import { parseExposition, parseExpositionInSteps } from './exposition/parse-exposition.ts';
import { parseProtobuf, ProtobufError, type ProtobufReading } from './exposition/parse-protobuf.ts';
import { encodeOtlp, type Sent } from './otlp/encode-otlp.ts';
import type { MetricData, ResourceMetrics } from './otlp/otlp-metrics.ts';
import { readMetricsJson } from './otlp/read-json.ts';
import { countRecordsProtobuf, readMetricsProtobuf } from './otlp/read-protobuf.ts';
import { createRemoteWriteDecoder, type DecodedRemoteWrite } from './remote-write/decode-remote-write.ts';
import { encodeWriteRequest, encodeWriteRequestV2, packSnappy, type SentSeries } from './remote-write/encode-remote-write.ts';
import { RemoteWriteRefused } from './remote-write/remote-write-refused.ts';
import { SnappyUnpacker } from './remote-write/snappy-block.ts';

/** More for a longer search: `VITRINE_FUZZ_RUNS=100000 npx vitest run fuzz`. */
const RUNS = Number(process.env['VITRINE_FUZZ_RUNS'] ?? 400);
const T0 = 1_700_000_000_000;

const position = fc.nat({ max: 2_000 });
/** Bytes that mean something to one of the formats, and those at the ends of what a byte can be. */
const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, ...Buffer.from('{}",=#\\ \n\r\t_+-.eNI')), fc.nat({ max: 255 }));
const edit = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: position, byte }),
  fc.record({ kind: fc.constant('flip' as const), at: position, bit: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constant('put' as const), at: position, bytes: fc.array(byte, { minLength: 1, maxLength: 12 }) }),
  fc.record({ kind: fc.constant('drop' as const), at: position, length: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: position, length: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: position }),
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(bytes: Buffer, change: Edit): Buffer {
  const at = change.at % (bytes.length + 1);
  const before = bytes.subarray(0, at);
  switch (change.kind) {
    case 'set':
      return Buffer.concat([before, Buffer.of(change.byte), bytes.subarray(at + 1)]);
    case 'flip':
      return Buffer.concat([before, Buffer.of((bytes[at] ?? 0) ^ (1 << change.bit)), bytes.subarray(at + 1)]);
    case 'put':
      return Buffer.concat([before, Buffer.from(change.bytes), bytes.subarray(at)]);
    case 'drop':
      return Buffer.concat([before, bytes.subarray(at + change.length)]);
    case 'repeat':
      return Buffer.concat([bytes.subarray(0, at + change.length), bytes.subarray(at)]);
    case 'cut':
      return Buffer.from(before);
  }
}

/** One of the bodies with a few bytes changed, or bytes that never were one. */
function mutated(bodies: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  return fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(...bodies), fc.array(edit, { minLength: 1, maxLength: 5 }))
        .map(([body, edits]) => edits.reduce(edited, Buffer.from(body))),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  );
}

/** What it reads, or undefined where it refuses with an error of one of these kinds and a sentence. */
function reading<T>(read: () => T, ...refusals: readonly (abstract new (...args: never[]) => Error)[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!refusals.some((kind) => error instanceof kind)) throw error;
    expect((error as Error).message).toMatch(/\w/);
    expect((error as Error).message.length).toBeLessThan(5_000);
    return undefined;
  }
}

const TEXTS = [
  'up 1\n',
  '# HELP http_requests_total All \\\\ of\\nthem.\n# TYPE http_requests_total counter\nhttp_requests_total{code="200",path="/a\\"b\\\\\\n"} 1.5e3 1395066363000\nhttp_requests_total{code="500"} NaN\n',
  '# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_bucket{le="+Inf"} 2\nh_sum 0.75\nh_count 2\n',
  '{"my.metric", "größe 🙂"="x"} -Inf\n  a\t{ b = "c" , } +Inf -5 \r\n#\n\n',
];
const OPEN_METRICS = [
  '# TYPE a counter\n# UNIT a_seconds seconds\na_total{b="c"} 1 1.5 # {trace_id="abc"} 0.5 1.25\na_created{b="c"} 1520430000.123\n# EOF\n',
  '# TYPE h histogram\n# HELP h Text.\nh_bucket{le="1.0"} 1 # {} 0.5\nh_bucket{le="+Inf"} 3\nh_count 3\nh_sum 4.5\n# EOF\n',
  '# TYPE s stateset\ns{s="on"} 1\ns{s="off"} 0\n# TYPE i info\ni_info{version="1"} 1\n# TYPE q summary\nq{quantile="0.5"} 1\nq_count 2\nq_sum 3\n# EOF\n',
];

/** Every sample takes four bytes of text at least: a name, a space, a value, the end of the line. */
function expectInProportion(read: Exposition, bytes: number, perSample: number): void {
  expect(read.series).toHaveLength(read.length);
  expect(read.values).toHaveLength(read.length);
  expect(read.timestampsMs).toHaveLength(read.length);
  expect(read.length * perSample).toBeLessThanOrEqual(bytes + perSample);
  expect(read.metadata.length * 2).toBeLessThanOrEqual(bytes);
  let size = 0;
  for (const { key } of read.series) {
    size += key?.length ?? 0;
    expect(Labels.fromKey(key ?? '').key).toBe(key);
  }
  for (const { sample, labels } of read.exemplars) {
    expect(sample).toBeLessThan(read.length);
    for (const [name, value] of labels) size += name.length + value.length;
  }
  for (const { metric, help, unit } of read.metadata) size += metric.length + help.length + unit.length;
  for (const histogram of read.histograms?.values() ?? []) {
    size += histogram.positiveBuckets.length + histogram.negativeBuckets.length;
  }
  expect(size).toBeLessThanOrEqual(40 * bytes + 100);
}

describe.each([
  ['text', TEXTS],
  ['openmetrics', OPEN_METRICS],
] as const)('exposition %s', (format, texts) => {
  const bodies = texts.map((text) => Buffer.from(text));

  test.each(texts)('%j is valid', (text) => {
    expect(parseExposition(Buffer.from(text), format).length).toBeGreaterThan(0);
  });

  test('is read or refused with its line, alike in one go and in steps', () => {
    fc.assert(
      fc.property(mutated(bodies), (body) => {
        const read = reading(() => parseExposition(body, format), ExpositionError);
        if (read !== undefined) expectInProportion(read, body.length, 3);
        const steps = reading(() => {
          const generator = parseExpositionInSteps(body, format);
          for (;;) {
            const { done, value } = generator.next();
            if (done === true) return value;
          }
        }, ExpositionError);
        expect(steps?.length).toBe(read?.length);
        if (read !== undefined) return;
        let bad = 0;
        const rest = reading(() => parseExposition(body, format, undefined, { onBadLine: () => bad++ }), ExpositionError);
        const lines = body.toString('latin1').split('\n').length;
        expect(bad).toBeLessThanOrEqual(lines);
        if (rest !== undefined) expectInProportion(rest, body.length, 3);
      }),
      { numRuns: RUNS },
    );
  });
});

test('the check of OpenMetrics passes or names a line', () => {
  fc.assert(
    fc.property(mutated(OPEN_METRICS.map((text) => Buffer.from(text))), (body) => {
      const text = body.toString();
      try {
        checkOpenMetrics(text);
      } catch (error) {
        if (!(error instanceof ExpositionError)) throw error;
        expect(error.line).toBeGreaterThan(0);
        expect(error.line).toBeLessThanOrEqual(text.split('\n').length + 1);
      }
    }),
    { numRuns: RUNS },
  );
});

const EVERYTHING: ProtobufReading = {
  nativeHistograms: true,
  alwaysClassic: true,
  startTimes: true,
  typeAndUnitLabels: true,
  bucketLimit: 0,
  minBucketFactor: 0,
};
const exemplar = { labels: { trace_id: 'abc' }, value: 0.5, timestampMs: T0 };
const FAMILIES: readonly ExposedFamily[] = [
  { name: 'c_total', help: 'All.', type: 0, unit: 'bytes', metrics: [{ labels: { a: 'b' }, value: 1, exemplar, startMs: T0 }] },
  {
    name: 'g',
    type: 1,
    metrics: [
      { value: Number.NaN, timestampMs: T0 },
      { labels: { a: 'größe' }, value: -1 },
    ],
  },
  { name: 's', type: 2, metrics: [{ count: 3, sum: 1.5, quantiles: [[0.5, 1]] }] },
  {
    name: 'h',
    type: 4,
    metrics: [
      {
        count: 3,
        sum: 1.5,
        buckets: [
          [0.5, 1, exemplar],
          [Infinity, 3],
        ],
      },
    ],
  },
  {
    name: 'n',
    type: 4,
    metrics: [
      {
        count: 6,
        sum: 1,
        native: {
          schema: 3,
          zeroThreshold: 0.01,
          zeroCount: 1,
          positive: [
            [0, [1, 2]],
            [3, [1]],
          ],
          negative: [[-2, [1]]],
          exemplars: [exemplar],
        },
      },
    ],
  },
  { name: 'f', type: 5, metrics: [{ count: 2.5, sum: 1, native: { schema: 0, float: true, positive: [[1, [1.5, 1]]] } }] },
];
const PROTOBUFS = [...FAMILIES.map((family) => encodeExposition([family])), encodeExposition(FAMILIES)];

test('protobuf exposition is read or refused', () => {
  for (const body of PROTOBUFS) expect(parseProtobuf(body, EVERYTHING).length).toBeGreaterThan(0);
  fc.assert(
    fc.property(mutated(PROTOBUFS), fc.boolean(), (body, nativeHistograms) => {
      const read = reading(() => parseProtobuf(body, { ...EVERYTHING, nativeHistograms }), ProtobufError);
      // An empty histogram or summary gives a count, a sum and a bucket.
      if (read !== undefined) expectInProportion(read, 3 * body.length, 2);
    }),
    { numRuns: RUNS },
  );
});

const LABELS = [
  ['__name__', 'http_requests'],
  ['job', 'größe 🙂'],
] as const;
const SERIES: readonly SentSeries[] = [
  {
    labels: LABELS,
    samples: [
      [1.5, T0],
      [0x7ff0000000000002n, T0 + 1, T0 - 5],
    ],
  },
  { labels: LABELS, samples: [[Infinity, -5]], labelsLast: true },
  { labels: LABELS, samples: [[1, T0]], exemplars: [{ labels: [['trace_id', 'abc']], value: 0.5, timestampMs: T0 }] },
  {
    labels: LABELS,
    histograms: [
      {
        timestampMs: T0,
        schema: 3,
        zeroThreshold: 0.01,
        zeroCount: 1,
        count: 6,
        sum: 1,
        positive: {
          spans: [
            [0, 2],
            [3, 1],
          ],
          counts: [1, 2, 1],
        },
        negative: { spans: [[-2, 1]], counts: [1] },
      },
      { timestampMs: T0 + 1, float: true, count: 2.5, sum: 1, positive: { spans: [[1, 2]], counts: [1.5, 1] }, resetHint: 3 },
      {
        timestampMs: T0 + 2,
        schema: -53,
        count: 3,
        sum: 2,
        positive: { spans: [[0, 3]], counts: [1, 1, 1] },
        customValues: [0.5, 1],
      },
    ],
  },
];

/** The least that a sample takes on the wire is two bytes; what a series says it has must be in the columns. */
function expectDecoded({ batch, metadata, rejected }: DecodedRemoteWrite, bytes: number): void {
  const { seriesKeys, seriesIndex, values, timestampsMs } = batch;
  expect(timestampsMs).toHaveLength(seriesIndex.length);
  expect(values).toHaveLength(seriesIndex.length);
  expect(seriesIndex.length * 2).toBeLessThanOrEqual(bytes);
  expect(metadata.length * 2).toBeLessThanOrEqual(bytes);
  expect(rejected.problems.length).toBeLessThanOrEqual(10);
  expect(rejected.samples + rejected.histograms + rejected.exemplars).toBeLessThanOrEqual(bytes);
  expect(new Set(seriesKeys).size).toBe(seriesKeys.length);
  for (const index of seriesIndex) expect(index).toBeLessThan(seriesKeys.length);
  for (const at of timestampsMs) expect(at).toSatisfy(Number.isSafeInteger);
  for (const key of seriesKeys) expect(Labels.fromKey(key).metricName).not.toBe('');
  for (const { positiveBuckets, negativeBuckets } of batch.histograms?.values() ?? []) {
    expect(positiveBuckets.length + negativeBuckets.length).toBeLessThanOrEqual(bytes);
  }
}

describe.each([
  ['1.0', 'application/x-protobuf', encodeWriteRequest],
  ['2.0', 'application/x-protobuf;proto=io.prometheus.write.v2.Request', encodeWriteRequestV2],
] as const)('remote write %s', (_, type, encode) => {
  const headers = { 'content-type': type, 'content-encoding': 'snappy' };
  const bodies = [...SERIES.map((one) => encode([one])), encode(SERIES)];
  if (encode === encodeWriteRequest) {
    bodies.push(encodeWriteRequest([], [{ type: 1, metric: 'a', help: 'All.', unit: 'bytes' }]));
  }

  test('an unpacked body with mistakes is read or refused, and the next good one is read as ever', () => {
    const decode = createRemoteWriteDecoder({ cache: { entries: 20, bytes: 10_000 } });
    const good = packSnappy(encode(SERIES));
    const want = decode(good, headers).batch;
    fc.assert(
      fc.property(mutated(bodies), (body) => {
        const read = reading(() => decode(packSnappy(body), headers), RemoteWriteRefused);
        if (read !== undefined) expectDecoded(read, body.length);
        expect(decode(good, headers).batch).toEqual(want);
      }),
      { numRuns: RUNS },
    );
  });

  test('a packed body with mistakes is read or refused', () => {
    const decode = createRemoteWriteDecoder();
    const packed = bodies.map(packSnappy);
    fc.assert(
      fc.property(mutated(packed), (body) => {
        const read = reading(() => decode(body, headers), RemoteWriteRefused);
        if (read !== undefined) expectDecoded(read, 64 * body.length);
      }),
      { numRuns: RUNS },
    );
  });
});

test('a snappy block unpacks to as many bytes as it says, or is refused', () => {
  const snappy = new SnappyUnpacker();
  const blocks = ['', 'abc', 'ab'.repeat(300), TEXTS.join('').repeat(5)].map((text) => packSnappy(Buffer.from(text)));
  fc.assert(
    fc.property(mutated(blocks), (block) => {
      const copy = Buffer.from(block);
      const bytes = reading(() => snappy.unpack(block, 10_000), RemoteWriteRefused);
      expect(block).toEqual(copy);
      if (bytes !== undefined) expect(bytes.length).toBeLessThanOrEqual(Math.min(10_000, 64 * block.length));
    }),
    { numRuns: RUNS },
  );
});

const POINT = { timeUnixNano: `${T0}000000`, startTimeUnixNano: `${T0 - 1000}000000` };
const ATTRIBUTES = [
  { key: 'a.b', value: { stringValue: 'größe' } },
  { key: 'list', value: { arrayValue: { values: [{ intValue: '-5' }, { boolValue: true }, { doubleValue: 0.5 }] } } },
  { key: 'map', value: { kvlistValue: { values: [{ key: 'x', value: { stringValue: 'y' } }] } } },
];
const METRICS: readonly Sent[] = [
  { name: 'g', unit: 'By', description: 'All.', gauge: { dataPoints: [{ ...POINT, asDouble: 1.5, attributes: ATTRIBUTES }] } },
  {
    name: 's',
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [{ ...POINT, asInt: '7', exemplars: [{ timeUnixNano: `${T0}000000`, asDouble: 2, traceId: 'ab'.repeat(16) }] }],
    },
  },
  {
    name: 'h',
    histogram: {
      aggregationTemporality: 1,
      dataPoints: [{ ...POINT, count: '3', sum: 4, bucketCounts: ['1', '2'], explicitBounds: [0.5] }],
    },
  },
  {
    name: 'e',
    exponentialHistogram: {
      aggregationTemporality: 2,
      dataPoints: [
        { ...POINT, count: '4', sum: 4, scale: 2, zeroCount: '1', positive: { offset: -1, bucketCounts: ['1', '2'] } },
      ],
    },
  },
  { name: 'q', summary: { dataPoints: [{ ...POINT, count: '3', sum: 4, quantileValues: [{ quantile: 0.5, value: 1 }] }] } },
];
const requestOf = (metrics: readonly Sent[]): Sent => ({
  resourceMetrics: [{ resource: { attributes: ATTRIBUTES }, scopeMetrics: [{ scope: { name: 'n', version: '1' }, metrics }] }],
});
const REQUESTS = [...METRICS.map((metric) => requestOf([metric])), requestOf(METRICS)];

/** How many things a request holds, and how long its texts are. */
function sizeOf(resources: readonly ResourceMetrics[]): { parts: number; characters: number } {
  let [parts, characters] = [resources.length, 0];
  const pointsOf = (data: MetricData | undefined): MetricData['points'] => data?.points ?? [];
  const add = (attributes: readonly (readonly [string, string])[]): void => {
    parts += attributes.length;
    for (const [key, value] of attributes) characters += key.length + value.length;
  };
  for (const { attributes, scopes } of resources) {
    add(attributes);
    for (const scope of scopes) {
      add(scope.attributes);
      for (const { name, description, unit, data } of scope.metrics) {
        characters += name.length + description.length + unit.length;
        parts++;
        for (const point of pointsOf(data)) {
          add(point.attributes);
          parts += 1 + point.exemplars.length;
          if ('counts' in point) parts += point.counts.length + point.bounds.length;
          if ('positive' in point) parts += point.positive.counts.length + point.negative.counts.length;
          if ('quantiles' in point) parts += point.quantiles.length;
        }
      }
    }
  }
  return { parts, characters };
}

test.each([
  ['protobuf', readMetricsProtobuf, REQUESTS.map(encodeOtlp)],
  ['JSON', readMetricsJson, REQUESTS.map((request) => Buffer.from(JSON.stringify(request)))],
] as const)('OTLP as %s is read or refused', (_, read, bodies) => {
  for (const body of bodies) expect(read(body)).toHaveLength(1);
  fc.assert(
    fc.property(mutated(bodies), (body) => {
      const resources = reading(() => read(body), BodyRefused, RemoteWriteRefused);
      reading(() => countRecordsProtobuf(body), RemoteWriteRefused);
      if (resources === undefined) return;
      const { parts, characters } = sizeOf(resources);
      expect(parts).toBeLessThanOrEqual(body.length);
      // An attribute that is a list is written as JSON: a few characters for two bytes.
      expect(characters).toBeLessThanOrEqual(16 * body.length);
    }),
    { numRuns: RUNS },
  );
});

/** A field of bytes around another, so many times. */
function wrapped(field: number, times: number): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  for (let i = 0; i < times; i++) {
    const head = [field * 8 + 2];
    for (let rest = length; ; rest >>>= 7) {
      head.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
      if (rest <= 0x7f) break;
    }
    parts.push(Buffer.from(head));
    length += head.length;
  }
  return Buffer.concat(parts.toReversed());
}

describe('10,000 messages in each other', () => {
  const request = encodeWriteRequest([]);

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 10, 11])('of field %i are read or refused everywhere', (field) => {
    const body = Buffer.concat([request, wrapped(field, 10_000)]);
    const decode = createRemoteWriteDecoder();
    for (const type of ['application/x-protobuf', 'application/x-protobuf;proto=io.prometheus.write.v2.Request']) {
      reading(() => decode(packSnappy(body), { 'content-type': type }), RemoteWriteRefused);
    }
    reading(() => readMetricsProtobuf(body), BodyRefused, RemoteWriteRefused);
    reading(() => countRecordsProtobuf(body), RemoteWriteRefused);
    reading(() => parseProtobuf(body, EVERYTHING), ProtobufError);
  });

  test('an OTLP attribute of lists in lists is refused, in protobuf and in JSON', () => {
    const deepJson = (inner: string): string =>
      `{"resourceMetrics":[{"resource":{"attributes":[{"key":"a","value":${inner}}]}}]}`;
    const nested = '{"arrayValue":{"values":['.repeat(10_000) + ']}}'.repeat(10_000);
    expect(() => readMetricsJson(Buffer.from(deepJson(nested)))).toThrow(BodyRefused);
    let value: Sent = { stringValue: 'x' };
    for (let i = 0; i < 100; i++) value = { arrayValue: { values: [value] } };
    const attributes = [{ key: 'a', value }];
    const body = encodeOtlp({ resourceMetrics: [{ resource: { attributes }, scopeMetrics: [] }] });
    expect(() => readMetricsProtobuf(body)).toThrow(BodyRefused);
  });
});
