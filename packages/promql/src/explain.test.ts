import { expect, test } from 'vitest';
import { explain } from './explain.ts';
import type { Explanation } from './explain.ts';
import { EVERY_SYNTAX, parse } from './parse.ts';

function lines({ sentence, parts }: Explanation, depth = 0): string[] {
  return [`${'  '.repeat(depth)}${sentence}`, ...parts.flatMap((part) => lines(part, depth + 1))];
}

test.each([
  ['up', ['Series of up']],
  ['{job="api"} offset 1h', ['Series where job is "api", 1h earlier']],
  [
    'sum by (code) (rate(http_requests_total{code=~"5.."}[5m]))',
    [
      'Sum of the series for each code',
      '  Per-second increase of a counter, averaged over each window; resets are seen',
      '    Series of http_requests_total where code matches "5..": all samples of the last 5m at each step',
    ],
  ],
  [
    'histogram_quantile(0.95, le_bucket) > bool 2',
    [
      '1 where left > right, else 0',
      '  Value below which the share 0.95 of the observations lies, by native histograms or buckets (label le)',
      '    Series of le_bucket',
    ],
  ],
  [
    'topk(3, a) or b',
    [
      'Series of the left, and those of the right that have no partner there',
      '  The 3 highest series',
      '    Series of a',
      '  Series of b',
    ],
  ],
  [
    'a / on (job) group_left b',
    ['Left divided by right, matched by job; many on the left to one on the right', '  Series of a', '  Series of b'],
  ],
  ['a </ 0.5', ['Observations of the left’s native histograms up to right', '  Series of a']],
  [
    'a - fill_left(0) fill_right(1) b',
    ['Left minus right; 0 where the left is missing; 1 where the right is missing', '  Series of a', '  Series of b'],
  ],
  ['a + fill(0) b', ['Left plus right; 0 where one side is missing', '  Series of a', '  Series of b']],
  [
    'increase(a[5m] anchored)',
    [
      'How much a counter grew in each window; resets are seen',
      '  Series of a, with the last sample before at both ends: all samples of the last 5m at each step',
    ],
  ],
  [
    'max_over_time(avg(a)[1h:5m])',
    [
      'Highest sample in each window',
      '  Asked again every 5m over the last 1h at each step',
      '    Mean of the series, all together',
      '      Series of a',
    ],
  ],
])('%s', (text, want) => expect(lines(explain(parse(text, EVERY_SYNTAX)))).toEqual(want));
