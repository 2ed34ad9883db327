import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { CATALOGUE } from './catalogue.ts';
import { finitePoints, inStretches, median } from './measure.ts';
import { MOST_SHOWN, saySeconds, sayOthers, sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import { trendOf } from './trend.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** Theil and Sen's slope looks at every pair: of that many stretches. */
const STRETCHES = 100;
/** Levels along the newer half; from one to the next memory rises, but for once at most, by such a part of the whole. */
const LEVELS = 5;
const LEAST_RISE = 0.1;

/** Memory that grows steadily, not only at the beginning, of GPUs or of the process: one finding, of the fastest, that counts the others. */
export function gpuLeak(run: WatchedRun, thresholds: ThresholdsOf<'gpu_leak'>): Verdict[] {
  const leaks = run.roles.memory.flatMap((metric) => leakOf(metric, run.curve(metric), thresholds) ?? []);
  leaks.sort((a, b) => b.numbers.growth - a.numbers.growth);
  const [worst] = leaks;
  if (worst === undefined) return [];
  const { metric, half, numbers } = worst;
  const fromStep = half.steps[0]!;
  const toStep = half.steps.at(-1)!;
  return [
    {
      detector: 'gpu_leak',
      subject: '',
      severity: 'warning',
      sentence: `${metric} grows steadily: by ${sayShare(numbers.growth)} from step ${sayStep(fromStep)} to ${sayStep(toStep)}; at that rate it grows by as much as it was then in ${saySeconds(numbers.doublingSeconds)}${sayOthers(leaks, 'growing')}.`,
      advice: CATALOGUE.gpu_leak.advice,
      fromStep,
      toStep,
      fromMs: half.timesMs[0]!,
      toMs: half.timesMs.at(-1)!,
      metrics: leaks.slice(0, MOST_SHOWN).map((one) => one.metric),
      numbers: { ...numbers, found: leaks.length },
      active: true,
    },
  ];
}

interface Leak {
  readonly metric: string;
  /** The newer half of the run. */
  readonly half: Pick<CurvePoints, 'steps' | 'timesMs'>;
  readonly numbers: Readonly<Record<'growth' | 'perSecond' | 'p' | 'before' | 'after' | 'doublingSeconds', number>>;
}

function leakOf(
  metric: string,
  logged: CurvePoints | undefined,
  { samples, growth, p }: ThresholdsOf<'gpu_leak'>,
): Leak | undefined {
  if (logged === undefined || logged.length < samples) return undefined;
  // What is loaded and cached at the beginning grows too, and then stays: the newer half must grow for itself.
  const whole = inStretches(finitePoints(logged), STRETCHES * 2);
  const from = whole.length >> 1;
  const steps = whole.steps.subarray(from, whole.length);
  const timesMs = whole.timesMs.subarray(from, whole.length);
  const sizes = whole.values.subarray(from, whole.length);
  if (sizes.length < 10) return undefined;
  const trend = trendOf(timesMs, sizes);
  const levels = levelsOf(sizes);
  const before = levels[0]!;
  const after = levels.at(-1)!;
  const grown = after / before - 1;
  // A leak goes on and on: a jump is something larger that was loaded.
  const rises = levels.slice(1).filter((level, i) => level - levels[i]! > LEAST_RISE * (after - before));
  const steady = rises.length >= LEVELS - 2;
  if (!(trend.slope > 0 && trend.p < p && grown > growth && steady)) return undefined;
  const perSecond = trend.slope * 1000;
  const numbers = { growth: grown, perSecond, p: trend.p, before, after, doublingSeconds: before / perSecond };
  return { metric, half: { steps, timesMs }, numbers };
}

/** Medians around evenly spaced places, the ends among them. */
function levelsOf(sizes: Float64Array): number[] {
  const few = Math.max(3, Math.floor(sizes.length / 10));
  return Array.from({ length: LEVELS }, (_, k) => {
    const from = Math.round(((sizes.length - few) * k) / (LEVELS - 1));
    return median(sizes.subarray(from, from + few));
  });
}
