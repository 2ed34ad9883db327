import { dataBound } from './data-bound.ts';
import { deadRelu } from './dead-relu.ts';
import { DETECTOR_IDS } from './detector.ts';
import type { DetectorId } from './detector.ts';
import { diverge } from './diverge.ts';
import { exploding } from './exploding.ts';
import { gap } from './gap.ts';
import { gpuIdle } from './gpu-idle.ts';
import { gpuLeak } from './gpu-leak.ts';
import { imbalance } from './imbalance.ts';
import { initLoss } from './init-loss.ts';
import { lrHigh } from './lr-high.ts';
import { lrLow } from './lr-low.ts';
import { nanInf } from './nan-inf.ts';
import { overfit } from './overfit.ts';
import { plateau } from './plateau.ts';
import { stalled } from './stalled.ts';
import type { DetectorSettings } from './thresholds.ts';
import { vanishing } from './vanishing.ts';
import type { Verdict } from './verdict.ts';
import { watchRun } from './watched-run.ts';
import type { RunRecord, WatchedRun } from './watched-run.ts';

const DETECTORS: Readonly<Record<DetectorId, (run: WatchedRun, settings: DetectorSettings) => Verdict[]>> = {
  nan_inf: (run, settings) => nanInf(run, settings.thresholdsOf('nan_inf')),
  diverge: (run, settings) => diverge(run, settings.thresholdsOf('diverge')),
  exploding: (run, settings) => exploding(run, settings.thresholdsOf('exploding')),
  stalled: (run, settings) => stalled(run, settings.thresholdsOf('stalled')),
  overfit: (run, settings) => overfit(run, settings.thresholdsOf('overfit')),
  gap: (run, settings) => gap(run, settings.thresholdsOf('gap')),
  plateau: (run, settings) => plateau(run, settings.thresholdsOf('plateau')),
  lr_low: (run, settings) => lrLow(run, settings.thresholdsOf('lr_low')),
  lr_high: (run, settings) => lrHigh(run, settings.thresholdsOf('lr_high')),
  vanishing: (run, settings) => vanishing(run, settings.thresholdsOf('vanishing')),
  dead_relu: (run, settings) => deadRelu(run, settings.thresholdsOf('dead_relu')),
  init_loss: (run, settings) => initLoss(run, settings.thresholdsOf('init_loss')),
  data_bound: (run, settings) => dataBound(run, settings.thresholdsOf('data_bound')),
  gpu_leak: (run, settings) => gpuLeak(run, settings.thresholdsOf('gpu_leak')),
  gpu_idle: (run, settings) => gpuIdle(run, settings.thresholdsOf('gpu_idle')),
  imbalance: (run, settings) => imbalance(run, settings.thresholdsOf('imbalance')),
};

/** While one of these holds, the other says nothing new. */
const COVERED: Readonly<Partial<Record<DetectorId, readonly DetectorId[]>>> = {
  plateau: ['overfit', 'diverge', 'nan_inf'],
  gap: ['nan_inf', 'diverge'],
  // What is no number is never above zero.
  dead_relu: ['nan_inf'],
};

/** What all detectors that are not muted say of a run. Pure: the caller owns the clock and the store. Linear in the points. */
export function judgeRun(record: RunRecord, settings: DetectorSettings): readonly Verdict[] {
  const run = watchRun(record);
  const found = DETECTOR_IDS.filter((id) => !settings.muted.has(id)).flatMap((id) => DETECTORS[id](run, settings));
  const holds = new Set(found.filter(({ active }) => active).map(({ detector }) => detector));
  return found.filter(({ detector }) => COVERED[detector]?.some((other) => holds.has(other)) !== true);
}
