import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { parseHistogram } from '../promqltest/histogram-literal.ts';
import { bucketsOf } from './buckets.ts';
import { add, subtract } from './combine.ts';
import { equal } from './equal.ts';
import { formatHistogram, wireBuckets } from './format.ts';
import { compact, toSchema } from './layout.ts';
import { HistogramMean } from './mean.ts';
import { detectReset } from './reset.ts';
import { divide, scale } from './scale.ts';
import { HistogramSum } from './sum.ts';

const h = (text: string): NativeHistogram => parseHistogram(`{{${text}}}`).histogram;

test.each([
  ['same buckets', 'count:3 sum:5 buckets:[1 2]', 'count:4 sum:-1 buckets:[3 1]', 'count:7 sum:4 buckets:[4 3]'],
  ['a gap between', 'count:1 buckets:[1]', 'count:1 offset:3 buckets:[1]', 'count:2 buckets:[1 0 0 1]'],
  ['both signs', 'n_offset:1 n_buckets:[1 2] buckets:[1]', 'n_buckets:[5] buckets:[2]', 'n_buckets:[5 1 2] buckets:[3]'],
  [
    'the coarser schema counts',
    'schema:1 offset:1 buckets:[1 2 4 8]',
    'schema:0 offset:1 buckets:[1 1]',
    'schema:0 offset:1 buckets:[4 13]',
  ],
  ['negative indexes, coarser', 'schema:1 offset:-3 buckets:[1 2 4 8 16]', 'schema:0', 'schema:0 offset:-1 buckets:[3 12 16]'],
  [
    'a wider zero bucket takes whole buckets',
    'z_bucket:1 z_bucket_w:2 offset:2 buckets:[7]',
    'offset:1 buckets:[3 4]',
    'z_bucket:4 z_bucket_w:2 offset:2 buckets:[11]',
  ],
  [
    'a zero bucket within a populated one grows',
    'z_bucket:1 z_bucket_w:1.5',
    'offset:1 buckets:[3 4]',
    'z_bucket:4 z_bucket_w:2 offset:2 buckets:[4]',
  ],
  [
    'a zero bucket within an empty one does not',
    'z_bucket:1 z_bucket_w:1.5',
    'offset:1 buckets:[0 4]',
    'z_bucket:1 z_bucket_w:1.5 offset:2 buckets:[4]',
  ],
  [
    'growing on one side may cut the other',
    'z_bucket:1 z_bucket_w:1.5',
    'schema:-1 n_offset:1 n_buckets:[2] buckets:[1]',
    'schema:-1 z_bucket:4 z_bucket_w:4',
  ],
  [
    'custom bounds',
    'schema:-53 custom_values:[1 5] buckets:[1 2 3]',
    'schema:-53 custom_values:[1 5] offset:2 buckets:[4]',
    'schema:-53 custom_values:[1 5] buckets:[1 2 7]',
  ],
  [
    'bounds that only one has go',
    'schema:-53 custom_values:[1 2 5] buckets:[1 2 3 4]',
    'schema:-53 custom_values:[1 5 9] buckets:[1 1 1 1]',
    'schema:-53 custom_values:[1 5] buckets:[2 6 6]',
  ],
  [
    'no bounds in common',
    'schema:-53 custom_values:[1] buckets:[1 2]',
    'schema:-53 custom_values:[2] buckets:[3 4]',
    'schema:-53 buckets:[10]',
  ],
  [
    'gauges stay gauges',
    'count:1 counter_reset_hint:gauge',
    'count:1 counter_reset_hint:reset',
    'count:2 counter_reset_hint:gauge',
  ],
])('a + b: %s', (_, a, b, sum) => {
  for (const [left, right] of [
    [a, b],
    [b, a],
  ] as const) {
    const combined = add(h(left), h(right))!;
    expect(formatHistogram(combined.histogram)).toBe(formatHistogram(h(sum)));
    expect(equal(combined.histogram, h(sum)), formatHistogram(combined.histogram)).toBe(true);
    expect(combined.histogram.reset).toBe(h(sum).reset);
  }
});

test('what is said beside a sum', () => {
  expect(add(h('schema:0'), h('schema:-53'))).toBeUndefined();
  expect(add(h('counter_reset_hint:reset'), h('counter_reset_hint:not_reset'))).toMatchObject({
    collided: true,
    reconciled: false,
    histogram: { reset: 'unknown' },
  });
  expect(add(h('counter_reset_hint:reset'), h('counter_reset_hint:unknown'))).toMatchObject({
    collided: false,
    histogram: { reset: 'unknown' },
  });
  expect(add(h('schema:-53 custom_values:[1]'), h('schema:-53 custom_values:[2]'))).toMatchObject({ reconciled: true });
});

