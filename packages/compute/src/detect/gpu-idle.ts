import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { CATALOGUE } from './catalogue.ts';
import { finitePoints, quantile } from './measure.ts';
import { MOST_SHOWN, sayNumber, sayOthers, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import { asPercent } from './utilisation.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** GPUs that are never really busy and often do nothing: one finding, of the idlest, that counts the others. */
export function gpuIdle(run: WatchedRun, { samples, p95, p5 }: ThresholdsOf<'gpu_idle'>): Verdict[] {
  const idle = run.roles.gpuUtilisation.flatMap((metric): IdleGpu[] => {
    const logged = run.curve(metric);
    if (logged === undefined) return [];
    const curve = finitePoints(logged);
    if (curve.length < samples) return [];
    const newest = asPercent(metric, curve.values).subarray(curve.length - samples, curve.length);
    const high = quantile(newest, 0.95);
    const low = quantile(newest, 0.05);
    return high < p95 && low < p5 ? [{ metric, curve, high, low }] : [];
  });
  idle.sort((a, b) => a.high - b.high || a.low - b.low);
  const [worst] = idle;
  if (worst === undefined) return [];
  const { metric, curve, high, low } = worst;
  const from = curve.length - samples;
  const last = curve.length - 1;
  return [
    {
      detector: 'gpu_idle',
      subject: '',
      severity: 'info',
      sentence: `${metric} is below ${sayNumber(high)} % in 95 of 100 samples and below ${sayNumber(low)} % in 5 of 100 (newest ${sayStep(samples)})${sayOthers(idle, 'idle')}.`,
      advice: CATALOGUE.gpu_idle.advice,
      fromStep: curve.steps[from]!,
      toStep: curve.steps[last]!,
      fromMs: curve.timesMs[from]!,
      toMs: curve.timesMs[last]!,
      metrics: idle.slice(0, MOST_SHOWN).map((one) => one.metric),
      numbers: { p95: high, p5: low, samples, found: idle.length },
      active: true,
    },
  ];
}

interface IdleGpu {
  readonly metric: string;
  readonly curve: CurvePoints;
  readonly high: number;
  readonly low: number;
}
