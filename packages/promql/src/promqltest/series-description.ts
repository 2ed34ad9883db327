import { parseDurationMs } from '@vitrine/model/duration.ts';
import { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { add, subtract } from '../histogram/combine.ts';
import { parseNumber } from '../number.ts';
import { parseSelector } from '../parse.ts';
import { parseHistogram } from './histogram-literal.ts';

/** One place in a sequence of samples. */
export type SequenceValue =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'omitted' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'histogram'; readonly histogram: NativeHistogram; readonly resetIsWritten: boolean };

export interface SeriesDescription {
  readonly labels: Labels;
  readonly values: readonly SequenceValue[];
}

/** Values that one line may expand to: `1x1000000000` must not fill the memory. */
const MAX_VALUES = 1_000_000;
const OMITTED: SequenceValue = { kind: 'omitted' };
const NUMBER = String.raw`(?:\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?|\.\d[\d_]*(?:[eE][+-]?\d+)?|[iI][nN][fF]|[nN][aA][nN])`;
const HISTOGRAM = String.raw`\{\{[^{}]*\}\}`;
const ITEM = new RegExp(
  `^(?:(?<blank>_)(?:x(?<blanks>\\d+))?|(?<stale>stale)` +
    `|(?<first>[+-]?${NUMBER})(?<step>[+-]${NUMBER})?(?:x(?<times>\\d+))?` +
    `|(?<histogram>${HISTOGRAM})(?<change>[+-]${HISTOGRAM})?(?:x(?<histogramTimes>\\d+))?)$`,
);
const ITEMS = /(?:\{\{[^{}]*\}\}|[^\s{])+/g;

/**
 * Reads `metric{label="x"} 1 2+3x4 _ stale {{schema:1}}x2`: labels and the samples they expand to. Throws an Error that
 * says what is wrong.
 */
export function parseSeriesDescription(line: string): SeriesDescription {
  const end = metricEnd(line);
  const labels = parseMetric(line.slice(0, end));
  const rest = line.slice(end);
  if (rest !== '' && !/^\s/.test(rest)) throw new Error(`"${rest}" stands where a space and values were expected`);
  const values: SequenceValue[] = [];
  const left = rest.replace(ITEMS, (item) => {
    pushAll(values, expand(item));
    return '';
  });
  if (left.trim() !== '') throw new Error(`"${left.trim()}" is not a value`);
  return { labels, values };
}

/** Since when a line's samples have counted: milliseconds from each sample's time, undefined where that is not told. */
export interface StartDescription {
  readonly labels: Labels;
  readonly offsetsMs: readonly (number | undefined)[];
}

/**
 * Reads `metric{label="x"}@st _ -30s-1mx2`, the line above a series that says since when its samples have counted;
 * undefined where the line is none. Throws an Error that says what is wrong.
 */
export function parseStartDescription(line: string): StartDescription | undefined {
  const end = metricEnd(line);
  if (!/^@st\s/.test(line.slice(end))) return undefined;
  const offsetsMs: (number | undefined)[] = [];
  for (const item of line
    .slice(end + '@st'.length)
    .trim()
    .split(/\s+/))
    pushAll(offsetsMs, expandStart(item));
  return { labels: parseMetric(line.slice(0, end)), offsetsMs };
}

function pushAll<T>(values: T[], more: Iterable<T>): void {
  for (const value of more) {
    if (values.length === MAX_VALUES) throw new Error(`a series may have at most ${MAX_VALUES} values`);
    values.push(value);
  }
}

/** Reads a bare number as the scripts write it; undefined where the text is none. */
export function parseBareNumber(text: string): number | undefined {
  if (!new RegExp(`^[+-]?${NUMBER}$`).test(text)) return undefined;
  const value = parseNumber(text.replace(/^[+-]/, ''));
  return text.startsWith('-') ? -value : value;
}

function* expand(item: string): Generator<SequenceValue> {
  const parts = ITEM.exec(item)?.groups;
  if (parts === undefined) throw new Error(`"${item}" is not a value`);
  const { blank, blanks, stale, first, step, times, histogram, change, histogramTimes } = parts;
  if (blank !== undefined) {
    for (let i = 0; i < Number(blanks ?? 1); i++) yield OMITTED;
  } else if (stale !== undefined) {
    yield { kind: 'stale' };
  } else if (histogram !== undefined) {
    if (change !== undefined && histogramTimes === undefined) throw new Error(`"${item}" lacks a count such as x5`);
    yield* expandHistogram(histogram, change, Number(histogramTimes ?? 0));
  } else {
    if (step !== undefined && times === undefined) throw new Error(`"${item}" lacks a count such as x5`);
    const change = step === undefined ? 0 : parseBareNumber(step)!;
    let value = parseBareNumber(first!)!;
    for (let i = 0; i <= Number(times ?? 0); i++) {
      yield { kind: 'value', value };
      if (step !== undefined) value += change;
    }
  }
}

function* expandHistogram(first: string, change: string | undefined, times: number): Generator<SequenceValue> {
  const { histogram, resetIsWritten } = parseHistogram(first);
  const step = change === undefined ? undefined : parseHistogram(change.slice(1)).histogram;
  let current = histogram;
  for (let i = 0; i <= times; i++) {
    yield { kind: 'histogram', histogram: current, resetIsWritten };
    if (step === undefined) continue;
    const next = (change!.startsWith('-') ? subtract : add)(current, step);
    if (next === undefined) throw new Error(`"${first}" and "${change}" have buckets that cannot be combined`);
    current = next.histogram;
  }
}

const DURATION = String.raw`[+-]?(?:(?:\d+(?:ms|[ywdhms]))+|0)`;
const START = new RegExp(
  `^(?:(?<blank>_)(?:x(?<blanks>\\d+))?|(?<first>${DURATION})(?:(?<sign>[+-])(?<step>${DURATION}))?(?:x(?<times>\\d+))?)$`,
);

function* expandStart(item: string): Generator<number | undefined> {
  const parts = START.exec(item)?.groups;
  if (parts === undefined) throw new Error(`"${item}" is not a duration, nor a sequence of them`);
  const { blank, blanks, first, sign, step, times } = parts;
  if (blank !== undefined) {
    for (let i = 0; i < Number(blanks ?? 1); i++) yield undefined;
    return;
  }
  if (step !== undefined && times === undefined) throw new Error(`"${item}" lacks a count such as x5`);
  const change = step === undefined ? 0 : signedDurationMs(step) * (sign === '-' ? -1 : 1);
  let offsetMs = signedDurationMs(first!);
  for (let i = 0; i <= Number(times ?? 0); i++) {
    yield offsetMs;
    offsetMs += change;
  }
}

function signedDurationMs(text: string): number {
  const ms = parseDurationMs(text.replace(/^[+-]/, ''));
  return text.startsWith('-') ? -ms : ms;
}

/** Where the labels end: behind the name, and behind the braces where there are any. */
function metricEnd(line: string): number {
  const name = /^[a-zA-Z_:][\w:]*/.exec(line)?.[0] ?? '';
  if (line[name.length] !== '{') return name.length;
  const braces = /\{(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[^"'`}])*\}/y;
  braces.lastIndex = name.length;
  if (!braces.test(line)) throw new Error(`the braces of "${line}" are not closed`);
  return braces.lastIndex;
}

function parseMetric(text: string): Labels {
  try {
    return Labels.from(
      parseSelector(text).map(({ label, op, value }) => {
        if (op !== '=') throw new Error(`"${text}" compares label ${label} with ${op}; a series has = only`);
        return [label, value] as const;
      }),
    );
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new Error(`"${text}" is not a series: ${error.message}`, { cause: error });
  }
}
