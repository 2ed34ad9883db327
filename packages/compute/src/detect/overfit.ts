import { evaluationsOf } from './evaluations.ts';
import { robustSigma } from './measure.ts';
import { sayApart, sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/**
 * Prechelt's GL (1998): validation stands above its best by a share of it, for several evaluations, while training goes on
 * falling, by a share of itself and by more than it scatters.
 */
export function overfit(run: WatchedRun, { rise, learned, sigmas, fall, evaluations }: ThresholdsOf<'overfit'>): Verdict[] {
  const pair = evaluationsOf(run);
  if (pair === undefined || pair.length < evaluations + 2) return [];
  const { val, train, steps, timesMs, length, trainMetric, valMetric } = pair;
  let best = 0;
  for (let i = 1; i < length; i++) if (val[i]! < val[best]!) best = i;
  const lowest = val[best]!;
  const noise = scatterOf(val);
  const least = Math.max(rise * Math.abs(lowest), learned * (val[0]! - lowest), sigmas * noise);
  let above = 0;
  while (above < length - 1 - best && val[length - 1 - above]! - lowest > least) above++;
  const last = length - 1;
  if (above < evaluations) return [];
  // Before its best, training falls fast: what it does there is no scatter.
  const fell = train[best]! - train[last]!;
  if (!(fell > 0 && fell > Math.max(fall * Math.abs(train[best]!), sigmas * scatterOf(train.subarray(best))))) return [];
  const now = val[last]!;
  const [sayBest, sayNow] = sayApart(lowest, now);
  const [sayThen, sayTrained] = sayApart(train[best]!, train[last]!);
  return [
    {
      detector: 'overfit',
      subject: valMetric,
      severity: 'warning',
      sentence: `${valMetric} was best at step ${sayStep(steps[best]!)} (${sayBest}) and is ${sayNow} now, ${lowest > 0 ? `${sayShare(now / lowest - 1)} worse` : 'worse'}, while ${trainMetric} fell from ${sayThen} to ${sayTrained}.`,
      advice: `Restore the checkpoint of step ${sayStep(steps[best]!)}. To get further: more data or augmentation, dropout, weight decay, a smaller model, or stop early.`,
      fromStep: steps[best]!,
      toStep: steps[last]!,
      fromMs: timesMs[best]!,
      toMs: timesMs[last]!,
      metrics: [valMetric, trainMetric],
      numbers: {
        bestStep: steps[best]!,
        best: lowest,
        now,
        rise: now / lowest - 1,
        trainThen: train[best]!,
        trainNow: train[last]!,
        noise,
      },
      active: true,
    },
  ];
}

/** Standard deviation of the values about their trend, by what lies between neighbours; 0 of a line. */
function scatterOf(values: Float64Array): number {
  return robustSigma(values.subarray(1).map((value, i) => value - values[i]!)) / Math.SQRT2;
}
