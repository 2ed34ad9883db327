import { Labels } from '@vitrine/model/labels.ts';
import { type AppendResult, StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRemoteWriteDecoder, type DecodedRemoteWrite, type RemoteWriteHeaders } from './decode-remote-write.ts';
import {
  encodeWriteRequest,
  encodeWriteRequestV2,
  packSnappy,
  type SentBuckets,
  type SentHistogram,
  type SentSample,
  type SentSeries,
} from './encode-remote-write.ts';
import { RemoteWriteRefused } from './remote-write-refused.ts';
import { remoteWriteStatus } from './remote-write-status.ts';

const V1 = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
const V2 = { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request', 'content-encoding': 'snappy' };
const STORED: AppendResult = { accepted: 0, rejected: [], rejectedCount: 0 };

/** Each sample as `series value @timestamp`. */
function samplesOf({ batch }: DecodedRemoteWrite): string[] {
  return Array.from(
    batch.seriesIndex,
    (series, i) => `${Labels.fromKey(batch.seriesKeys[series] as string)} ${batch.values[i]} @${batch.timestampsMs[i]}`,
  );
}

const series = (name: string, ...samples: SentSample[]): SentSeries & { readonly samples: readonly SentSample[] } => ({
  labels: [
    ['__name__', name],
    ['job', 'j'],
  ],
  samples,
});

describe.each([
  [1, V1, encodeWriteRequest],
  [2, V2, encodeWriteRequestV2],
] as const)('remote write %i.0', (version, headers, encode) => {
  const decode = (sent: readonly SentSeries[], decoder = createRemoteWriteDecoder()): DecodedRemoteWrite =>
    decoder(packSnappy(encode(sent)), headers);

  test('samples come out as they were sent', () => {
    const decoded = decode([series('a', [1.5, 1_700_000_000_000], [-Infinity, -5]), series('b', [0, 0])]);
    expect(decoded.version).toBe(version);
    expect(samplesOf(decoded)).toEqual(['a{job="j"} 1.5 @1700000000000', 'a{job="j"} -Infinity @-5', 'b{job="j"} 0 @0']);
    expect(remoteWriteStatus({ decoded, stored: { ...STORED, accepted: 3 } })).toEqual({
      status: 204,
      headers:
        version === 1
          ? {}
          : {
              'x-prometheus-remote-write-samples-written': '3',
              'x-prometheus-remote-write-histograms-written': '0',
              'x-prometheus-remote-write-exemplars-written': '0',
            },
      body: '',
    });
  });

  test.each([0x7ff0000000000002n, 0x7ff8000000000001n, 0xfff80000deadbeefn, 0x8000000000000000n])(
    'the bits %s survive',
    (bits) => {
      const { values } = decode([series('a', [bits, 1])]).batch;
      expect(new BigUint64Array(values.buffer)[0]).toBe(bits);
    },
  );

  test('a request like the one before, or beginning like it, is read by itself, and the one before stays as it was', () => {
    const labelled = (...labels: [string, string][]): SentSeries => ({
      labels: [['__name__', 'm'], ...labels],
      samples: [[1, 1]],
    });
    const short = labelled(['a', '1']);
    const long = labelled(['a', '1'], ['b', '2']);
    const many = {
      ...short,
      samples: [
        [1, 1],
        [2, 2],
      ] as const,
    };
    const requests = [[short, long], [short, long], [long, long], [long, short], [short], [many, short, long], [], [many, long]];
    const decoder = createRemoteWriteDecoder();
    const decoded = requests.map((request) => decode(request, decoder));
    expect(decoded.map(samplesOf)).toEqual(requests.map((request) => samplesOf(decode(request))));
    expect(samplesOf(decoded.at(-1)!)).toEqual(['m{a="1"} 1 @1', 'm{a="1"} 2 @2', 'm{a="1", b="2"} 1 @1']);
  });

  test('what was released is used for the next request, and nothing else is', () => {
    const decoder = createRemoteWriteDecoder();
    const [first, second] = [decode([series('a', [1, 1])], decoder), decode([series('b', [2, 2])], decoder)];
    first.release();
    const third = decode([series('c', [3, 3])], decoder);
    expect(third.batch.values.buffer).toBe(first.batch.values.buffer);
    expect([second, third].map(samplesOf)).toEqual([['b{job="j"} 2 @2'], ['c{job="j"} 3 @3']]);
  });

  test('any request is read back, again and again with one decoder', () => {
    const decoder = createRemoteWriteDecoder({ cache: { entries: 3, bytes: 1000 } });
    const label = fc.tuple(
      fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
      fc.string({ maxLength: 8, unit: 'grapheme' }),
    );
    const labels = fc
      .uniqueArray(label, { selector: ([name]) => name, maxLength: 4 })
      .map((pairs) => pairs.filter(([name]) => name !== '__name__'));
    const sample = fc.tuple(fc.double({ noNaN: true }), fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }));
    const sent = fc.array(fc.record({ labels, samples: fc.array(sample, { minLength: 1, maxLength: 3 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(sent, (list) => {
        const request = list.map((one) => ({ ...one, labels: [['__name__', 'm'] as const, ...one.labels] }));
        const decoded = decode(request, decoder);
        const want = request.flatMap((one) => one.samples.map(([value, at]) => `${Labels.from(one.labels)} ${value} @${at}`));
        expect(samplesOf(decoded)).toEqual(want);
        expect(new Set(decoded.batch.seriesKeys).size).toBe(decoded.batch.seriesKeys.length);
        decoded.release();
      }),
    );
  });

  test.each<[why: string, labels: [string, string][], sentence: string]>([
    ['no name', [['job', 'j']], 'Series {job="j"}: the label __name__ is missing or empty.'],
    ['an empty name', [['__name__', '']], 'Series {}: the label __name__ is missing or empty.'],
    [
      'an empty label name',
      [
        ['__name__', 'a'],
        ['', 'x'],
      ],
      'a label has an empty name.',
    ],
    [
      'a label twice',
      [
        ['__name__', 'a'],
        ['b', '1'],
        ['b', '2'],
      ],
      'the label b stands twice.',
    ],
    ['no labels', [], 'it has no labels.'],
  ])('a series with %s is refused and the others are kept', (_, labels, sentence) => {
    const decoded = decode([
      series('good', [1, 1]),
      {
        labels,
        samples: [
          [2, 2],
          [3, 3],
        ],
      },
    ]);
    expect(samplesOf(decoded)).toEqual(['good{job="j"} 1 @1']);
    expect(decoded.rejected).toMatchObject({ samples: 2, problems: [expect.stringContaining(sentence)] });
    const answer = remoteWriteStatus({ decoded, stored: { ...STORED, accepted: 1 } });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`${sentence} 2 samples were refused for that.`);
    if (version === 2) expect(answer.headers['x-prometheus-remote-write-samples-written']).toBe('1');
  });

  test('labels in any order, and empty ones, are one series', () => {
    const decoded = decode([
      series('a', [1, 1]),
      {
        labels: [
          ['job', 'j'],
          ['__name__', 'a'],
        ],
        samples: [[2, 2]],
      },
      {
        labels: [
          ['__name__', 'a'],
          ['empty', ''],
          ['job', 'j'],
        ],
        samples: [[3, 3]],
      },
      series('b', [4, 4]),
    ]);
    expect(decoded.batch.seriesKeys).toHaveLength(2);
    expect(samplesOf(decoded)).toEqual(['a{job="j"} 1 @1', 'a{job="j"} 2 @2', 'a{job="j"} 3 @3', 'b{job="j"} 4 @4']);
  });

  test('native histograms and exemplars come out as they were sent', () => {
    const decoded = decode([
      { ...series('a', [1, 1]), exemplars: [{ labels: [['trace_id', 't']], value: 0.5, timestampMs: 7 }] },
      {
        ...series('h'),
        samples: [],
        histograms: [
          {
            timestampMs: 5,
            schema: 2,
            zeroThreshold: 0.001,
            zeroCount: 1,
            count: 11,
            sum: -4.5,
            positive: {
              spans: [
                [-2, 2],
                [3, 1],
              ],
              counts: [3, 1, 4],
            },
            negative: { spans: [[1, 1]], counts: [2] },
          },
          { timestampMs: 6, float: true, count: 2.5, sum: 1, positive: { spans: [[0, 2]], counts: [0.5, 2] }, resetHint: 3 },
        ],
      },
    ]);
    expect(decoded.rejected).toEqual({ samples: 0, histograms: 0, exemplars: 0, problems: [], sentences: {} });
    expect(decoded.batch.histograms?.get(1)).toEqual({
      schema: 2,
      zeroThreshold: 0.001,
      zeroCount: 1,
      count: 11,
      sum: -4.5,
      positiveSpans: [
        { offset: -2, length: 2 },
        { offset: 3, length: 1 },
      ],
      positiveBuckets: Float64Array.of(3, 1, 4),
      negativeSpans: [{ offset: 1, length: 1 }],
      negativeBuckets: Float64Array.of(2),
      customValues: new Float64Array(),
      reset: 'unknown',
    });
    expect(decoded.batch.histograms?.get(2)).toMatchObject({
      count: 2.5,
      positiveBuckets: Float64Array.of(0.5, 2),
      reset: 'gauge',
    });
    expect(decoded.batch.exemplars).toEqual([
      { seriesIndex: 0, exemplar: { labels: Labels.from({ trace_id: 't' }), value: 0.5, timestampMs: 7 } },
    ]);
    const stored = { ...STORED, accepted: 3, histograms: 2, exemplars: { accepted: 1, rejected: [], rejectedCount: 0 } };
    const { status, headers } = remoteWriteStatus({ decoded, stored });
    expect([status, ...Object.values(headers)]).toEqual(version === 1 ? [204] : [204, '1', '2', '1']);
  });

  test('a histogram that ends its series is the stale marker', () => {
    const decoded = decode([{ ...series('h'), histograms: [{ timestampMs: 5, sum: 0x7ff0000000000002n, count: 3 }] }]);
    expect(decoded.batch.histograms).toBeUndefined();
    expect(new BigUint64Array(decoded.batch.values.buffer)[0]).toBe(0x7ff0000000000002n);
    // The store counts it as what it was sent as.
    expect(decoded.batch.staleHistograms).toEqual(new Set([0]));
    const { headers } = remoteWriteStatus({ decoded, stored: { ...STORED, accepted: 1, histograms: 1 } });
    expect(Object.values(headers)).toEqual(version === 1 ? [] : ['0', '1', '0']);
  });

  const one: SentBuckets = { spans: [[0, 1]], counts: [1] };
  test.each<[why: string, histogram: Partial<SentHistogram>, problem: string]>([
    ['a schema too coarse', { schema: -5 }, 'its schema is -5; known are -4 to 8, and -53 for custom buckets'],
    ['a schema that is not known', { schema: 53 }, 'its schema is 53'],
    ['a count that is not that of its buckets', { count: 2 }, 'its buckets hold 1 observations, and its count is 2'],
    ['more in its buckets than observed', { count: 0, sum: NaN }, 'its buckets hold 1 observations, and its count is 0'],
    [
      'more places than buckets',
      { positive: { spans: [[0, 2]], counts: [1] } },
      'its positive spans have room for 2 buckets, and it has 1',
    ],
    [
      'buckets without spans',
      { negative: { spans: [], counts: [0] } },
      'its negative spans have room for 0 buckets, and it has 1',
    ],
    [
      'spans that go back',
      {
        positive: {
          spans: [
            [0, 1],
            [-1, 0],
          ],
          counts: [1],
        },
      },
      'its positive span 2 begins 1 buckets before',
    ],
    [
      'spans beyond all numbers',
      {
        positive: {
          spans: [
            [0, 1],
            [2 ** 30, 0],
          ],
          counts: [1],
        },
      },
      'its positive spans reach further',
    ],
    ['a bucket below 0', { positive: { spans: [[0, 2]], counts: [2, -1] } }, 'its positive bucket 2 counts -1, which is below 0'],
    ['a count below 0', { float: true, count: -1 }, 'its count is -1, which is below 0'],
    ['a zero bucket below 0', { float: true, zeroCount: -1 }, 'its zero bucket counts -1, which is below 0'],
    ['a zero threshold below 0', { zeroThreshold: -1 }, 'its zero threshold is -1'],
    ['bounds and a schema', { customValues: [1] }, 'it has custom bounds, and its schema is not -53'],
    [
      'custom buckets and zeros',
      { schema: -53, customValues: [1], zeroCount: 1, count: 2 },
      'it has custom buckets and a zero bucket',
    ],
    [
      'custom buckets below zero',
      { schema: -53, customValues: [1], negative: one, count: 2 },
      'it has custom buckets and negative ones',
    ],
    ['bounds that fall', { schema: -53, customValues: [2, 1] }, 'its custom bound 2, 1, is not above the one before it, 2'],
    ['a bound twice', { schema: -53, customValues: [1, 1] }, 'its custom bound 2, 1, is not above the one before it, 1'],
    ['a bound that is no number', { schema: -53, customValues: [NaN] }, 'its custom bound 1 is not a number'],
    ['an infinite last bound', { schema: -53, customValues: [1, Infinity] }, 'its last custom bound is infinite'],
    [
      'a bucket without a bound',
      { schema: -53, customValues: [1], positive: { spans: [[2, 1]], counts: [1] } },
      'it has a custom bucket 3, and only 1 bounds',
    ],
  ])('a native histogram with %s is refused, and the others are kept', (_, histogram, problem) => {
    const good: SentHistogram = { timestampMs: 1, count: 1, sum: 1, positive: one };
    const decoded = decode([{ ...series('h'), histograms: [good, { ...good, timestampMs: 2, ...histogram }] }]);
    expect(decoded.batch.histograms?.size).toBe(1);
    const sentence = `Series h{job="j"} has a native histogram that cannot be kept: ${problem}`;
    expect(decoded.rejected).toMatchObject({ histograms: 1, problems: [expect.stringContaining(sentence)] });
    const { status, headers, body } = remoteWriteStatus({ decoded, stored: { ...STORED, accepted: 1, histograms: 1 } });
    expect([status, body]).toEqual([400, expect.stringContaining('1 native histograms were refused for that.')]);
    if (version === 2) expect(headers['x-prometheus-remote-write-histograms-written']).toBe('1');
  });

  test.each<[why: string, histogram: Partial<SentHistogram>, want: object]>([
    ['no buckets', {}, { count: 0, positiveBuckets: new Float64Array() }],
    ['NaN observations', { count: 3, sum: NaN, positive: one }, { count: 3, sum: NaN }],
    [
      'counts that do not quite add up',
      { float: true, count: 0.3, positive: { spans: [[0, 2]], counts: [0.1, 0.2] } },
      { count: 0.3 },
    ],
    [
      'custom buckets',
      { schema: -53, customValues: [0.1, 1], count: 3, positive: { spans: [[1, 2]], counts: [1, 2] } },
      { schema: -53, customValues: Float64Array.of(0.1, 1) },
    ],
    [
      'a finer schema',
      { schema: 10, count: 7, positive: { spans: [[1, 5]], counts: [1, 1, 1, 1, 3] } },
      { schema: 8, positiveSpans: [{ offset: 1, length: 2 }], positiveBuckets: Float64Array.of(4, 3) },
    ],
    ['a reset', { resetHint: 1 }, { reset: 'reset' }],
    ['a sender that saw no reset', { resetHint: 2 }, { reset: 'unknown' }],
    ['a count beyond 2^53', { count: 2 ** 60, positive: { spans: [[0, 1]], counts: [2 ** 60] } }, { count: 2 ** 60 }],
  ])('a native histogram with %s is kept', (_, histogram, want) => {
    const decoded = decode([{ ...series('h'), histograms: [{ timestampMs: 1, ...histogram }] }]);
    expect(decoded.rejected.problems).toEqual([]);
    expect(decoded.batch.histograms?.get(0)).toMatchObject(want);
  });

  test('a timestamp that milliseconds cannot carry is refused', () => {
    const decoded = decode([series('a', [1, 2 ** 60], [2, 2])]);
    expect([samplesOf(decoded), decoded.rejected.samples]).toEqual([['a{job="j"} 2 @2'], 1]);
  });

  test('more labels than can be stored are refused before anything is made of them, and so is a text that 2.0 may repeat', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => [`l${String(i).padStart(6, '0')}`, 'v'] as const);
    const decoded = decode([
      {
        labels: [
          ['__name__', 'a'],
          ['b', 'x'.repeat(1_000_000)],
        ],
        samples: [[1, 1]],
      },
      { labels: [['__name__', 'a'], ...many], samples: [[1, 1]] },
    ]);
    expect(decoded.batch.seriesKeys.map((key) => Labels.fromKey(key).size)).toEqual(version === 1 ? [2] : []);
    expect(decoded.rejected.problems.at(-1)).toBe('A series has more than 16384 labels, which is more than can be stored.');
    expect(decoded.rejected.samples).toBe(version);
  });

  test('a message that breaks off anywhere is refused, and never half believed', () => {
    const bytes = encode([
      series('a', [1, 1_700_000_000_000], [2, -1]),
      { ...series('b', [3, 3]), exemplars: [{ labels: [], value: 1, timestampMs: 1 }] },
    ]);
    const decoder = createRemoteWriteDecoder();
    const whole = samplesOf(decoder(packSnappy(bytes), headers));
    for (let length = 0; length < bytes.length; length++) {
      try {
        // A cut between two series is a whole message; only then may samples come out.
        const got = samplesOf(decoder(packSnappy(bytes.subarray(0, length)), headers));
        expect(whole.slice(0, got.length)).toEqual(got);
        expect([0, 2]).toContain(got.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RemoteWriteRefused);
      }
    }
  });

  test('garbage is refused with a sentence', () => {
    const decoder = createRemoteWriteDecoder();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, pack) => {
        try {
          decoder(pack ? packSnappy(bytes) : bytes, headers);
        } catch (error) {
          expect(error).toBeInstanceOf(RemoteWriteRefused);
          expect((error as RemoteWriteRefused).status).toBe(400);
        }
      }),
    );
  });
});