test('a − a leaves no buckets', () => {
  const a = h('schema:2 count:5 sum:4 z_bucket:1 z_bucket_w:0.1 buckets:[1 2 0 1] n_buckets:[3]');
  expect(formatHistogram(subtract(a, a)!.histogram)).toBe('{count:0, sum:0}');
});

test('scaling and dividing', () => {
  const a = h('count:6 sum:3 z_bucket:2 z_bucket_w:1 offset:1 buckets:[4]');
  expect(formatHistogram(scale(a, 0.5))).toBe('{count:3, sum:1.5, [-1,1]:1, (1,2]:2}');
  expect(formatHistogram(divide(a, 0))).toBe('{count:+Inf, sum:+Inf, [-1,1]:+Inf}');
  expect([scale(a, -1).reset, divide(a, -2).reset, divide(a, 2).reset]).toEqual(['gauge', 'gauge', 'unknown']);
});

test('small buckets are not lost beside a large one', () => {
  const sum = new HistogramSum(h('count:1 sum:1e100 buckets:[1]'));
  for (const next of ['count:1 sum:1', 'count:1 sum:-1e100', 'count:1 sum:2 buckets:[1]']) sum.add(h(next));
  expect(formatHistogram(sum.result())).toBe('{count:4, sum:3, (0.5,1]:2}');
});

test('a mean whose sum is too large for a number', () => {
  const mean = new HistogramMean(h('count:1.7e308 sum:1e308 buckets:[1e308]'));
  mean.add(h('count:1.7e308 sum:1e308 buckets:[1e308]'));
  mean.add(h('count:0 sum:1e308'));
  const { count, sum, positiveBuckets } = mean.result();
  expect(count / 1e308).toBeCloseTo((2 * 1.7) / 3, 12);
  expect(sum / 1e308).toBeCloseTo(1, 12);
  expect(positiveBuckets[0]! / 1e308).toBeCloseTo(2 / 3, 12);
  expect(mean.add(h('schema:-53'))).toBe(false);
});

test.each([
  ['grew', 'count:2 buckets:[1 1]', 'count:1 buckets:[1]', false],
  ['the count fell', 'count:1 buckets:[1]', 'count:2 buckets:[1]', true],
  ['a bucket fell', 'count:9 buckets:[1 8]', 'count:5 buckets:[2 3]', true],
  ['a negative bucket went', 'count:9', 'count:5 n_buckets:[2]', true],
  ['an empty bucket went', 'count:9', 'count:5 n_buckets:[0]', false],
  ['the sum fell', 'count:9 sum:1', 'count:5 sum:5', false],
  ['finer', 'schema:1 count:9', 'schema:0 count:9', true],
  ['coarser, all there', 'schema:0 count:9 offset:1 buckets:[3]', 'schema:1 count:9 offset:1 buckets:[1 2]', false],
  ['coarser, one missing', 'schema:0 count:9 offset:1 buckets:[2]', 'schema:1 count:9 offset:1 buckets:[1 2]', true],
  ['a wider zero bucket', 'count:9 z_bucket:3 z_bucket_w:2', 'count:9 offset:1 buckets:[3]', false],
  ['a wider zero bucket that ends within a bucket', 'count:9 z_bucket:3 z_bucket_w:1.5', 'count:9 offset:1 buckets:[3]', true],
  ['a narrower zero bucket', 'count:9 z_bucket_w:1', 'count:9 z_bucket_w:2', true],
  ['fewer in the zero bucket', 'count:9 z_bucket:1', 'count:9 z_bucket:2', true],
  ['custom after exponential', 'schema:-53 count:9', 'count:9', true],
  ['exponential after custom', 'count:9', 'schema:-53 count:9', true],
  [
    'other bounds, grew',
    'schema:-53 count:9 custom_values:[1 3] buckets:[1 2 3]',
    'schema:-53 count:6 custom_values:[1 2 3] buckets:[1 1 1 3]',
    false,
  ],
  [
    'other bounds, fell between them',
    'schema:-53 count:9 custom_values:[1 3] buckets:[1 2 6]',
    'schema:-53 count:6 custom_values:[1 2 3] buckets:[1 1 2 2]',
    true,
  ],
  ['says so', 'count:9 counter_reset_hint:reset', 'count:1', true],
  ['says not', 'count:1 counter_reset_hint:not_reset', 'count:9', false],
  ['a gauge is looked at as a counter', 'count:1 counter_reset_hint:gauge', 'count:9', true],
])('reset, %s', (_, next, previous, want) => {
  expect(detectReset(h(next), h(previous))).toBe(want);
});

