import type { CurveSummary } from '@vitrine/model/curve-store.ts';
import { directionOf } from '@vitrine/model/run.ts';
import type { MetricCell } from '@vitrine/model/run-api.ts';

/** A curve as tables of runs show it. */
export function metricCell({ metric, points, last, min, max }: CurveSummary): MetricCell {
  const direction = directionOf(metric);
  const best = direction === 'min' ? min : direction === 'max' ? max : undefined;
  return { points, last, min, max, best };
}
