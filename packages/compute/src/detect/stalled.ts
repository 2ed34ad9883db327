import { saySeconds, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import { median } from './measure.ts';
import type { WatchedRun } from './watched-run.ts';

/** How many of the newest intervals say what is usual. */
const INTERVALS = 1_000;

/**
 * A run that says it runs, and of which no new point has come for long. What its machine measures does not count: that goes on where
 * training hangs. A run that was last heard of long after its newest point was read from old files: nobody waits for it.
 */
export function stalled(run: WatchedRun, { silence, intervals }: ThresholdsOf<'stalled'>): Verdict[] {
  if (!run.running) return [];
  let newest = Number.NEGATIVE_INFINITY;
  let newestOfAll = Number.NEGATIVE_INFINITY;
  let metric = '';
  for (const [name, { timesMs, length }] of run.curves) {
    if (length === 0) continue;
    const last = timesMs[length - 1]!;
    newestOfAll = Math.max(newestOfAll, last);
    if (run.roles.system.has(name) || last < newest) continue;
    newest = last;
    metric = name;
  }
  const curve = run.curves.get(metric);
  if (curve === undefined || curve.length < 2) return [];
  const from = Math.max(1, curve.length - INTERVALS);
  const gaps = Float64Array.from(
    { length: curve.length - from },
    (_, i) => curve.timesMs[from + i]! - curve.timesMs[from + i - 1]!,
  );
  const usualSeconds = median(gaps.map((gap) => (Number.isFinite(gap) ? Math.max(0, gap) : 0))) / 1000;
  const limitSeconds = Math.max(silence, intervals * usualSeconds);
  const heardMs = run.heardMs ?? newestOfAll;
  if (heardMs - newestOfAll > limitSeconds * 1000) return [];
  const silentSeconds = (run.nowMs - newest) / 1000;
  if (!(silentSeconds > limitSeconds)) return [];
  const last = curve.steps[curve.length - 1]!;
  return [
    {
      detector: 'stalled',
      subject: '',
      severity: 'critical',
      sentence: `Nothing has come since step ${sayStep(last)}, ${saySeconds(silentSeconds)} ago; before, a point came every ${saySeconds(usualSeconds)}.`,
      advice:
        'See whether the process is alive and what it waits for: a lock, a data loader, another rank, a full disk. Set the run’s status if it has ended.',
      fromStep: last,
      toStep: last,
      fromMs: newest,
      toMs: run.nowMs,
      metrics: [metric],
      numbers: { silentSeconds, usualSeconds, limitSeconds, step: last },
      active: true,
    },
  ];
}
