import { Labels } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { parseNumber } from '../number.ts';
import { parseSelector } from '../parse.ts';

/** One place in a sequence of samples. Histograms are kept as written: they wait for native histograms. */
export type SequenceValue =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'omitted' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'histogram'; readonly text: string };

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
    for (const value of expand(item)) {
      if (values.length === MAX_VALUES) throw new Error(`a series may have at most ${MAX_VALUES} values`);
      values.push(value);
    }
    return '';
  });
  if (left.trim() !== '') throw new Error(`"${left.trim()}" is not a value`);
  return { labels, values };
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
    const text = `${histogram}${change ?? ''}`;
    for (let i = 0; i <= Number(histogramTimes ?? 0); i++) yield { kind: 'histogram', text };
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
