import { isSystemMetric } from '@vitrine/compute/system-metric.ts';
import type { CurveX, RunAnswer } from '@vitrine/model/run-api.ts';
import { timeMapOfCurves } from '@vitrine/ui/chart/step-map.ts';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';
import { useMemo } from 'react';
import { useCurves } from '../runs/charts/use-curves.ts';

/** Points between which the way from x to time is straight. */
const POINTS = 1_000;
const UNKNOWN: TimeMap = { xs: new Float64Array(), times: new Float64Array() };

/** When the run was where on x, by its longest curve; empty until that is known. Follows the run while it grows. */
export function useRunTimes({ run, metrics }: RunAnswer, x: Exclude<CurveX['kind'], 'metric'>): TimeMap {
  const longest = longestMetric(metrics);
  const request = useMemo(
    () => ({ runs: [run.id], metrics: [longest ?? ''], x: { kind: x }, widthPx: POINTS, smoothing: { kind: 'none' as const } }),
    [run.id, longest, x],
  );
  const { data } = useCurves(request, longest !== undefined);
  return useMemo(() => (data === undefined ? undefined : timeMapOfCurves(data.frames, run.id)) ?? UNKNOWN, [data, run.id]);
}

/** The metric with the most points; what the machine says of itself goes by steps of its own. */
function longestMetric(metrics: RunAnswer['metrics']): string | undefined {
  const own = metrics.filter(({ metric }) => !isSystemMetric(metric));
  const [first, ...rest] = own.length > 0 ? own : metrics;
  return rest.reduce((longest, next) => (next.points > (longest?.points ?? 0) ? next : longest), first)?.metric;
}
