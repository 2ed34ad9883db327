import { finitePoints, inStretches, median } from './measure.ts';
import { saySeconds, sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import { trendOf } from './trend.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** Theil and Sen's slope looks at every pair: of that many stretches. */
const STRETCHES = 100;
/** Levels along the newer half; from one to the next memory rises, but for once at most, by such a part of the whole. */
const LEVELS = 5;
const LEAST_RISE = 0.1;

/** Memory that grows steadily, not only at the beginning: GPU memory in use, or the process's own. */
export function gpuLeak(run: WatchedRun, { samples, growth, p }: ThresholdsOf<'gpu_leak'>): Verdict[] {
  return run.roles.memory.flatMap((metric): Verdict[] => {
    const logged = run.curve(metric);
    if (logged === undefined || logged.length < samples) return [];
    // What is loaded and cached at the beginning grows too, and then stays: the newer half must grow for itself.
    const whole = inStretches(finitePoints(logged), STRETCHES * 2);
    const half = whole.length >> 1;
    const times = whole.timesMs.subarray(half, whole.length);
    const sizes = whole.values.subarray(half, whole.length);
    if (sizes.length < 10) return [];
    const trend = trendOf(times, sizes);
    const levels = levelsOf(sizes);
    const before = levels[0]!;
    const after = levels.at(-1)!;
    const grown = after / before - 1;
    // A leak goes on and on: a jump is something larger that was loaded.
    const rises = levels.slice(1).filter((level, i) => level - levels[i]! > LEAST_RISE * (after - before));
    const steady = rises.length >= LEVELS - 2;
    if (!(trend.slope > 0 && trend.p < p && grown > growth && steady)) return [];
    const doubling = before / (trend.slope * 1000);
    const last = whole.length - 1;
    return [
      {
        detector: 'gpu_leak',
        subject: metric,
        severity: 'warning',
        sentence: `${metric} grows steadily: by ${sayShare(grown)} from step ${sayStep(whole.steps[half]!)} to ${sayStep(whole.steps[last]!)}; at that rate it grows by as much as it was then in ${saySeconds(doubling)}.`,
        advice:
          'Look for what is kept from step to step: losses summed with their graphs (use .item() or .detach()), lists of outputs, hooks, caches without a limit.',
        fromStep: whole.steps[half]!,
        toStep: whole.steps[last]!,
        fromMs: whole.timesMs[half]!,
        toMs: whole.timesMs[last]!,
        metrics: [metric],
        numbers: { growth: grown, perSecond: trend.slope * 1000, p: trend.p, before, after, doublingSeconds: doubling },
        active: true,
      },
    ];
  });
}

/** Medians around evenly spaced places, the ends among them. */
function levelsOf(sizes: Float64Array): number[] {
  const few = Math.max(3, Math.floor(sizes.length / 10));
  return Array.from({ length: LEVELS }, (_, k) => {
    const from = Math.round(((sizes.length - few) * k) / (LEVELS - 1));
    return median(sizes.subarray(from, from + few));
  });
}