describe('the parts of one version only', () => {
  test('1.0: labels behind the samples', () => {
    const decoded = createRemoteWriteDecoder()(
      packSnappy(encodeWriteRequest([{ ...series('a', [1, 1]), labelsLast: true }, series('a', [2, 2])])),
      V1,
    );
    expect(decoded.batch.seriesKeys).toHaveLength(1);
    expect(samplesOf(decoded)).toEqual(['a{job="j"} 1 @1', 'a{job="j"} 2 @2']);
  });

  test('1.0: metadata', () => {
    const metadata = { type: 3, metric: 'a', help: 'help', unit: 'seconds' };
    const decoded = createRemoteWriteDecoder()(packSnappy(encodeWriteRequest([], [metadata])), V1);
    expect(decoded.metadata).toEqual([{ ...metadata, type: 'histogram' }]);
  });

  test('1.0: a label that is not UTF-8', () => {
    const bytes = encodeWriteRequest([series('aXb', [1, 1])]);
    bytes[bytes.indexOf('X'.charCodeAt(0))] = 0xff;
    const decoded = createRemoteWriteDecoder()(packSnappy(bytes), V1);
    expect(decoded.rejected).toMatchObject({ samples: 1, problems: ['A series has a label that is not valid UTF-8.'] });
  });

  test('2.0: metadata of the family', () => {
    const sent = [{ ...series('a_bucket', [1, 1]), metadata: { type: 3, help: 'help', unit: 's' } }];
    const decoded = createRemoteWriteDecoder()(packSnappy(encodeWriteRequestV2(sent)), V2);
    expect(decoded.metadata).toEqual([{ metric: 'a', type: 'histogram', help: 'help', unit: 's' }]);
  });

  test('2.0: types and units are labels where that is asked for', () => {
    const of = (type: number, unit: string) => ({ ...series('a', [1, 1]), metadata: { type, help: 'h', unit } });
    const body = packSnappy(encodeWriteRequestV2([of(1, 's'), of(2, ''), of(0, ''), series('a', [1, 1])]));
    const namesOf = ({ batch }: DecodedRemoteWrite): string[] => batch.seriesKeys.map((key) => String(Labels.fromKey(key)));
    expect(namesOf(createRemoteWriteDecoder()(body, V2))).toEqual(['a{job="j"}']);
    const decoder = createRemoteWriteDecoder({ typeAndUnitLabels: true });
    for (let again = 0; again < 2; again++) {
      expect(namesOf(decoder(body, V2))).toEqual([
        'a{__type__="counter", __unit__="s", job="j"}',
        'a{__type__="gauge", job="j"}',
        'a{job="j"}',
      ]);
    }
  });

  test('2.0: since when a sample counts; 0 says nothing', () => {
    const sent = [series('a', [1, 1_000, 500], [2, 2_000]), { ...series('h'), histograms: [{ timestampMs: 3, startMs: -1 }] }];
    const { batch } = createRemoteWriteDecoder()(packSnappy(encodeWriteRequestV2(sent)), V2);
    expect([...(batch.startsMs ?? [])]).toEqual([500, NaN, -1]);
  });

  test('2.0: an exemplar without a time is refused, and the sample kept', () => {
    const sent = [{ ...series('a', [1, 1]), exemplars: [{ labels: [], value: 1, timestampMs: 0 }] }];
    const decoded = createRemoteWriteDecoder()(packSnappy(encodeWriteRequestV2(sent)), V2);
    expect([samplesOf(decoded), decoded.rejected.problems]).toEqual([['a{job="j"} 1 @1'], ['An exemplar has no timestamp.']]);
    const { status, body } = remoteWriteStatus({ decoded, stored: { ...STORED, accepted: 1 } });
    expect([status, body]).toEqual([400, 'An exemplar has no timestamp. 1 exemplars were refused for that.']);
  });

  test('2.0: samples and histograms in one series', () => {
    const sent = [{ ...series('a', [1, 1]), histograms: [{ timestampMs: 1 }] }];
    const { rejected, batch } = createRemoteWriteDecoder()(packSnappy(encodeWriteRequestV2(sent)), V2);
    expect([rejected.samples, rejected.histograms, batch.values.length]).toEqual([1, 1, 0]);
    expect(rejected.problems).toEqual(['Series a{job="j"} has samples and histograms; send them as two series.']);
  });

  test('2.0: a series with nothing in it', () => {
    const decoded = createRemoteWriteDecoder()(packSnappy(encodeWriteRequestV2([series('a')])), V2);
    expect(decoded.rejected.problems).toEqual(['Series a{job="j"} has neither samples nor histograms.']);
    expect(remoteWriteStatus({ decoded, stored: STORED }).status).toBe(400);
  });

  test('2.0: references beyond the symbols', () => {
    const bytes = Buffer.from([0x22, 0x00, 0x2a, 0x08, 0x0a, 0x02, 0x01, 0x63, 0x12, 0x02, 0x10, 0x01]);
    const decoded = createRemoteWriteDecoder()(packSnappy(bytes), V2);
    expect(decoded.rejected.problems).toEqual(['A series refers to symbol 1; the request has 1.']);
  });
});

