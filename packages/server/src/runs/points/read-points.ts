import { CURVE_LIMITS, type CurveBatch, type CurveName } from '@vitrine/model/curve-store.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { readCsv } from '../../ingest/upload/read-csv.ts';
import { parseJson } from '../../ingest/upload/read-jsonl.ts';

/** Lines are read in so many at a time: others have their turn between them. */
const LINES_A_TURN = 2_000;
const SAYS_OWN_WAY = /^[+-]?(?:nan|inf|infinity)$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/** How a script writes points. */
export type PointsFormat = 'json' | 'jsonl' | 'csv';

type Batch = Pick<CurveBatch, 'curves' | 'curveIndex' | 'steps' | 'timesMs' | 'values' | 'epochs'>;

/** One row: either {"step": 7, "loss": 0.5, "acc": 0.8}, or as exports have it {"metric": "loss", "step": 7, "value": 0.5}. */
type Row = Readonly<Record<string, unknown>>;

/**
 * Reads points of one run. A row has a `step`, perhaps an `epoch` and a `time` (unix milliseconds or RFC 3339; `nowMs` where absent), and either
 * metrics by name, or `metric` and `value`. Values that are null or "" are left out: missing is not zero. All of it counts or nothing:
 * throws BadRequest that names the first bad row.
 */
export async function readPoints(body: Uint8Array, format: PointsFormat, run: string, nowMs: number): Promise<Batch> {
  const points = new Points(run, nowMs);
  if (format === 'csv') await addCsv(body, points);
  else {
    const text = decode(body);
    if (format === 'json') await addJson(text, points);
    else await addLines(text, points);
  }
  return points.batch();
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new BadRequest('body', 'is not UTF-8', { cause });
  }
}

async function addJson(text: string, points: Points): Promise<void> {
  const value = parseJson(text);
  if (value === undefined) throw new BadRequest('body', 'is not JSON; one object a line is sent as application/x-ndjson');
  if (!Array.isArray(value)) {
    points.add('', value);
    return;
  }
  for (const [index, row] of (value as readonly unknown[]).entries()) {
    if (index % LINES_A_TURN === LINES_A_TURN - 1) await turn();
    points.add(`[${index}]`, row);
  }
}

async function addLines(text: string, points: Points): Promise<void> {
  let number = 0;
  for (let from = 0; from < text.length;) {
    const found = text.indexOf('\n', from);
    const end = found === -1 ? text.length : found;
    number++;
    const line = text.slice(from, end).trim();
    from = end + 1;
    if (number % LINES_A_TURN === 0) await turn();
    if (line === '') continue;
    const row = parseJson(line);
    if (row === undefined) throw new BadRequest(`line ${number}`, `is not JSON: ${line.slice(0, 60)}`);
    points.add(`line ${number}`, row);
  }
}

/** The columns are named by the first row. */
async function addCsv(body: Uint8Array, points: Points): Promise<void> {
  const table = await readCsv(pieces(body), { delimiter: ',', decimal: '.' });
  // A header that is none, or names one metric twice, would be guessed at.
  const [notice] = table.notices;
  if (notice !== undefined)
    throw new BadRequest('body', `needs a header that names each column once, one of them step. ${notice}`);
  const names = table.columns.map(({ name }) => name);
  for await (const rows of table.rows(names)) {
    const [refused] = rows.refused;
    if (refused !== undefined) throw new BadRequest(`row ${refused.row}`, refused.sentence);
    for (let index = 0; index < rows.count; index++) {
      const cells = names.map((name, column) => [name, rows.cell(index, column)] as const);
      points.add(`row ${rows.numberOf(index)}`, Object.fromEntries(cells));
    }
    await turn();
  }
}

