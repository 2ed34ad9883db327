import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DETECTOR_IDS } from '@vitrine/compute/detect/detector.ts';
import type { DetectorId } from '@vitrine/compute/detect/detector.ts';
import { judgeRun } from '@vitrine/compute/detect/judge-run.ts';
import { detectorSettings } from '@vitrine/compute/detect/thresholds.ts';
import type { RunRecord } from '@vitrine/compute/detect/watched-run.ts';
import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { ROOT } from '../../self/version.ts';

/** A real training of which is known what is wrong with it: see examples/labelled-runs/README.md. */
export interface LabelledRun {
  readonly name: string;
  readonly family: string;
  readonly split: 'tune' | 'test';
  readonly sick: readonly string[];
  readonly unsure: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  readonly status: 'finished' | 'running';
  readonly observedAfterMs: number;
  readonly clock: { readonly steps: readonly number[]; readonly ms: readonly number[] };
  readonly metrics: Readonly<
    Record<string, { readonly steps: readonly number[]; readonly values: readonly (number | string)[] }>
  >;
}

const FOLDER = join(ROOT, 'examples/labelled-runs/runs');
/** Any start will do: detectors look at differences. */
const STARTED_MS = Date.UTC(2026, 0, 1);
/** A run is looked at that often while it trains: what is said of it half-way counts as well. */
const LOOKS = 10;

export function readLabelledRuns(): readonly LabelledRun[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json.gz'))
    .sort()
    .map((file) => JSON.parse(gunzipSync(readFileSync(join(FOLDER, file))).toString()) as LabelledRun);
}

/** The run as it stood when a share of its steps was done. */
function recordAt(run: LabelledRun, share: number): RunRecord {
  const { clock, metrics } = run;
  const lastStep = clock.steps.at(-1) ?? 0;
  const untilStep = share >= 1 ? Number.POSITIVE_INFINITY : share * lastStep;
  const msOf = new Map(clock.steps.map((step, i) => [step, clock.ms[i] ?? 0]));
  const curves = new Map<string, CurvePoints>();
  let newestMs = STARTED_MS;
  for (const [metric, { steps, values }] of Object.entries(metrics)) {
    const kept = steps.filter((step) => step <= untilStep);
    const timesMs = Float64Array.from(kept, (step) => STARTED_MS + (msOf.get(step) ?? 0));
    newestMs = Math.max(newestMs, timesMs.at(-1) ?? STARTED_MS);
    curves.set(metric, {
      length: kept.length,
      steps: Float64Array.from(kept),
      timesMs,
      values: Float64Array.from({ length: kept.length }, (_, i) => Number(values[i])),
      epochs: undefined,
    });
  }
  const isOver = share >= 1;
  return {
    curves,
    params: run.params,
    running: !isOver || run.status === 'running',
    nowMs: newestMs + (isOver ? run.observedAfterMs : 0),
  };
}

/** Every detector that spoke of the run at any of the looks, with what it said first. */
export function foundIn(run: LabelledRun): ReadonlyMap<DetectorId, { readonly share: number; readonly sentence: string }> {
  const settings = detectorSettings({});
  const found = new Map<DetectorId, { share: number; sentence: string }>();
  for (let look = 1; look <= LOOKS; look++) {
    for (const { detector, sentence } of judgeRun(recordAt(run, look / LOOKS), settings)) {
      if (!found.has(detector)) found.set(detector, { share: look / LOOKS, sentence });
    }
  }
  return found;
}

export interface Score {
  readonly detector: DetectorId;
  readonly hits: number;
  readonly misses: readonly string[];
  readonly falseAlarms: readonly string[];
  readonly quiet: number;
}

/** How well each detector tells the runs apart. A run that is unsure for it counts neither way. */
export function scoreDetectors(
  runs: readonly { readonly run: LabelledRun; readonly found: ReadonlySet<DetectorId> }[],
): readonly Score[] {
  return DETECTOR_IDS.map((detector) => {
    const told = runs.filter(({ run }) => !run.unsure.includes(detector));
    const sick = told.filter(({ run }) => run.sick.includes(detector));
    const well = told.filter(({ run }) => !run.sick.includes(detector));
    const name = ({ run }: { readonly run: LabelledRun }): string => run.name;
    return {
      detector,
      hits: sick.filter(({ found }) => found.has(detector)).length,
      misses: sick.filter(({ found }) => !found.has(detector)).map(name),
      falseAlarms: well.filter(({ found }) => found.has(detector)).map(name),
      quiet: well.filter(({ found }) => !found.has(detector)).length,
    };
  });
}
