import { CATALOGUE } from './catalogue.ts';
import { evaluationsOf } from './evaluations.ts';
import { finitePoints } from './measure.ts';
import { sayApart, sayNumber, sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** Two losses that differ by more than that from the first are not of one kind: a sum and a mean, or other terms in it. */
const ONE_KIND = 3;

/** Validation stands above training, by a share of the training loss and by a share of what training had gained. */
export function gap(run: WatchedRun, { gap: share, learned, evaluations }: ThresholdsOf<'gap'>): Verdict[] {
  const pair = evaluationsOf(run);
  if (pair === undefined || pair.length < evaluations) return [];
  const { val, train, steps, timesMs, length, trainMetric, valMetric } = pair;
  const began = train.findIndex((value) => !Number.isNaN(value));
  if (began < 0 || !(val[began]! > 0) || !(train[began]! > 0)) return [];
  const kind = val[began]! / train[began]!;
  if (kind > ONE_KIND || kind < 1 / ONE_KIND) return [];
  const curve = run.curve(trainMetric);
  const earliest = curve === undefined ? undefined : finitePoints(curve).values[0];
  const first = Math.max(train[began]!, earliest ?? 0);
  let above = 0;
  for (let i = length - 1; i >= began; i--) {
    const wide = val[i]! - train[i]!;
    if (!(wide > share * train[i]! && wide > learned * (first - train[i]!))) break;
    above++;
  }
  if (above < evaluations) return [];
  const from = length - above;
  const last = length - 1;
  const wide = val[last]! - train[last]!;
  const [validated, trained] = sayApart(val[last]!, train[last]!);
  return [
    {
      detector: 'gap',
      subject: valMetric,
      severity: 'info',
      sentence: `${valMetric} is ${validated} where ${trainMetric} is ${trained}: the gap of ${sayNumber(wide)} ${besideGain(wide, first - train[last]!)}, since step ${sayStep(steps[from]!)}.`,
      advice: CATALOGUE.gap.advice,
      fromStep: steps[from]!,
      toStep: steps[last]!,
      fromMs: timesMs[from]!,
      toMs: timesMs[last]!,
      metrics: [valMetric, trainMetric],
      numbers: { val: val[last]!, train: train[last]!, gap: wide, first, evaluations: above },
      active: true,
    },
  ];
}

/** A gap beside next to nothing is no share that says anything. */
function besideGain(wide: number, gained: number): string {
  if (!(gained > 0)) return 'stands where training has gained nothing';
  return wide > 10 * gained ? 'is over ten times what training gained' : `is ${sayShare(wide / gained)} of what training gained`;
}
