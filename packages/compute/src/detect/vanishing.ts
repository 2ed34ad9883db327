import { CATALOGUE } from './catalogue.ts';
import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { finitePoints, inStretches, shareLearned } from './measure.ts';
import { sayNumber, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

const STRETCHES = 500;

/**
 * Hardly any gradient arrives: the norm over all layers is next to nothing, or an early layer's is beside a later one's
 * (in the order of their names), while the loss has not been learned. Small gradients at the end of a good training are no fault.
 */
export function vanishing(run: WatchedRun, { norm, layers, points, learned }: ThresholdsOf<'vanishing'>): Verdict[] {
  const { gradNorm, layerGradNorms, trainLoss } = run.roles;
  const gained = shareLearned(run.curve(trainLoss));
  if (gained !== undefined && gained > learned) return [];
  const all = run.curve(gradNorm);
  if (all !== undefined && gradNorm !== undefined) {
    const curve = inStretches(finitePoints(all), STRETCHES);
    const held = longestStretch(curve.length, (i) => curve.values[i]! < norm);
    if (held !== undefined && held.to - held.from + 1 >= points) {
      const least = Math.min(...curve.values.subarray(held.from, held.to + 1));
      return [
        verdict(curve, held, [gradNorm], `${gradNorm} is below ${sayNumber(norm)}, as low as ${sayNumber(least)}`, {
          norm: least,
        }),
      ];
    }
  }
  return betweenLayers(run, layerGradNorms, layers, points);
}

function betweenLayers(run: WatchedRun, metrics: readonly string[], layers: number, points: number): Verdict[] {
  const curves: { metric: string; curve: CurvePoints }[] = [];
  for (const metric of metrics) {
    const curve = run.curve(metric);
    if (curve !== undefined) curves.push({ metric, curve: inStretches(curve, STRETCHES) });
  }
  // Layers are compared where they are logged together.
  const length = Math.max(0, ...curves.map(({ curve }) => curve.length));
  const together = curves.filter(({ curve }) => curve.length === length);
  const [first] = together;
  if (first === undefined || together.length < 2) return [];
  const worstAt = (i: number): { ratio: number; early: number; late: number } => {
    let early = 0;
    let worst = { ratio: Number.POSITIVE_INFINITY, early: 0, late: 0 };
    for (let k = 1; k < together.length; k++) {
      const ratio = together[early]!.curve.values[i]! / together[k]!.curve.values[i]!;
      if (ratio < worst.ratio) worst = { ratio, early, late: k };
      if (together[k]!.curve.values[i]! < together[early]!.curve.values[i]!) early = k;
    }
    return worst;
  };
  const held = longestStretch(length, (i) => worstAt(i).ratio < layers);
  if (held === undefined || held.to - held.from + 1 < points) return [];
  const { ratio, early, late } = worstAt(held.to);
  const names = [together[early]!.metric, together[late]!.metric];
  return [verdict(first.curve, held, names, `${names[0]} is ${sayNumber(ratio)} of ${names[1]}`, { ratio })];
}

function verdict(
  { steps, timesMs, length }: CurvePoints,
  { from, to }: Stretch,
  metrics: readonly string[],
  what: string,
  numbers: Readonly<Record<string, number>>,
): Verdict {
  return {
    detector: 'vanishing',
    subject: '',
    severity: 'warning',
    sentence: `${what}, over steps ${sayStep(steps[from]!)} to ${sayStep(steps[to]!)}: early layers hardly learn.`,
    advice: CATALOGUE.vanishing.advice,
    fromStep: steps[from]!,
    toStep: steps[to]!,
    fromMs: timesMs[from]!,
    toMs: timesMs[to]!,
    metrics,
    numbers: { ...numbers, points: to - from + 1 },
    active: to === length - 1,
  };
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Both ends belong to it. */
function longestStretch(length: number, holds: (i: number) => boolean): Stretch | undefined {
  let best: Stretch | undefined;
  let from = -1;
  for (let i = 0; i < length; i++) {
    if (!holds(i)) {
      from = -1;
      continue;
    }
    if (from < 0) from = i;
    if (best === undefined || i - from > best.to - best.from) best = { from, to: i };
  }
  return best;
}
