import { CATALOGUE } from './catalogue.ts';
import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { finitePoints, inStretches, median, quantile } from './measure.ts';
import { sayNumber, sayShare, sayStep } from './say.ts';
import type { ThresholdsOf } from './thresholds.ts';
import { asPercent } from './utilisation.ts';
import type { Verdict } from './verdict.ts';
import type { WatchedRun } from './watched-run.ts';

/** A processor that busy has nothing left to give, and a GPU that swings that far is waiting in between. */
const CPU_BUSY = 90;
const SAW_TOOTH = 60;
const STRETCHES = 500;

/** Training waits for its data: by the time that it takes, or, where that is not logged, by a GPU that stops and goes while the processors are busy. */
export function dataBound(run: WatchedRun, thresholds: ThresholdsOf<'data_bound'>): Verdict[] {
  const { dataTime, stepTime } = run.roles;
  const data = run.curve(dataTime);
  const step = run.curve(stepTime);
  if (data === undefined || step === undefined || dataTime === undefined || stepTime === undefined)
    return bySawTooth(run, thresholds);
  const { warning, critical, points, busy } = thresholds;
  if (isBusy(run, busy)) return [];
  const shares = sharesOf(finitePoints(data), finitePoints(step), points);
  if (shares.length < points) return [];
  const share = median(shares);
  if (share <= warning) return [];
  const from = data.length - shares.length;
  const last = data.length - 1;
  return [
    {
      detector: 'data_bound',
      subject: '',
      severity: share > critical ? 'critical' : 'warning',
      sentence: `Waiting for data takes ${sayShare(share)} of a step (median of ${shares.length} points up to step ${sayStep(data.steps[last]!)}).`,
      advice: CATALOGUE.data_bound.advice,
      fromStep: data.steps[from]!,
      toStep: data.steps[last]!,
      fromMs: data.timesMs[from]!,
      toMs: data.timesMs[last]!,
      metrics: [dataTime, stepTime],
      numbers: { share },
      active: true,
    },
  ];
}

function sharesOf(data: CurvePoints, step: CurvePoints, points: number): Float64Array {
  const count = Math.min(points, data.length, step.length);
  const waits = data.values.subarray(data.length - count, data.length);
  const takes = step.values.subarray(step.length - count, step.length);
  // Some log the step without the wait: then a wait may be longer than its step.
  const apart = waits.some((wait, i) => wait > takes[i]!);
  return waits.map((wait, i) => wait / (apart ? wait + takes[i]! : takes[i]!)).filter((share) => Number.isFinite(share));
}

function isBusy(run: WatchedRun, busy: number): boolean {
  const halves = run.roles.gpuUtilisation.flatMap((metric) => {
    const curve = run.curve(metric);
    return curve === undefined ? [] : [median(asPercent(metric, inStretches(finitePoints(curve), STRETCHES).values))];
  });
  return halves.length > 0 && median(halves) >= busy;
}

function bySawTooth(run: WatchedRun, { busy, points }: ThresholdsOf<'data_bound'>): Verdict[] {
  const { cpuUtilisation, gpuUtilisation } = run.roles;
  const cpu = run.curve(cpuUtilisation);
  if (cpu === undefined || cpuUtilisation === undefined) return [];
  const cpuHalf = median(asPercent(cpuUtilisation, finitePoints(cpu).values));
  for (const metric of gpuUtilisation) {
    const curve = run.curve(metric);
    if (curve === undefined || curve.length < 5 * points) continue;
    const gpu = asPercent(metric, finitePoints(curve).values);
    const half = median(gpu);
    const swing = quantile(gpu, 0.95) - quantile(gpu, 0.05);
    if (!(half < busy && swing > SAW_TOOTH && cpuHalf > CPU_BUSY)) continue;
    const last = curve.length - 1;
    return [
      {
        detector: 'data_bound',
        subject: '',
        severity: 'warning',
        sentence: `${metric} is ${sayNumber(half)} % (median) and swings by ${sayNumber(swing)} points, while ${cpuUtilisation} is ${sayNumber(cpuHalf)} %: the GPU waits for what the processors prepare.`,
        advice:
          'Log how long each step waits for data to be sure. Prefetch, cache what is decoded, or prepare the data beforehand.',
        fromStep: curve.steps[0]!,
        toStep: curve.steps[last]!,
        fromMs: curve.timesMs[0]!,
        toMs: curve.timesMs[last]!,
        metrics: [metric, cpuUtilisation],
        numbers: { gpu: half, swing, cpu: cpuHalf },
        active: true,
      },
    ];
  }
  return [];
}
