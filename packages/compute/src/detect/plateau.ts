import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { finitePoints, inStretches } from './measure.ts';
import { sayNumber, sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** A loss is judged by the medians of so many stretches at most, and of so many batches each. */
const STRETCHES = 60;
const BATCHES = 8;
/** A learning rate that changes by less than that share is the same. */
const SAME_RATE = 0.05;

/** The best loss has not become better for long, while the learning rate stayed as it was. Reads validation where there is any, else training. */
export function plateau(run: WatchedRun, { improvement, evaluations, run: share }: ThresholdsOf<'plateau'>): Verdict[] {
  const { valLoss, trainLoss, learningRate } = run.roles;
  const validated = run.curve(valLoss);
  const metric = validated === undefined ? trainLoss : valLoss;
  const logged = validated ?? run.curve(trainLoss);
  if (metric === undefined || logged === undefined) return [];
  const finite = finitePoints(logged);
  // Validation is over many examples each time; a batch is not.
  const most = validated === undefined ? Math.min(STRETCHES, Math.floor(finite.length / BATCHES)) : STRETCHES;
  const { values, steps, timesMs, length } = inStretches(finite, Math.max(1, most));
  if (length <= evaluations) return [];
  let best = values[0]!;
  let gained = 0;
  for (let i = 1; i < length; i++) {
    if (values[i]! < best - improvement * Math.abs(best)) {
      best = values[i]!;
      gained = i;
    }
  }
  const last = length - 1;
  const since = last - gained;
  if (since < evaluations || since < share * length) return [];
  if (!isSameRate(run.curve(learningRate), steps[gained]!)) return [];
  return [
    {
      detector: 'plateau',
      subject: metric,
      severity: 'info',
      sentence: `${metric} has not become better than ${sayNumber(best)} by ${sayShare(improvement)} since step ${sayStep(steps[gained]!)}: ${sayShare(since / length)} of the run.`,
      advice:
        'Stop here if it is good enough; else lower the learning rate (a decay often frees what stands still), or, where it never got going, raise it and check initial weights and data.',
      fromStep: steps[gained]!,
      toStep: steps[last]!,
      fromMs: timesMs[gained]!,
      toMs: timesMs[last]!,
      metrics: [metric],
      numbers: { best, bestStep: steps[gained]!, now: values[last]!, evaluations: since },
      active: true,
    },
  ];
}

/** Whether the rate stayed the same from that step on; so where none is logged. */
function isSameRate(rate: CurvePoints | undefined, fromStep: number): boolean {
  if (rate === undefined) return true;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < rate.length; i++) {
    if (rate.steps[i]! < fromStep) continue;
    low = Math.min(low, rate.values[i]!);
    high = Math.max(high, rate.values[i]!);
  }
  return !(high - low > SAME_RATE * high);
}