describe('what is refused before it is read', () => {
  const refused = (body: Uint8Array, headers: RemoteWriteHeaders = V1, limitBytes?: number) => {
    try {
      createRemoteWriteDecoder(limitBytes === undefined ? {} : { limitBytes })(body, headers);
    } catch (error) {
      return remoteWriteStatus({ error, version: 1 });
    }
    throw new Error('expected a refusal');
  };
  const good = packSnappy(encodeWriteRequest([series('a', [1, 1])]));

  test.each<[RemoteWriteHeaders, string]>([
    [{ 'content-type': 'application/json' }, 'The Content-Type "application/json" is not supported'],
    [{ 'content-type': 'image/png' }, 'The Content-Type "image/png" is not supported'],
    [{ 'content-encoding': 'gzip' }, 'The Content-Encoding "gzip" is not supported'],
    [{ ...V1, 'content-encoding': 'zstd' }, 'The Content-Encoding "zstd" is not supported'],
    [{ 'content-type': 'application/x-protobuf;proto=other' }, 'The protobuf message "other" is not supported'],
  ])('%j is 415', (headers, sentence) => {
    expect(refused(Buffer.from('broken'), headers)).toMatchObject({ status: 415, body: expect.stringContaining(sentence) });
  });

  test.each<RemoteWriteHeaders>([
    {},
    V1,
    { 'content-type': 'application/x-protobuf; proto=prometheus.WriteRequest' },
    { 'content-encoding': 'Snappy' },
  ])('%j is 1.0', (headers) => {
    expect(createRemoteWriteDecoder()(good, headers).version).toBe(1);
  });

  test.each<[string, Uint8Array, number | undefined, number, RegExp]>([
    [
      'an empty body',
      new Uint8Array(),
      undefined,
      400,
      /^The body is not a snappy block, or is cut off: it does not start with its unpacked length\.$/,
    ],
    ['a cut block', good.subarray(0, good.length - 3), undefined, 400, /^The body is not a snappy block, or is cut off: /],
    ['text', Buffer.from('hello world, this is not snappy'), undefined, 400, /^The body is not a snappy block, or is cut off: /],
    [
      'a block that says 4 GB',
      Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]),
      undefined,
      400,
      /^The body unpacks to 4294967295 bytes; the limit is 33554432\./,
    ],
    [
      'a block that says 30 MB in 6 bytes',
      Buffer.from([0x80, 0x80, 0x80, 0x0e, 0, 0]),
      undefined,
      400,
      /shorter than its unpacked length allows\.$/,
    ],
    ['a bomb', packSnappy(Buffer.alloc(2_000_000)), 1_000_000, 400, /^The body unpacks to 2000000 bytes; the limit is 1000000\./],
    ['a body over the limit', new Uint8Array(101), 100, 413, /^The body has 101 bytes; the limit is 100\./],
    ['text in snappy', packSnappy(Buffer.from('\u000ahello')), undefined, 400, /^The unpacked body is not the protobuf message/],
  ])('%s', (_, body, limit, status, sentence) => {
    expect(refused(body, V1, limit)).toMatchObject({ status, body: expect.stringMatching(sentence) });
  });
});

