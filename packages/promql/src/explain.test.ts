import { expect, test } from 'vitest';
import { explain } from './explain.ts';
import type { Explanation } from './explain.ts';
import { parse } from './parse.ts';

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
      '  Value below which the share 0.95 of the observations lies, read from the buckets (label le)',
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
  [
    'max_over_time(avg(a)[1h:5m])',
    [
      'Highest sample in each window',
      '  Asked again every 5m over the last 1h at each step',
      '    Mean of the series, all together',
      '      Series of a',
    ],
  ],
])('%s', (text, want) => expect(lines(explain(parse(text)))).toEqual(want));
