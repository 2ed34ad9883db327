import { finitePoints, inStretches, median, robustSigma, rollingMedian } from './measure.ts';
import { sayApart, sayNumber, sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** Long curves are judged by medians of stretches: a level that rose for good is seen in them as well. */
const STRETCHES = 2_000;
/** Points in a row whose level is too high. */
const HOLDS = 3;
/** A rise that small a share of the first loss is none, however little was learned. */
const LEAST_SHARE = 0.05;

/**
 * The level of the training loss (a running median) rises from its lowest by more than a share of what had been learned, and
 * by more than the loss's own noise. Neither changes where the loss is scaled or what is learned is shifted.
 */
export function diverge(run: WatchedRun, { window, lostShare, sigmas }: ThresholdsOf<'diverge'>): Verdict[] {
  const metric = run.roles.trainLoss;
  const logged = run.curve(metric);
  if (metric === undefined || logged === undefined) return [];
  const loss = inStretches(finitePoints(logged), STRETCHES);
  const { values, steps, timesMs, length } = loss;
  if (length < 8) return [];
  const wide = Math.min(Math.round(window), Math.max(3, Math.floor(length / 4)));
  const levels = rollingMedian(values, wide);
  const first = median(values.subarray(0, 3));
  let best = wide - 1;
  let spread = spreadUpTo(values, levels, wide, best);
  let from = -1;
  let to = -1;
  let inARow = 0;
  let bestThen = best;
  for (let i = wide - 1; i < length; i++) {
    if (levels[i]! < levels[best]!) {
      best = i;
      inARow = 0;
      continue;
    }
    if (i % wide === 0) spread = spreadUpTo(values, levels, wide, Math.max(best, 2 * wide));
    const low = Math.min(levels[best]!, first);
    const rise = levels[i]! - low;
    const learned = Math.max(0, first - levels[best]!);
    if (rise > Math.max(lostShare * learned, sigmas * spread, LEAST_SHARE * Math.abs(first))) {
      inARow++;
      if (inARow >= HOLDS) {
        if (from < 0) {
          from = i - HOLDS + 1;
          bestThen = best;
        }
        to = i;
      }
    } else inARow = 0;
  }
  if (from < 0) return [];
  const active = to === length - 1;
  const top = Math.max(...levels.subarray(from, to + 1));
  const low = Math.min(levels[bestThen]!, first);
  const learned = first - low;
  const now = levels[length - 1]!;
  const lost = learned > 0 ? (top - low) / learned : Number.POSITIVE_INFINITY;
  const how =
    lost <= 1
      ? `${sayShare(lost)} of what it had gained was lost again`
      : `that is worse than the ${sayNumber(first)} it began with`;
  const bestStep = steps[bestThen]!;
  const [sayLow, sayTop] = sayApart(low, top);
  return [
    {
      detector: 'diverge',
      subject: metric,
      severity: active ? 'critical' : 'warning',
      sentence: `${metric} rose from a level of ${sayLow} at step ${sayStep(bestStep)} to ${sayTop} by step ${sayStep(steps[to]!)}: ${how}.${active ? '' : ` It is back at ${sayNumber(now)}.`}`,
      advice: active
        ? `Restore the checkpoint of step ${sayStep(bestStep)}, then lower the learning rate, warm it up for longer or clip gradients; look at the batches from there on.`
        : 'Clip gradients or lower the learning rate where it happened; look at the batches of those steps.',
      fromStep: bestStep,
      toStep: steps[to]!,
      fromMs: timesMs[bestThen]!,
      toMs: timesMs[to]!,
      metrics: [metric],
      numbers: { first, best: low, bestStep, top, now, lostShare: lost, sigma: spread },
      active,
    },
  ];
}

/** How far the loss strays from its level, up to that point: the noise of its batches. */
function spreadUpTo(values: Float64Array, levels: Float64Array, wide: number, end: number): number {
  const last = Math.min(end, values.length - 1);
  const from = Math.max(wide - 1, last - 4 * wide);
  const strays = new Float64Array(Math.max(0, last - from + 1));
  for (let i = 0; i < strays.length; i++) strays[i] = values[from + i]! - levels[from + i]!;
  return strays.length < 3 ? robustSigma(values.subarray(0, last + 1)) : robustSigma(strays, 0);
}
