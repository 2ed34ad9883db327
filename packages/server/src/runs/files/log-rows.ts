import { CURVE_LIMITS, type CurveBatch } from '@vitrine/model/curve-store.ts';

/** What a file says of one moment of a training. */
export interface LogRow {
  /** A whole number; undefined where the file counts otherwise: rows are then numbered, or epochs taken. */
  readonly step: number | undefined;
  readonly epoch: number | undefined;
  /** Unix milliseconds. */
  readonly timeMs: number | undefined;
  readonly values: readonly (readonly [metric: string, value: number])[];
}

/** What a file tells of a run. */
export interface RunFile {
  readonly rows: readonly LogRow[];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Sentences on what was left out. */
  readonly notices: readonly string[];
}

/** Names that files have for the step, in the order in which they are believed. */
export const STEP_NAMES = ['step', 'global_step', '_step', 'iteration', 'training_iteration', 'iter', 'it', 'batch'];
export const EPOCH_NAMES = ['epoch', 'epochs', 'ep'];
export const TIME_NAMES = ['time', 'timestamp', '_timestamp', 'wall_time', 'walltime', 'datetime', 'date', 'created_at'];

/** Numbers below are seconds since 1970, from there on milliseconds: 1e11 s is the year 5138. */
const MS_FROM = 1e11;

/** An instant as files write it: ISO 8601, or seconds or milliseconds since 1970; undefined where it is none. */
export function readInstant(given: unknown): number | undefined {
  const number =
    typeof given === 'number' ? given : typeof given === 'string' && given.trim() !== '' ? Number(given) : Number.NaN;
  const ms = Number.isFinite(number)
    ? number < MS_FROM
      ? number * 1_000
      : number
    : typeof given === 'string' && /^\d{4}-\d\d-\d\d/.test(given.trim())
      ? Date.parse(given.trim().replace(' ', 'T').replace(',', '.'))
      : Number.NaN;
  // Small numbers count from the start of something else.
  return ms > 1e11 && ms <= CURVE_LIMITS.timeMs ? ms : undefined;
}

/** The rows' steps. A row without one goes by its epoch where all rows have a whole one, else by its number. */
export function stepsOf(rows: readonly LogRow[]): number[] {
  const byEpoch = rows.every(({ step, epoch }) => step === undefined && epoch !== undefined && Number.isInteger(epoch));
  return rows.map(({ step, epoch }, index) => step ?? (byEpoch ? epoch! : index));
}

/** The rows as points of a run; one without a time has `timeMs`. */
export function batchOf(rows: readonly LogRow[], run: string, timeMs: number): CurveBatch {
  const steps = stepsOf(rows);
  const curves = new Map<string, number>();
  const count = rows.reduce((sum, { values }) => sum + values.length, 0);
  const batch = {
    curveIndex: new Uint32Array(count),
    steps: new Float64Array(count),
    timesMs: new Float64Array(count),
    values: new Float64Array(count),
    epochs: new Float64Array(count).fill(Number.NaN),
  };
  let at = 0;
  for (const [index, row] of rows.entries()) {
    const step = steps[index]!;
    for (const [metric, value] of row.values) {
      const known = curves.get(metric) ?? curves.size;
      curves.set(metric, known);
      batch.curveIndex[at] = known;
      batch.steps[at] = step === 0 ? 0 : step;
      batch.timesMs[at] = row.timeMs ?? timeMs;
      batch.values[at] = value;
      batch.epochs[at] = row.epoch ?? Number.NaN;
      at++;
    }
  }
  return { curves: [...curves.keys()].map((metric) => ({ run, metric })), ...batch, once: true };
}

/** Whether a step can be kept. */
export function isStep(step: number): boolean {
  return Number.isInteger(step) && Math.abs(step) <= CURVE_LIMITS.step;
}

/** The word for a number that is none, in any spelling. */
export function readWord(text: string): number | undefined {
  const [, sign, word = ''] = /^([+-]?)(nan|inf|infinity)$/i.exec(text.trim()) ?? [];
  if (word === '') return undefined;
  if (word.toLowerCase() === 'nan') return Number.NaN;
  return sign === '-' ? -Infinity : Infinity;
}