describe('what the store says', () => {
  const decoded = createRemoteWriteDecoder()(packSnappy(encodeWriteRequestV2([series('a', [1, 1])])), V2);
  test.each<[string, Parameters<typeof remoteWriteStatus>[0], number, Record<string, string>, string]>([
    ['busy', { error: new StoreBusy('too much waits', 2), version: 1 }, 429, { 'retry-after': '2' }, 'too much waits'],
    ['read-only', { error: new StoreReadOnly('the disk is full'), version: 1 }, 503, { 'retry-after': '30' }, 'the disk is full'],
    [
      'too old',
      {
        decoded,
        stored: { accepted: 0, rejected: [{ reason: 'too old', series: 'a', timestampMs: 1, count: 1 }], rejectedCount: 1 },
      },
      400,
      { 'x-prometheus-remote-write-samples-written': '0' },
      '1 samples of a were refused: too old (1970-01-01T00:00:00.001Z is longer ago than samples are kept; raise retention.time first). The store refused 1 samples in all.',
    ],
  ])('%s', (_, outcome, status, headers, body) => {
    expect(remoteWriteStatus(outcome)).toMatchObject({ status, headers, body });
  });

  test('an error of our own is not blamed on the sender', () => {
    expect(() => remoteWriteStatus({ error: new TypeError('ours'), version: 1 })).toThrow('ours');
  });
});
