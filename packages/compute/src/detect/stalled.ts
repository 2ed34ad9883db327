import { CATALOGUE } from './catalogue.ts';
import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { saySeconds, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import { median } from './measure.ts';
import type { WatchedRun } from './watched-run.ts';

/** How many of the newest intervals say what is usual. */
const INTERVALS = 1_000;

/**
 * A run that says it runs, and of which no new point has come for long. What its machine measures does not count: that goes on where
 * training hangs. A run all of whose points are from before it was first heard of was read from old files: nobody waits for it.
 */
export function stalled(run: WatchedRun, { silence, intervals }: ThresholdsOf<'stalled'>): Verdict[] {
  if (!run.running) return [];
  let newestMs = Number.NEGATIVE_INFINITY;
  let metric = '';
  let densest: CurvePoints | undefined;
  for (const [name, curve] of run.curves) {
    if (curve.length === 0 || run.roles.system.has(name)) continue;
    if (densest === undefined || curve.length > densest.length) densest = curve;
    const lastMs = curve.timesMs[curve.length - 1]!;
    if (!(lastMs >= newestMs)) continue;
    newestMs = lastMs;
    metric = name;
  }
  const curve = run.curves.get(metric);
  if (curve === undefined || densest === undefined || densest.length < 2) return [];
  const usualSeconds = usualIntervalMs(densest) / 1000;
  const limitSeconds = Math.max(silence, intervals * usualSeconds);
  if (run.firstHeardMs !== undefined && run.firstHeardMs - newestMs > limitSeconds * 1000) return [];
  const silentSeconds = (run.nowMs - newestMs) / 1000;
  if (!(silentSeconds > limitSeconds)) return [];
  const last = curve.steps[curve.length - 1]!;
  return [
    {
      detector: 'stalled',
      subject: '',
      severity: 'critical',
      sentence: `Nothing has come since step ${sayStep(last)}, ${saySeconds(silentSeconds)} ago; before, a point came every ${saySeconds(usualSeconds)}.`,
      advice: CATALOGUE.stalled.advice,
      fromStep: last,
      toStep: last,
      fromMs: newestMs,
      toMs: run.nowMs,
      metrics: [metric],
      numbers: { silentSeconds, usualSeconds, limitSeconds, step: last },
      active: true,
    },
  ];
}

/** The median of the newest intervals. The curve has two points or more. */
function usualIntervalMs({ timesMs, length }: CurvePoints): number {
  const from = Math.max(1, length - INTERVALS);
  const gaps = Float64Array.from({ length: length - from }, (_, i) => timesMs[from + i]! - timesMs[from + i - 1]!);
  return median(gaps.map((gap) => (Number.isFinite(gap) ? Math.max(0, gap) : 0)));
}
