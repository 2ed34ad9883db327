import { expect, test } from 'vitest';
import { parseHistogram } from '../promqltest/histogram-literal.ts';
import { formatHistogram } from './format.ts';
import { trimLower, trimUpper } from './trim.ts';

const EXPONENTIAL = 'sum:99 count:34 z_bucket:1 z_bucket_w:0.001 offset:1 buckets:[4 8] n_offset:1 n_buckets:[1 20]';
const CUSTOM = 'schema:-53 sum:99 count:15 custom_values:[-10 5 10] buckets:[2 1 6 6]';

test.each([
  ['below a bound', EXPONENTIAL, 2, '{count:26, sum:-52.32', '{count:8, sum:22.62'],
  ['within a bucket: half of its logarithm', EXPONENTIAL, Math.SQRT2, '{count:24, sum:-55.60', '{count:10, sum:25.99'],
  ['within the zero bucket', EXPONENTIAL, 0, '{count:21.5, sum:-57.98', '{count:12.5, sum:28.28'],
  ['below everything', EXPONENTIAL, -Infinity, '{count:0, sum:0}', '{count:34, sum:99, [-4,-2)'],
  ['above everything', EXPONENTIAL, Infinity, '{count:34, sum:99, [-4,-2)', '{count:0, sum:0}'],
  ['not a number', EXPONENTIAL, Number.NaN, '{count:0, sum:0}', '{count:0, sum:0}'],
  ['within a custom bucket', CUSTOM, 7.5, '{count:6, sum:-3.75', '{count:9, sum:86.25'],
  ['within the bucket from -Inf', CUSTOM, -20, '{count:2, sum:-40, [-Inf,-10]:2}', '{count:13, sum:102.5'],
  ['within the bucket to +Inf', CUSTOM, 20, '{count:9, sum:22.5', '{count:6, sum:120, (10,+Inf]:6}'],
])('%s', (_, text, limit, below, above) => {
  const { histogram } = parseHistogram(`{{${text}}}`);
  expect(formatHistogram(trimUpper(histogram, limit))).toContain(below);
  expect(formatHistogram(trimLower(histogram, limit))).toContain(above);
});
