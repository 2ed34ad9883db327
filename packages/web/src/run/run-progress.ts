import type { Run } from '@vitrine/model/run.ts';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';

export interface RunProgress {
  /** The highest step; undefined where nothing was logged. */
  readonly step: number | undefined;
  /** The step at which it will be done, where a parameter says so. */
  readonly lastStep: number | undefined;
  /** Over the last tenth of what was logged; undefined where that cannot be told. */
  readonly stepsPerSecond: number | undefined;
  readonly durationMs: number;
  /** undefined where it is over, or its end is unknown. */
  readonly leftMs: number | undefined;
}

const STEP_PARAMS = /^(max|total|num|n|train)?_?(train(ing)?_?)?(steps|iters?|iterations|updates)$/i;
const EPOCH_PARAMS = /^(max|total|num|n|train)?_?(train(ing)?_?)?epochs$/i;
/** The speed is that of so many of the newest points at least. */
const LEAST_POINTS = 10;

/** How far a run is, how fast, and how long it will take. Pure. */
export function progressOf(
  run: Pick<Run, 'params' | 'startedMs' | 'endedMs' | 'status'>,
  /** When it was at which step. */
  { xs: steps, times }: TimeMap,
  /** The highest step of all, which the map may have thinned away, and the newest value of a metric called epoch, a fraction within. */
  known: { readonly step?: number | undefined; readonly epoch?: number | undefined },
  nowMs: number,
): RunProgress {
  const { length } = steps;
  const newest = steps[length - 1];
  const step = known.step ?? newest;
  const { epoch } = known;
  const isRunning = run.status === 'running';
  const durationMs = Math.max(0, (run.endedMs ?? (isRunning ? nowMs : (times[length - 1] ?? run.startedMs))) - run.startedMs);
  const from = Math.max(0, length - Math.max(LEAST_POINTS, Math.ceil(length / 10)));
  const spanMs = length > 1 ? times[length - 1]! - times[from]! : 0;
  const stepsPerSecond = spanMs > 0 ? ((newest! - steps[from]!) * 1000) / spanMs : undefined;
  const said = paramOf(run.params, STEP_PARAMS);
  const epochs = paramOf(run.params, EPOCH_PARAMS);
  const byEpochs =
    epochs !== undefined && epoch !== undefined && epoch > 0 && step !== undefined ? (step / epoch) * epochs : undefined;
  const lastStep = said ?? (byEpochs === undefined ? undefined : Math.round(byEpochs));
  const leftMs =
    isRunning &&
    step !== undefined &&
    lastStep !== undefined &&
    lastStep > step &&
    stepsPerSecond !== undefined &&
    stepsPerSecond > 0
      ? ((lastStep - step) / stepsPerSecond) * 1000
      : undefined;
  return {
    step,
    lastStep: lastStep !== undefined && step !== undefined && lastStep < step ? undefined : lastStep,
    stepsPerSecond,
    durationMs,
    leftMs,
  };
}

function paramOf(params: Readonly<Record<string, string>>, pattern: RegExp): number | undefined {
  for (const [name, text] of Object.entries(params)) {
    // "trainer.max_steps" and "train/max_steps" are said of the same thing.
    if (!pattern.test(name.split(/[./]/).at(-1)!)) continue;
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  }
  return undefined;
}
