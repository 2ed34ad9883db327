import { Labels } from '@vitrine/model/labels.ts';
import { z } from 'zod';
import type { Bytes } from '../ingest/upload/bytes.ts';
import { readHistogramJson } from './histogram-json.ts';
import { lineBlocks } from './line-blocks.ts';
import { readNumberText } from './number-text.ts';
import { PartBuilder, type ReadPart } from './read-part.ts';
import { readSeries } from './read-series.ts';

/** Series whose text was read before. */
const MOST_REMEMBERED = 100_000;
const WHOLE = /^[+-]?\d+$/;

/** What a NaN that stands alone among its series' numbers is taken as: a number, or the marker of the series' end. */
export type LoneNan = 'number' | 'end';

/**
 * Reads what "promtool tsdb dump" prints: `{__name__="up", job="a"} 1 1700000000000`, a sample a line, series by series in time order.
 * It prints the marker of a series' end as NaN too. `onLone` is told of each NaN that may be one.
 */
export async function* readDump(bytes: Bytes, loneNan: LoneNan, onLone: () => void): AsyncGenerator<ReadPart> {
  const keys = new SeriesKeys();
  /** A NaN behind a number, or first of its series: what it is shows by what follows. */
  let held: { readonly key: string; readonly timestampMs: number } | undefined;
  let nanKey = '';
  const pushHeld = (part: PartBuilder, isAlone: boolean): void => {
    if (held === undefined) return;
    if (isAlone) onLone();
    readNumberText(isAlone && loneNan === 'end' ? 'stale' : 'NaN', part.words, part.length);
    part.push(held.key, held.timestampMs);
    held = undefined;
  };
  const read = function* (line: string, part: PartBuilder): Generator<ReadPart, string | undefined> {
    // Neither a number nor a time has a blank in it; labels may.
    const [, series, value, time] = /^(.*\S)\s+(\S+)\s+(\S+)$/s.exec(line) ?? [];
    if (series === undefined || value === undefined || time === undefined)
      return 'expected a series, a value and a time in milliseconds';
    if (value.endsWith('}')) return 'is a native histogram, which this text does not hold in full';
    const key = keys.keyOf(series);
    if ('problem' in key) return key.problem;
    const timestampMs = WHOLE.test(time) ? Number(time) : Number.NaN;
    if (!Number.isSafeInteger(timestampMs)) return `"${time.slice(0, 40)}" is no time in whole milliseconds`;
    const isNan = value === 'NaN';
    const followsNan = nanKey === key.key;
    pushHeld(part, !(isNan && followsNan));
    if (part.isFull) yield part.take();
    nanKey = isNan ? key.key : '';
    if (isNan && !followsNan) {
      held = { key: key.key, timestampMs };
      return undefined;
    }
    if (!readNumberText(value.replace('+Inf', 'Infinity'), part.words, part.length))
      return `"${value.slice(0, 40)}" is no number`;
    part.push(key.key, timestampMs);
    if (part.isFull) yield part.take();
    return undefined;
  };
  yield* readLines(bytes, read, (part) => pushHeld(part, true));
}

const number = z.union([z.number(), z.string(), z.null()]);
function isTexts(given: unknown): given is Readonly<Record<string, string>> {
  return (
    typeof given === 'object' &&
    given !== null &&
    !Array.isArray(given) &&
    Object.values(given).every((value) => typeof value === 'string')
  );
}

const jsonLine = z.object({
  // Not z.record: it drops __proto__, which is a label's name like others.
  metric: z.unknown().refine(isTexts, { error: 'expected an object of texts' }),
  timestamps: z.array(z.int()),
  values: z.array(number),
  histograms: z.array(z.tuple([z.int(), z.unknown()])).optional(),
  starts: z.array(z.int().nullable()).optional(),
});

/** Reads the lines that "vitrine export metrics --format jsonl" writes, and VictoriaMetrics' /api/v1/export. */
export async function* readMetricsJsonl(bytes: Bytes): AsyncGenerator<ReadPart> {
  yield* readLines(bytes, function* (line, part) {
    const json = readJson(line);
    if (json === undefined) return 'is not JSON';
    const read = jsonLine.safeParse(json);
    if (!read.success) {
      const [issue] = read.error.issues;
      return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not as expected'}`;
    }
    const { metric, timestamps, values, histograms = [], starts } = read.data;
    if (timestamps.length !== values.length) return `has ${timestamps.length} timestamps and ${values.length} values`;
    const { key } = Labels.from(metric);
    if (key === '') return 'has no labels';
    const byPlace = new Map(histograms);
    for (let i = 0; i < timestamps.length; i++) {
      const given = byPlace.get(i);
      const histogram = given === undefined ? undefined : readHistogramJson(given);
      const value = values[i] ?? 'NaN';
      const text = typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : value;
      if (given !== undefined && histogram === undefined) part.refuse('not readable', `sample ${i} is no native histogram`);
      else if (!readNumberText(text, part.words, part.length)) part.refuse('not readable', `"${text.slice(0, 40)}" is no number`);
      else part.push(key, timestamps[i] as number, histogram, starts?.[i] ?? undefined);
      if (part.isFull) yield part.take();
    }
    return undefined;
  });
}

/** VictoriaMetrics writes NaN and infinities as they are, which JSON does not know. */
const TEXT_OR_BARE_NUMBER = /"(?:[^"\\]|\\.)*"|(?:NaN|[+-]?Inf(?:inity)?)(?=\s*[,\]])/g;

function readJson(line: string): unknown {
  for (const text of [line, line.replace(TEXT_OR_BARE_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`))]) {
    try {
      return JSON.parse(text);
    } catch {
      continue;
    }
  }
  return undefined;
}

/** `read` takes one line into the part, and answers what is wrong with it; then the line is refused. `end` adds what it kept to itself. */
async function* readLines(
  bytes: Bytes,
  read: (line: string, part: PartBuilder) => Generator<ReadPart, string | undefined>,
  end: (part: PartBuilder) => void = () => undefined,
): AsyncGenerator<ReadPart> {
  const part = new PartBuilder();
  let number = 0;
  for await (const block of lineBlocks(bytes)) {
    const lines = block.toString('utf8').split('\n');
    // Behind the last line's end is nothing.
    if (lines.at(-1) === '') lines.pop();
    for (const given of lines) {
      number++;
      const line = given.trim();
      if (line === '') continue;
      const problem = yield* read(line, part);
      if (problem !== undefined) part.refuse('not readable', `line ${number}: ${problem}`);
    }
  }
  end(part);
  if (!part.isEmpty) yield part.take();
}

/** Keys of labels by the text that they stand as: series come again and again. */
export class SeriesKeys {
  readonly #known = new Map<string, { readonly key: string } | { readonly problem: string }>();

  keyOf(text: string): { readonly key: string } | { readonly problem: string } {
    let known = this.#known.get(text);
    if (known === undefined) {
      const read = readSeries(text);
      if (typeof read === 'string') known = { problem: read };
      else if (read.end !== text.length) known = { problem: 'has something behind the labels of its series' };
      else if (read.labels.size === 0) known = { problem: 'has a series without labels' };
      else known = { key: read.labels.key };
      if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
      this.#known.set(text, known);
    }
    return known;
  }
}
