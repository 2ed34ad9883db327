import { Labels } from '@vitrine/model/labels.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeExposition, type ExposedMetric } from '../exposition/encode-protobuf.ts';
import { encodeFamilies, type SentFamily } from './encode-families.ts';
import { PushRefused } from './push-refused.ts';
import { readPushedProtobuf } from './read-families-protobuf.ts';

const GROUP = new Map([['job', 'a']]);

function read(body: Uint8Array): string[] {
  return [...stepsOf(body)].flat();
}

/** What each step gave: only the last gives anything. */
function* stepsOf(body: Uint8Array): Generator<string[]> {
  const steps = readPushedProtobuf(body, GROUP, 0);
  for (;;) {
    const { done, value } = steps.next();
    yield (value ?? []).flatMap(({ type, keys, values }) =>
      keys.map((key, i) => `${type} ${String(Labels.fromKey(key))} ${values[i]}`),
    );
    if (done === true) return;
  }
}

test.each<[string, SentFamily[], string[]]>([
  ['nothing', [], []],
  ['a gauge', [{ name: 'x', type: 1, metrics: [{ labels: { b: 'c' }, value: -0.5 }] }], ['gauge x{b="c", job="a"} -0.5']],
  ['a counter', [{ name: 'x', help: 'é', type: 0, metrics: [{ value: 1e300 }] }], ['counter x{job="a"} 1e+300']],
  ['an untyped one', [{ name: 'x', type: 3, metrics: [{ value: Number.NaN }] }], ['unknown x{job="a"} NaN']],
  [
    'a summary',
    [
      {
        name: 's',
        type: 2,
        metrics: [
          {
            count: 3,
            sum: 4.5,
            parts: [
              [0.5, 1],
              [0.99, 2],
            ],
          },
        ],
      },
    ],
    [
      'summary s_count{job="a"} 3',
      'summary s_sum{job="a"} 4.5',
      'summary s{job="a", quantile="0.5"} 1',
      'summary s{job="a", quantile="0.99"} 2',
    ],
  ],
  [
    'a histogram without a bucket for infinity',
    [{ name: 'h', type: 4, metrics: [{ count: 3, sum: 4.5, parts: [[1, 2]] }] }],
    [
      'histogram h_count{job="a"} 3',
      'histogram h_sum{job="a"} 4.5',
      'histogram h_bucket{job="a", le="1.0"} 2',
      'histogram h_bucket{job="a", le="+Inf"} 3',
    ],
  ],
])('%s is read', (_, families, want) => {
  expect(read(encodeFamilies(families))).toEqual(want);
});

test.each<[string, Uint8Array, RegExp]>([
  [
    'a timestamp',
    encodeFamilies([{ name: 'x', type: 1, metrics: [{ value: 1, timestampMs: 1_700_000_000_000 }] }]),
    /x has a timestamp/,
  ],
  [
    'a native histogram that does not add up',
    encodeExposition([{ name: 'h', type: 4, metrics: [{ count: 1, native: { schema: 0, positive: [[0, [2]]] } }] }]),
    /^The metrics cannot be read: the native histogram h cannot be kept: its buckets hold 2 observations, and its count is 1\.$/,
  ],
  [
    'more samples than a push may have',
    encodeFamilies([
      { name: 'x', type: 1, metrics: Array.from({ length: 20_001 }, (_, i) => ({ labels: { i: `${i}` }, value: 1 })) },
    ]),
    /more than 20000 samples, which is the limit. Push fewer series, or under several groups\.$/,
  ],
  [
    'more metrics than a push may have',
    encodeFamilies(Array.from({ length: 20_001 }, (_, i) => ({ name: `x${i}`, type: 1, metrics: [] }))),
    /more than 20000 metrics/,
  ],
  [
    'long labels that many buckets repeat',
    encodeFamilies([
      {
        name: 'h',
        type: 4,
        metrics: [
          { labels: { a: 'v'.repeat(60_000) }, count: 1, parts: Array.from({ length: 1_000 }, (_, i) => [i, 1] as const) },
        ],
      },
    ]),
    /than 33554432 bytes of text could say/,
  ],
  [
    'labels that are too long',
    encodeFamilies([{ name: 'x', type: 1, metrics: [{ labels: { a: 'v'.repeat(70_000) }, value: 1 }] }]),
    /takes? more than 65536 bytes/,
  ],
  ['no name', encodeFamilies([{ name: '', type: 1, metrics: [{ value: 1 }] }]), /has no name/],
  [
    'a name twice',
    encodeFamilies([
      { name: 'x', type: 1, metrics: [] },
      { name: 'x', type: 1, metrics: [] },
    ]),
    /stands twice/,
  ],
  ['text', Buffer.from('x 1\n'), /is not the protobuf that its Content-Type says, or is cut off/],
])('%s is refused', (_, body, sentence) => {
  expect(() => read(body)).toThrow(sentence);
});

test('many metrics are read in steps', () => {
  const metrics = Array.from({ length: 5_000 }, (_, i) => ({ labels: { i: String(i) }, value: i }));
  const steps = [...stepsOf(encodeFamilies([{ name: 'x', type: 1, metrics }]))];
  expect(steps.length).toBeGreaterThan(10);
  expect(steps.at(-1)).toHaveLength(5_000);
});

test('a body that is cut off or changed is read or refused, and nothing else happens', () => {
  const whole = encodeFamilies([
    {
      name: 'h',
      type: 4,
      metrics: [
        { count: 3, sum: 4.5, parts: [[1, 2]] },
        { labels: { a: 'é' }, count: 1 },
      ],
    },
    { name: 'x', type: 1, metrics: [{ labels: { b: 'c' }, value: 1 }] },
  ]);
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (end, at, byte) => {
      const body = Buffer.from(whole);
      body[at] = byte;
      try {
        read(body.subarray(0, end));
      } catch (error) {
        expect(error).toBeInstanceOf(PushRefused);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each<[what: string, metric: ExposedMetric, keys: string[]]>([
  ['a native histogram', {}, ['h{job="a"}']],
  [
    'one with classic buckets, of which both are kept',
    { buckets: [[1, 2]] },
    ['h{job="a"}', 'h_count{job="a"}', 'h_sum{job="a"}', 'h_bucket{job="a", le="1.0"}', 'h_bucket{job="a", le="+Inf"}'],
  ],
])('%s is taken', (_, metric, want) => {
  const native = { schema: 1, zeroThreshold: 0.5, zeroCount: 1, positive: [[0, [1, 2]]] as const };
  const body = encodeExposition([{ name: 'h', type: 4, metrics: [{ count: 4, sum: 7, native, ...metric }] }]);
  const steps = readPushedProtobuf(body, GROUP, 0);
  const { value: [family] = [] } = steps.next();
  expect(family?.keys.map((key) => String(Labels.fromKey(key)))).toEqual(want);
  expect([...(family?.histograms ?? [])]).toMatchObject([
    [0, { count: 4, sum: 7, schema: 1, zeroCount: 1, positiveBuckets: Float64Array.of(1, 2) }],
  ]);
});
