import type { Field, Frame } from '@vitrine/model/frame.ts';
import { isNumbers } from '@vitrine/model/frame.ts';

import { cellValue, plainText } from './field/display.ts';

/** Lines of logs by columns. */
export interface LogLines {
  readonly length: number;
  /** Unix milliseconds. */
  readonly times: Float64Array;
  readonly bodies: readonly string[];
  /** Nanoseconds within the millisecond, 0 to 999,999; undefined where the source does not tell. */
  nanosAt(line: number): number | undefined;
  labelsAt(line: number): Readonly<Record<string, string>>;
  levelAt(line: number): LogLevel;
  /** Whether the source points at the line, as at the one whose surroundings were asked. */
  isMarkedAt(line: number): boolean;
  /** Where a line comes from: its frame and row. */
  originAt(line: number): { readonly frame: Frame; readonly row: number };
}

export type LogLevel = 'critical' | 'error' | 'warning' | 'info' | 'debug' | 'trace' | 'unknown';

/** A column of unix nanoseconds beside that of milliseconds: as text, since a double keeps no more than some hundreds of them. */
const NANOS = /^(?:tsNs|timestamp_?ns)$/i;
const BODY = /^(?:body|line|message|msg|log|content|text)$/i;
/** What writers call the column that says how grave a line is. */
export const LEVEL_NAME = /^(?:detected_level|level|severity|severity_text|log\.level|lvl|loglevel)$/i;

/** In the custom settings of a column: its true values point at lines. */
export const MARKS = 'marksLines';

const LEVEL_WORDS: Readonly<Record<string, LogLevel>> = {
  emerg: 'critical',
  fatal: 'critical',
  alert: 'critical',
  crit: 'critical',
  critical: 'critical',
  panic: 'critical',
  err: 'error',
  eror: 'error',
  error: 'error',
  warn: 'warning',
  warning: 'warning',
  info: 'info',
  information: 'info',
  informational: 'info',
  notice: 'info',
  dbug: 'debug',
  debug: 'debug',
  trace: 'trace',
  verbose: 'trace',
};

/** A word for a level near the beginning of a line, as loggers write it: "ERROR", "level=warn", "[info]", `"level":"error"`. */
const LEVEL_IN_BODY = new RegExp(
  `(?:^|[\\s"'\\[(<=:|])(${Object.keys(LEVEL_WORDS)
    .toSorted((a, b) => b.length - a.length)
    .join('|')})(?=$|[\\s"'\\])>:|,;])`,
  'i',
);
const LEVEL_WITHIN = 200;

/**
 * The lines of frames of logs, and of any table with a time and words: a column called body, message, line, … or the first of words
 * is the line, an object or the other columns are its labels. Frames without both have no lines.
 */
export function logLines(frames: readonly Frame[]): LogLines {
  const parts = frames.flatMap((frame) => {
    const time = frame.fields.find((field) => field.type === 'time');
    const nanos = frame.fields.find(({ name, type }) => NANOS.test(name) && type === 'string');
    const words = frame.fields.filter((field) => field.type === 'string' && field !== nanos);
    const body =
      words.find(({ name }) => BODY.test(name)) ?? words.find(({ name }) => !LEVEL_NAME.test(name) && name !== 'id') ?? words[0];
    if (!isNumbers(time) || body?.type !== 'string' || frame.shape === 'exemplars') return [];
    const marks = frame.fields.find(({ type, config }) => type === 'boolean' && config?.custom?.[MARKS] === true);
    const apart: readonly (Field | undefined)[] = [time, body, nanos, marks];
    const others = frame.fields.filter((field) => !apart.includes(field) && field.type !== 'frame');
    return [{ frame, time, nanos, body, marks, others, level: others.find(({ name }) => LEVEL_NAME.test(name)) }];
  });
  const length = parts.reduce((sum, { frame }) => sum + frame.length, 0);
  const times = new Float64Array(length);
  const bodies: string[] = [];
  const partOf = new Uint32Array(length);
  const rowOf = new Uint32Array(length);
  let line = 0;
  for (const [part, { frame, time, body }] of parts.entries()) {
    for (let row = 0; row < frame.length; row++, line++) {
      times[line] = time.present?.[row] === 0 ? Number.NaN : time.values[row]!;
      bodies.push(body.values[row] ?? '');
      partOf[line] = part;
      rowOf[line] = row;
    }
  }
  const known = new Map<number, Readonly<Record<string, string>>>();
  const labelsAt = (at: number) => {
    let labels = known.get(at);
    if (labels === undefined) known.set(at, (labels = readLabels(parts[partOf[at]!]!.others, rowOf[at]!)));
    return labels;
  };
  return {
    length,
    times,
    bodies,
    nanosAt: (at) => nanosWithin(parts[partOf[at]!]!.nanos, rowOf[at]!),
    labelsAt,
    levelAt(at) {
      const { level } = parts[partOf[at]!]!;
      if (level !== undefined) return levelOf(plainText(cellValue(level, rowOf[at]!)));
      const labels = labelsAt(at);
      const name = Object.keys(labels).find((label) => LEVEL_NAME.test(label));
      if (name !== undefined) return levelOf(labels[name]!);
      return levelOf(LEVEL_IN_BODY.exec(bodies[at]!.slice(0, LEVEL_WITHIN))?.[1] ?? '');
    },
    isMarkedAt(at) {
      const { marks } = parts[partOf[at]!]!;
      return marks?.type === 'boolean' && marks.values[rowOf[at]!] === 1;
    },
    originAt: (at) => ({ frame: parts[partOf[at]!]!.frame, row: rowOf[at]! }),
  };
}

