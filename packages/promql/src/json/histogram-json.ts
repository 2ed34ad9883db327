import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { bucketsOf } from '../histogram/buckets.ts';
import { formatNumber } from './write-number.ts';

/**
 * A histogram as Prometheus' HTTP API has it: `{"count":"3","sum":"4","buckets":[[0,"1","2","3"]]}`, populated buckets only,
 * from the lowest to the highest. The first number of a bucket says which ends belong to it: 0 the upper, 1 the lower, 2
 * none, 3 both.
 */
export function histogramJson(histogram: NativeHistogram): string {
  const buckets = bucketsOf(histogram)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, lowerInclusive, upperInclusive, count }) => {
      const rule = lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2;
      return `[${rule},"${formatNumber(lower)}","${formatNumber(upper)}","${formatNumber(count)}"]`;
    });
  const head = `"count":"${formatNumber(histogram.count)}","sum":"${formatNumber(histogram.sum)}"`;
  return buckets.length === 0 ? `{${head}}` : `{${head},"buckets":[${buckets.join(',')}]}`;
}
