import { finitePoints, quantile } from './measure.ts';
import { sayNumber, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import { asPercent } from './utilisation.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** A GPU that is never really busy and often does nothing. */
export function gpuIdle(run: WatchedRun, { samples, p95, p5 }: ThresholdsOf<'gpu_idle'>): Verdict[] {
  return run.roles.gpuUtilisation.flatMap((metric): Verdict[] => {
    const logged = run.curve(metric);
    if (logged === undefined) return [];
    const curve = finitePoints(logged);
    if (curve.length < samples) return [];
    const from = curve.length - samples;
    const newest = asPercent(metric, curve.values).subarray(from, curve.length);
    const high = quantile(newest, 0.95);
    const low = quantile(newest, 0.05);
    if (!(high < p95 && low < p5)) return [];
    const last = curve.length - 1;
    return [
      {
        detector: 'gpu_idle',
        subject: metric,
        severity: 'info',
        sentence: `${metric} is below ${sayNumber(high)} % in 95 of 100 samples and below ${sayNumber(low)} % in 5 of 100 (newest ${sayStep(samples)}).`,
        advice: 'Raise the batch size, load data ahead, use mixed precision or compile the model; or take a smaller GPU.',
        fromStep: curve.steps[from]!,
        toStep: curve.steps[last]!,
        fromMs: curve.timesMs[from]!,
        toMs: curve.timesMs[last]!,
        metrics: [metric],
        numbers: { p95: high, p5: low, samples },
        active: true,
      },
    ];
  });
}