/** Of what a millisecond leaves over. */
const NANOS_DIGITS = 6;

function nanosWithin(field: Field | undefined, row: number): number | undefined {
  const text = field?.type === 'string' && field.present?.[row] !== 0 ? field.values[row]! : '';
  return /^\d{16,20}$/.test(text) ? Number(text.slice(-NANOS_DIGITS)) : undefined;
}

/** What a word says of how grave a line is. */
export function levelOf(word: string): LogLevel {
  const key = word.trim().toLowerCase();
  return Object.hasOwn(LEVEL_WORDS, key) ? LEVEL_WORDS[key]! : 'unknown';
}

function readLabels(fields: readonly Field[], row: number): Readonly<Record<string, string>> {
  const labels = new Map<string, string>();
  for (const field of fields) {
    const value = cellValue(field, row);
    if (value === undefined || value === null || value === '') continue;
    if (typeof value === 'object' && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) labels.set(name, textOf(inner));
    } else labels.set(field.name, textOf(value));
  }
  // A label may be called __proto__.
  return Object.fromEntries(labels);
}

function textOf(value: unknown): string {
  return value === null ? 'null' : plainText(value);
}

/** The labels that all lines have with one value. */
export function commonLabels(lines: LogLines, order: Uint32Array): Readonly<Record<string, string>> {
  if (order.length === 0) return {};
  const common = new Map(Object.entries(lines.labelsAt(order[0]!)));
  for (const line of order) {
    if (common.size === 0) break;
    const labels = lines.labelsAt(line);
    for (const [name, value] of common) if (labels[name] !== value) common.delete(name);
  }
  return Object.fromEntries(common);
}

/** The labels that occur in the first lines, by name: what a reader may choose from. */
export function labelNames(lines: LogLines): readonly string[] {
  const names = new Set<string>();
  for (let line = 0; line < Math.min(lines.length, LOOKED_AT) && names.size < MOST_NAMES; line++) {
    for (const name of Object.keys(lines.labelsAt(line))) names.add(name);
  }
  return [...names].toSorted().slice(0, MOST_NAMES);
}

const LOOKED_AT = 1_000;
const MOST_NAMES = 200;

/** The lines in the order of their times; equal times as they came, turned round where the newest are first. */
export function orderLines(lines: LogLines, newestFirst: boolean): Uint32Array {
  const { times, length } = lines;
  const sign = newestFirst ? -1 : 1;
  return Uint32Array.from({ length }, (_, line) => line).sort((a, b) => {
    const [x, y] = [times[a]!, times[b]!];
    if (x < y) return -sign;
    if (x > y) return sign;
    const missing = (Number.isNaN(x) ? 1 : 0) - (Number.isNaN(y) ? 1 : 0);
    return missing || sign * ((lines.nanosAt(a) ?? 0) - (lines.nanosAt(b) ?? 0) || a - b);
  });
}

/** exact: the same but for dates. numbers: but for any numbers. signature: but for any letters and numbers. */
export type Deduplication = 'none' | 'exact' | 'numbers' | 'signature';

const DATES = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g;

function essence(body: string, how: Deduplication): string {
  switch (how) {
    case 'exact':
      return body.replaceAll(DATES, '');
    case 'numbers':
      return body.replaceAll(/\d+/g, '');
    case 'signature':
      return body.replaceAll(/[\p{L}\p{N}_]+/gu, '');
    default:
      return body;
  }
}

/** Neighbours that say the same are one: the first of them stays, with how many there are. */
export function deduplicate(
  lines: LogLines,
  order: Uint32Array,
  how: Deduplication,
): { readonly order: Uint32Array; readonly counts: Uint32Array | undefined } {
  if (how === 'none') return { order, counts: undefined };
  const kept = new Uint32Array(order.length);
  const counts = new Uint32Array(order.length);
  let count = 0;
  let last: string | undefined;
  for (const line of order) {
    const text = essence(lines.bodies[line]!, how);
    if (text === last) counts[count - 1] = counts[count - 1]! + 1;
    else {
      kept[count] = line;
      counts[count] = 1;
      count++;
    }
    last = text;
  }
  return { order: kept.subarray(0, count), counts: counts.subarray(0, count) };
}
