import { setImmediate } from 'node:timers/promises';
import { compilePattern } from '@vitrine/compute/pattern.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { EPOCH_NAMES, isStep, type LogRow, readInstant, readWord, type RunFile, STEP_NAMES } from './log-rows.ts';

const NUMBER = String.raw`[+-]?(?:\d[\d,_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf(?:inity)?)\b`;
/** `loss: 1.5`, `loss=1.5`, `train loss 1.5`, `step:10/100`, `time 45.2ms`, `acc 87%`. */
const PAIR = new RegExp(
  String.raw`(?:\b(train|val|valid|validation|test|eval)[ ]+)?(?<![\w./-])([A-Za-z_][\w./-]*)\s*(?:[:=]\s*|[ ]+)\[?(${NUMBER})(?:\s*/\s*\d[\d,_]*)?\]?\s*(ms\b|s\b|%)?`,
  'gi',
);
const TIME = /\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)/;
const LONGEST_LINE = 4_000;
/** Others have their turn after so many characters or lines. */
const TURN_CHARACTERS = 256 * 1024;
const TURN_LINES = 4_000;
const MOST_METRICS = 1_000;
/** Words that stand before numbers in prose. */
const PROSE = new Set([
  'in',
  'of',
  'to',
  'at',
  'on',
  'is',
  'the',
  'and',
  'for',
  'with',
  'after',
  'rank',
  'version',
  'line',
  'port',
  'pid',
]);

export interface TextLogOptions {
  /** RE2, with named groups: `step` and `epoch` where there are such, and one for each metric. Absent reads pairs of a name and a number. */
  readonly pattern?: string | undefined;
}

/**
 * Reads a log as training scripts print it: each line that tells a step (or an epoch) and something else is a row. Units: ms become seconds, per
 * cent a share. `train_time:12345ms` counts from the log's own start. Throws BadRequest where nothing of it is a row.
 */
export async function readTextLog(text: string, { pattern }: TextLogOptions = {}): Promise<RunFile> {
  const read = pattern === undefined ? readPairs : patternReader(pattern);
  const rows: LogRow[] = [];
  const metrics = new Set<string>();
  let long = 0;
  let cut = 0;
  let turnEnds = TURN_CHARACTERS;
  for (let from = 0, number = 1; from < text.length; number++) {
    if (from >= turnEnds || number % TURN_LINES === 0) {
      await setImmediate();
      turnEnds = from + TURN_CHARACTERS;
    }
    const found = text.indexOf('\n', from);
    const end = found === -1 ? text.length : found;
    const whole = text.slice(from, end).trimEnd();
    from = end + 1;
    // Progress bars write over their own line: what stood there last counts.
    const line = whole.slice(whole.lastIndexOf('\r') + 1);
    if (line.length > LONGEST_LINE) long++;
    const row = read(line.length > LONGEST_LINE ? beginningOf(line) : line);
    if (row === undefined) continue;
    const values = row.values.filter(([metric]) => metrics.has(metric) || (metrics.size < MOST_METRICS && metrics.add(metric)));
    cut += row.values.length - values.length;
    rows.push({ ...row, values });
  }
  if (rows.length === 0) {
    const wanted = pattern === undefined ? 'such as "step 100: loss 1.23" or "epoch=3 val_loss=0.5"' : 'that the pattern matches';
    throw new BadRequest('file', `has no line ${wanted}`);
  }
  const notices: string[] = [];
  if (long > 0) notices.push(`${long} lines are longer than ${LONGEST_LINE} characters and were read up to there.`);
  if (cut > 0) notices.push(`Only the first ${MOST_METRICS} metrics were kept; a pattern names those that count.`);
  return { rows, params: {}, tags: {}, notices };
}

/** Up to a blank: half of a number would be another one. */
function beginningOf(line: string): string {
  const blank = line.lastIndexOf(' ', LONGEST_LINE);
  return line.slice(0, blank > 0 ? blank : LONGEST_LINE);
}

function readPairs(line: string): LogRow | undefined {
  let step: number | undefined;
  let epoch: number | undefined;
  const values = new Map<string, number>();
  // Names are looked for behind each blank: columns that are set apart by many would take their square of time.
  const narrow = line.replaceAll(/\s{2,}/g, ' ');
  const [, instant] = TIME.exec(narrow) ?? [];
  const rest = instant === undefined ? narrow : narrow.replace(instant, '');
  for (const [, split, name = '', text = '', unit] of rest.matchAll(PAIR)) {
    const value = numberOf(text, unit);
    const key = name.toLowerCase();
    if (value === undefined || PROSE.has(key)) continue;
    if (split === undefined && STEP_NAMES.includes(key)) {
      if (isStep(value)) step ??= value;
    } else if (split === undefined && EPOCH_NAMES.includes(key)) epoch ??= value;
    else values.set(split === undefined ? name : `${split.toLowerCase()}/${name}`, value);
  }
  if ((step === undefined && epoch === undefined) || values.size === 0) return undefined;
  return { step, epoch, timeMs: readInstant(instant), values: [...values] };
}

function patternReader(pattern: string): (line: string) => LogRow | undefined {
  const expression = compilePattern('pattern', pattern, 'part');
  return (line) => {
    const groups = expression.exec(line)?.named;
    if (groups === undefined) return undefined;
    const { step, epoch, time, ...rest } = groups;
    const values = Object.entries(rest).flatMap(([name, text]) => {
      const value = text === undefined ? undefined : numberOf(text, undefined);
      return value === undefined ? [] : [[name, value] as const];
    });
    const at = step === undefined ? undefined : numberOf(step, undefined);
    if (values.length === 0) return undefined;
    return {
      step: at !== undefined && isStep(at) ? at : undefined,
      epoch: epoch === undefined ? undefined : numberOf(epoch, undefined),
      timeMs: readInstant(time),
      values,
    };
  };
}

function numberOf(text: string, unit: string | undefined): number | undefined {
  const word = readWord(text);
  if (word !== undefined) return word;
  const number = Number(text.replaceAll(/[,_]/g, ''));
  if (!Number.isFinite(number)) return undefined;
  if (unit?.toLowerCase() === 'ms') return number / 1_000;
  return unit === '%' ? number / 100 : number;
}