test.each([
  [
    'schema:0 n_offset:1 n_buckets:[1 0 2] z_bucket:3 z_bucket_w:1 offset:1 buckets:[4]',
    '[-8,-4):2 [-4,-2):0 [-2,-1):1 [-1,1]:3 (1,2]:4',
  ],
  ['schema:0 z_bucket:3 z_bucket_w:1.5 offset:1 buckets:[4] n_offset:1 n_buckets:[1]', '[-2,-1.5):1 [-1.5,1.5]:3 (1.5,2]:4'],
  ['schema:-53 custom_values:[-1 5] buckets:[1 2 3]', '[-Infinity,-1]:1 (-1,5]:2 (5,Infinity]:3'],
  ['schema:1 offset:1 buckets:[1 1]', '(1,1.4142135623730951]:1 (1.4142135623730951,2]:1'],
  [
    'schema:0 offset:1023 buckets:[1 1 1]',
    '(4.49423283715579e+307,8.98846567431158e+307]:1 (8.98846567431158e+307,1.7976931348623157e+308]:1 (1.7976931348623157e+308,Infinity]:1',
  ],
  [
    'schema:-4 offset:64 buckets:[1 1]',
    '(2.7430620343968443e+303,1.7976931348623157e+308]:1 (1.7976931348623157e+308,Infinity]:1',
  ],
])('the buckets of %s', (text, want) => {
  const texts = bucketsOf(h(text)).map(
    (b) => `${b.lowerInclusive ? '[' : '('}${b.lower},${b.upper}${b.upperInclusive ? ']' : ')'}:${b.count}`,
  );
  expect(texts.join(' ')).toBe(want);
});

test('the text and the wire form', () => {
  const a = h('count:1234567 sum:-Inf n_offset:1 n_buckets:[1] z_bucket:2 z_bucket_w:1 offset:1 buckets:[0 3]');
  expect(formatHistogram(a)).toBe('{count:1.234567e+06, sum:-Inf, [-2,-1):1, [-1,1]:2, (2,4]:3}');
  expect(wireBuckets(a)).toEqual([
    [1, -2, -1, 1],
    [3, -1, 1, 2],
    [0, 2, 4, 3],
  ]);
  expect(wireBuckets(h('schema:-53 custom_values:[1] buckets:[1 1]'))).toEqual([
    [3, -Infinity, 1, 1],
    [0, 1, Infinity, 1],
  ]);
});

describe('whatever the histograms', () => {
  const side = fc.record({
    offset: fc.integer({ min: -20, max: 20 }),
    buckets: fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 12 }),
  });
  const histogram = fc
    .record({
      schema: fc.integer({ min: -2, max: 4 }),
      positive: side,
      negative: side,
      zero: fc.integer({ min: 0, max: 9 }),
      width: fc.constantFrom(0, 0.001, 0.5, 1, 3),
    })
    .map(({ schema, positive, negative, zero, width }) => {
      const count = [...positive.buckets, ...negative.buckets, zero].reduce((a, b) => a + b, 0);
      return h(
        `schema:${schema} count:${count} sum:${count} z_bucket:${zero} z_bucket_w:${width} ` +
          `offset:${positive.offset} buckets:[${positive.buckets.join(' ')}] n_offset:${negative.offset} n_buckets:[${negative.buckets.join(' ')}]`,
      );
    });
  const observations = (one: NativeHistogram): number => bucketsOf(one).reduce((sum, { count }) => sum + count, 0);

  test('a sum holds the observations of both, in either order, and undoes itself', () => {
    fc.assert(
      fc.property(histogram, histogram, (a, b) => {
        const sum = add(a, b)!.histogram;
        expect(observations(sum)).toBe(a.count + b.count);
        expect(equal(sum, add(b, a)!.histogram)).toBe(true);
        expect(observations(subtract(sum, b)!.histogram)).toBe(a.count);
        expect(sum.schema).toBe(Math.min(a.schema, b.schema));
      }),
    );
  });

  test('a counter that only grew has no reset, one that shrank has', () => {
    fc.assert(
      fc.property(histogram, histogram, (a, b) => {
        const sum = add(a, b)!.histogram;
        expect(detectReset(sum, a)).toBe(false);
        expect(detectReset(a, sum)).toBe(b.count > 0 || a.schema > sum.schema || a.zeroThreshold < sum.zeroThreshold);
      }),
    );
  });

  test('empty buckets and spans do not count, and lower resolutions nest', () => {
    fc.assert(
      fc.property(histogram, fc.integer({ min: -4, max: 4 }), (a, schema) => {
        expect(equal(a, compact(a))).toBe(true);
        expect(equal(toSchema(a, schema), toSchema(toSchema(a, schema + 1), schema))).toBe(true);
        expect(observations(toSchema(a, schema))).toBe(a.count);
      }),
    );
  });
});
