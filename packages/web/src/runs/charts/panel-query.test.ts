import { parseRunFilter } from '@vitrine/compute/run-filter/parse-run-filter.ts';
import { runsSpec } from '@vitrine/plugins/sources/runs/spec.ts';
import { expect, test } from 'vitest';
import { panelQuery, runsThatFit } from './panel-query.ts';

test('a panel asks for what the chart shows', () => {
  const { spec } = panelQuery(
    ['a', 'b.c'],
    ['loss', 'val/loss'],
    { x: 'metric lr', smooth: 'gaussian 8', band: 'ci95' },
    'params.lr',
  );
  expect(runsSpec.parseQuery(spec)).toEqual({
    runs: 'id in ("a", "b.c")',
    metrics: ['loss', 'val/loss'],
    x: { kind: 'metric', metric: 'lr' },
    smoothing: { kind: 'gaussian', points: 8 },
    groupBy: 'params.lr',
    band: 'ci95',
  });
  expect(() => parseRunFilter(String(spec['runs']), { nowMs: 0 })).not.toThrow();
});

test('as many runs as a query can name', () => {
  const runs = Array.from({ length: 1_000 }, (_, index) => `${index}`.padStart(32, '0'));
  expect(runsThatFit(runs)).toHaveLength(250);
  expect(() =>
    runsSpec.parseQuery(panelQuery(runs, ['loss'], { x: 'step', smooth: 'ema 0.6', band: 'std' }, '').spec),
  ).not.toThrow();
});
