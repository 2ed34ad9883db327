import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { bucketsOf } from './buckets.ts';
import { add, subtract } from './combine.ts';
import { equal } from './equal.ts';
import { formatHistogram } from './format.ts';
import { histogramFraction } from './fraction.ts';
import { compact, toSchema } from './layout.ts';
import { HistogramMean } from './mean.ts';
import { histogramQuantile } from './quantile.ts';
import { detectReset } from './reset.ts';
import { indexesOf } from './side.ts';
import { trimLower, trimUpper } from './trim.ts';
import { histogramVariance } from './variance.ts';

const number = fc.oneof(fc.double(), fc.integer({ min: -5, max: 50 }), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0));
const counts = fc.array(number, { maxLength: 6 }).map((list) => Float64Array.from(list));
const far = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(2 ** 31 - 1, -(2 ** 31), 2 ** 40));
const spans = fc.array(fc.record({ offset: far, length: fc.integer({ min: 0, max: 6 }) }), { maxLength: 4 });
/** What no sender of good will would write: nothing in it is what it should be. */
const hostile: fc.Arbitrary<NativeHistogram> = fc.record({
  schema: fc.constantFrom(-53, -53, -4, 0, 3, 8, 99, -99, Number.NaN),
  zeroThreshold: number,
  zeroCount: number,
  count: number,
  sum: number,
  positiveSpans: spans,
  positiveBuckets: counts,
  negativeSpans: spans,
  negativeBuckets: counts,
  customValues: counts,
  reset: fc.constantFrom('unknown', 'reset', 'not reset', 'gauge'),
});

test('no histogram makes a function throw or run on', () => {
  fc.assert(
    fc.property(hostile, hostile, number, (a, b, value) => {
      for (const combined of [add(a, b), subtract(a, b)]) {
        if (combined !== undefined) expect(bucketsOf(compact(combined.histogram)).length).toBeLessThanOrEqual(25);
      }
      const mean = new HistogramMean(a);
      mean.add(b);
      mean.result();
      detectReset(a, b);
      equal(a, b);
      for (const one of [toSchema(a, -4), trimUpper(a, value), trimLower(a, value)]) formatHistogram(one);
      histogramQuantile(value, a);
      histogramFraction(value, 1, a);
      histogramVariance(a);
    }),
    { numRuns: 2000 },
  );
});

test('buckets are in ascending order, whatever the spans say', () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 0, max: 30 }), (list, length) => {
      const indexes = indexesOf(list, length);
      for (let i = 1; i < length; i++) expect(indexes[i]! > indexes[i - 1]!).toBe(true);
    }),
  );
});
