import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { sayMany, sayNumber, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

interface Broken {
  readonly metric: string;
  readonly first: number;
  /** The last finite point before it; -1 where there is none. */
  readonly before: number;
  readonly last: number;
  readonly count: number;
  readonly curve: CurvePoints;
}

/** The first value that is no finite number, of any metric, and what was last well. One finding for the run: what follows it is broken by it. */
export function nanInf(run: WatchedRun, { gradientRun }: ThresholdsOf<'nan_inf'>): Verdict[] {
  const { trainLoss, valLoss, gradNorm, layerGradNorms, system } = run.roles;
  const losses = new Set([trainLoss, valLoss]);
  const gradients = new Set([gradNorm, ...layerGradNorms]);
  const broken: Broken[] = [];
  for (const [metric, curve] of run.curves) {
    if (system.has(metric)) continue;
    const one = firstNonFinite(
      metric,
      curve,
      gradients.has(metric) ? gradientRun : 1,
      !losses.has(metric) && !gradients.has(metric),
    );
    if (one !== undefined) broken.push(one);
  }
  if (broken.length === 0) return [];
  // What matters most comes first where several break at one step.
  const rank = ({ metric }: Broken): number => (losses.has(metric) ? 0 : gradients.has(metric) ? 1 : 2);
  broken.sort((a, b) => a.curve.steps[a.first]! - b.curve.steps[b.first]! || rank(a) - rank(b) || (a.metric < b.metric ? -1 : 1));
  const [one] = broken;
  if (one === undefined) return [];
  const { curve, first, before } = one;
  const active = broken.some(({ last, curve: { length } }) => last === length - 1);
  const metrics = broken.map(({ metric }) => metric);
  const serious = broken.some((it) => rank(it) < 2);
  const value = curve.values[first]!;
  const was =
    before < 0
      ? 'it never had a finite value'
      : `the last finite value was ${sayNumber(curve.values[before]!)} at step ${sayStep(curve.steps[before]!)}`;
  const others = metrics.length === 1 ? '' : `; so ${metrics.length === 2 ? 'is' : 'are'} ${sayMany(metrics.slice(1))}`;
  const over = active ? '' : ' By now all are finite again.';
  return [
    {
      detector: 'nan_inf',
      subject: '',
      severity: serious ? 'critical' : 'warning',
      sentence: `${one.metric} is ${sayNumber(value)} at step ${sayStep(curve.steps[first]!)}: ${was}${others}.${over}`,
      advice: serious
        ? `Restore a checkpoint from before step ${sayStep(curve.steps[first]!)}. Look for a logarithm, root or division of zero and for half precision that overflows; lower the learning rate or clip gradients.`
        : 'Find out whether the metric has a value there: a class without an example has no recall.',
      // A step may be before the one before it: a run that went back.
      fromStep: Math.min(curve.steps[Math.max(before, 0)]!, curve.steps[first]!),
      toStep: highest(broken, (it) => Math.max(it.curve.steps[it.first]!, it.curve.steps[it.last]!)),
      fromMs: curve.timesMs[first]!,
      toMs: highest(broken, (it) => it.curve.timesMs[it.last]!),
      metrics: metrics.slice(0, 50),
      numbers: {
        step: curve.steps[first]!,
        lastFiniteStep: before < 0 ? Number.NaN : curve.steps[before]!,
        lastFiniteValue: before < 0 ? Number.NaN : curve.values[before]!,
        metrics: metrics.length,
        points: broken.reduce((sum, { count }) => sum + count, 0),
      },
      active,
    },
  ];
}

/** `inARow` of them must follow on each other. Where a metric has not begun (the best so far is infinite), that is no fault. */
function firstNonFinite(metric: string, curve: CurvePoints, inARow: number, mayBeginLate: boolean): Broken | undefined {
  const { values, length } = curve;
  let begin = 0;
  if (mayBeginLate) {
    while (begin < length && !Number.isFinite(values[begin]!)) begin++;
    // Never finite: that is no late beginning.
    if (begin === length) begin = 0;
  }
  let first = -1;
  let last = -1;
  let count = 0;
  let row = 0;
  for (let i = begin; i < length; i++) {
    if (Number.isFinite(values[i]!)) {
      row = 0;
      continue;
    }
    count++;
    row++;
    if (row >= inARow) {
      if (first < 0) first = i - row + 1;
      last = i;
    }
  }
  return first < 0 ? undefined : { metric, first, before: first - 1, last, count, curve };
}

/** Not by spreading: a run may have a hundred thousand metrics. */
function highest<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((most, one) => Math.max(most, of(one)), -Infinity);
}