async function* pieces(body: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = 64 * 1024;
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Points of a run's curves, as columns. */
class Points {
  readonly #run: string;
  readonly #nowMs: number;
  readonly #curves = new Map<string, number>();
  readonly #index: number[] = [];
  readonly #steps: number[] = [];
  readonly #timesMs: number[] = [];
  readonly #values: number[] = [];
  readonly #epochs: number[] = [];
  #hasEpochs = false;
  /** What the rows say of whose they are. */
  #said: unknown;

  constructor(run: string, nowMs: number) {
    this.#run = run;
    this.#nowMs = nowMs;
  }

  add(where: string, row: unknown): void {
    const at = (field: string): string => (where === '' ? field : `${where}: ${field}`);
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new BadRequest(where === '' ? 'body' : where, 'is no object such as {"step": 7, "loss": 0.5}');
    const { step, epoch, time, run, ...rest } = row as Row;
    this.#checkRun(at('run'), run);
    const stepNumber = readStep(at('step'), step);
    const epochNumber = readValue(at('epoch'), epoch) ?? Number.NaN;
    const timeMs = readTime(at('time'), time) ?? this.#nowMs;
    const put = (metric: string, value: number | undefined): void => {
      if (value === undefined) return;
      this.#index.push(this.#curve(at('metric'), metric));
      this.#steps.push(stepNumber);
      this.#timesMs.push(timeMs);
      this.#values.push(value);
      this.#epochs.push(epochNumber);
      this.#hasEpochs ||= !Number.isNaN(epochNumber);
    };
    const { metric, value } = rest;
    if (typeof metric === 'string' && Object.hasOwn(rest, 'value')) {
      put(metric, readValue(at('value'), value));
      return;
    }
    for (const [name, given] of Object.entries(rest)) put(name, readValue(at(name), given));
  }

  batch(): Batch {
    const curves = [...this.#curves.keys()].map((metric): CurveName => ({ run: this.#run, metric }));
    return {
      curves,
      curveIndex: Uint32Array.from(this.#index),
      steps: Float64Array.from(this.#steps),
      timesMs: Float64Array.from(this.#timesMs),
      values: Float64Array.from(this.#values),
      epochs: this.#hasEpochs ? Float64Array.from(this.#epochs) : undefined,
    };
  }

  /** An export may hold several runs: they must not become one. */
  #checkRun(field: string, run: unknown): void {
    if (run === undefined) return;
    this.#said ??= run;
    if (run === this.#said) return;
    throw new BadRequest(field, 'is another run than in the rows before; points of one run are sent to its own address');
  }

  #curve(field: string, metric: string): number {
    const known = this.#curves.get(metric);
    if (known !== undefined) return known;
    if (metric === '' || metric.length > CURVE_LIMITS.nameChars || !metric.isWellFormed())
      throw new BadRequest(field, `"${metric.slice(0, 60)}" is no name of a metric: 1 to ${CURVE_LIMITS.nameChars} characters`);
    this.#curves.set(metric, this.#curves.size);
    return this.#curves.size - 1;
  }
}

function readStep(field: string, given: unknown): number {
  const step = readValue(field, given);
  if (step === undefined) throw new BadRequest(field, 'is missing; every row has one');
  if (!Number.isInteger(step) || Math.abs(step) > CURVE_LIMITS.step)
    throw new BadRequest(field, `${shown(given)} is no whole number within ±2^51`);
  // A step is counted; there is no negative zero.
  return step === 0 ? 0 : step;
}

function readTime(field: string, given: unknown): number | undefined {
  const parsed = typeof given === 'string' && ISO_TIME.test(given) ? Date.parse(given) : Number.NaN;
  const ms = Number.isNaN(parsed) ? readValue(field, given) : parsed;
  if (ms === undefined) return undefined;
  if (!(Math.abs(ms) <= CURVE_LIMITS.timeMs)) {
    const problem = `${shown(given)} is no time before the year 2041: unix milliseconds, or text such as 2026-01-31T12:00:00Z`;
    throw new BadRequest(field, problem);
  }
  return ms;
}

/** undefined is missing. NaN and infinities are words in JSON and CSV. */
function readValue(field: string, given: unknown): number | undefined {
  if (typeof given === 'number') return given;
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given === 'string') {
    const text = given.trim();
    if (NUMBER.test(text)) return Number(text);
    if (SAYS_OWN_WAY.test(text)) return wordOf(text.toLowerCase());
  }
  throw new BadRequest(field, `${shown(given)} is no number`);
}

function wordOf(word: string): number {
  if (word.endsWith('nan')) return Number.NaN;
  return word.startsWith('-') ? -Infinity : Infinity;
}

function shown(given: unknown): string {
  return (JSON.stringify(given) ?? typeof given).slice(0, 60);
}
