import { compareLabels, Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { QueryAnnotation, QueryResult } from '@vitrine/model/sample-store.ts';
import { sameBounds } from '../histogram/custom-bounds.ts';
import { formatHistogram } from '../histogram/format.ts';
import { compact } from '../histogram/layout.ts';
import type { EvalCommand, TextTest } from './script.ts';
import type { SequenceValue } from './series-description.ts';

const EPSILON = 1e-6;
const SMALLEST_NORMAL = 2 ** -1022;

type Value = number | NativeHistogram;

/** A series as compared: its points where it has any. */
interface Points {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly Value[];
}

/** Whether two values are equal for a script: NaN equals NaN, else within a relative 1e-6, near zero exactly. */
export function almostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < EPSILON * SMALLEST_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < EPSILON;
}

/** What is wrong with an answer, as a sentence; undefined where it is what the script expects. */
export function compareResult(command: EvalCommand, result: QueryResult): string | undefined {
  switch (result.kind) {
    case 'string':
      return command.string === result.value ? undefined : `expected string "${command.string ?? ''}", got "${result.value}"`;
    case 'scalar':
      return compareScalar(command, result.value);
    case 'vector':
      return compareVector(command, pointsOf(result));
    case 'matrix':
      return compareMatrix(command, pointsOf(result));
    case 'samples':
      return compareMatrix(
        command,
        result.series
          .map(({ labels, length, timestampsMs, values, histograms }) => ({
            labels,
            timesMs: [...timestampsMs.subarray(0, length)],
            values: [...values.subarray(0, length)].map((value, at) => histograms?.[at] ?? value),
          }))
          .toSorted((a, b) => compareLabels(a.labels, b.labels)),
      );
  }
}

/**
 * The same for an instant query that was asked as a range query: the value at `timeMs` counts. `scalar` says that the
 * instant query gave a scalar.
 */
export function compareStep(command: EvalCommand, result: QueryResult, timeMs: number, scalar: boolean): string | undefined {
  if (result.kind !== 'matrix') return `expected a matrix in range mode, got a ${result.kind}`;
  const matrix = pointsOf(result);
  const unsorted = notSorted(matrix);
  if (unsorted !== undefined) return unsorted;
  const vector = matrix.flatMap(({ labels, timesMs, values }) => {
    const at = timesMs.indexOf(timeMs);
    return at === -1 ? [] : [{ labels, timesMs: [timeMs], values: [values[at]!] }];
  });
  if (!scalar) return compareVector(command, vector);
  const value = vector[0]?.values[0] ?? Number.NaN;
  return typeof value === 'number' ? compareScalar(command, value) : 'expected a scalar, got a histogram';
}

/** What is wrong with an answer's annotations; undefined where they are as expected. */
export function compareAnnotations(command: EvalCommand, annotations: readonly QueryAnnotation[]): string | undefined {
  const texts = (level: QueryAnnotation['level']): string[] =>
    annotations.filter((annotation) => annotation.level === level).map((annotation) => annotation.text);
  return (
    compareTexts('warn', command.warn, command.noWarn, texts('warning')) ??
    compareTexts('info', command.info, command.noInfo, texts('info'))
  );
}

function compareTexts(level: string, tests: readonly TextTest[], none: boolean, texts: readonly string[]): string | undefined {
  if (none && texts.length > 0) return `unexpected ${level} annotation: ${texts.join('; ')}`;
  if (tests.length === 0) return undefined;
  if (texts.length === 0) return `expected ${level} annotation "${tests[0]!.wanted}", found none`;
  const missing = tests.find((test) => !texts.some(test.matches));
  if (missing !== undefined) return `expected ${level} annotation "${missing.wanted}", found: ${texts.join('; ')}`;
  const extra = texts.find((text) => !tests.some((test) => test.matches(text)));
  return extra === undefined ? undefined : `unexpected ${level} annotation: ${extra}`;
}

function compareScalar({ scalar }: EvalCommand, value: number): string | undefined {
  if (scalar === undefined) return `expected a vector or matrix, got scalar ${value}`;
  return compareValue(scalar, value) ? undefined : `expected scalar ${showWanted(scalar)}, got ${value}`;
}

function compareVector(command: EvalCommand, vector: readonly Points[]): string | undefined {
  if (command.scalar !== undefined) return `expected a scalar, got a vector of ${vector.length}`;
  const seen = new Set<string>();
  for (const [at, { labels, values }] of vector.entries()) {
    const expected = command.series.get(labels.key);
    if (expected === undefined) return `unexpected ${labels} with ${show(values[0]!)}`;
    if (command.ordered && expected.position !== at + 1)
      return `expected ${labels} at place ${expected.position}, was at ${at + 1}`;
    const wanted = expected.values[0];
    if (wanted === undefined || !compareValue(wanted, values[0]!)) {
      return `expected ${wanted === undefined ? 'nothing' : showWanted(wanted)} for ${labels}, got ${show(values[0]!)}`;
    }
    seen.add(labels.key);
  }
  return notSeen(command, seen);
}

function compareMatrix(command: EvalCommand, matrix: readonly Points[]): string | undefined {
  if (command.ordered) return 'an order is expected, but the answer is a matrix';
  if (command.scalar !== undefined) return `expected a scalar, got a matrix of ${matrix.length}`;
  const unsorted = notSorted(matrix);
  if (unsorted !== undefined) return unsorted;
  const seen = new Set<string>();
  for (const { labels, timesMs, values } of matrix) {
    const expected = command.series.get(labels.key);
    if (expected === undefined) return `unexpected ${labels} with ${values.map(show).join(' ')}`;
    seen.add(labels.key);
    const wanted = expected.values
      .map((value, at) => ({ value, timeMs: command.startMs + at * command.stepMs }))
      .filter(({ value }) => value.kind !== 'omitted');
    if (wanted.length !== values.length) {
      return `expected ${wanted.length} points for ${labels}, got ${values.length}: ${points(timesMs, values)}`;
    }
    for (const [at, { value, timeMs }] of wanted.entries()) {
      if (timeMs > command.endMs) return `${labels}: more values are expected than the range has steps`;
      if (timesMs[at] !== timeMs) return `${labels}: expected a point at ${timeMs} ms, got ${points(timesMs, values)}`;
      if (!compareValue(value, values[at]!)) {
        return `expected ${showWanted(value)} for ${labels} at ${timeMs} ms, got ${show(values[at]!)} (${points(timesMs, values)})`;
      }
    }
  }
  return notSeen(command, seen);
}

function notSeen({ series }: EvalCommand, seen: ReadonlySet<string>): string | undefined {
  for (const [key, { labels, values }] of series) {
    if (!seen.has(key)) return `expected ${labels} with ${values.map(showWanted).join(' ')}, not found`;
  }
  return undefined;
}

function notSorted(matrix: readonly Points[]): string | undefined {
  for (let at = 1; at < matrix.length; at++) {
    if (compareLabels(matrix[at - 1]!.labels, matrix[at]!.labels) > 0) {
      return `the matrix is not in label order: ${matrix[at - 1]!.labels} stands before ${matrix[at]!.labels}`;
    }
  }
  return undefined;
}

function pointsOf({ timesMs, series }: Extract<QueryResult, { kind: 'matrix' | 'vector' }>): Points[] {
  return series.flatMap(({ labels, values, present, histograms }) => {
    const places = [...timesMs.keys()].filter((at) => present === undefined || present[at] === 1);
    if (places.length === 0) return [];
    return [{ labels, timesMs: places.map((at) => timesMs[at]!), values: places.map((at) => histograms?.[at] ?? values[at]!) }];
  });
}

function compareValue(wanted: SequenceValue, got: Value): boolean {
  if (typeof got === 'number') return wanted.kind === 'value' && almostEqual(wanted.value, got);
  if (wanted.kind !== 'histogram') return false;
  return (!wanted.resetIsWritten || wanted.histogram.reset === got.reset) && almostSame(wanted.histogram, got);
}

/** Whether two histograms say the same, numbers within the same bounds as of values; empty buckets do not count. */
function almostSame(one: NativeHistogram, other: NativeHistogram): boolean {
  const [a, b] = [compact(one), compact(other)];
  return (
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    sameBounds(a.customValues, b.customValues) &&
    JSON.stringify([a.positiveSpans, a.negativeSpans]) === JSON.stringify([b.positiveSpans, b.negativeSpans]) &&
    numbersOf(a).every((value, at) => almostEqual(value, numbersOf(b)[at]!))
  );
}

function numbersOf({ count, sum, zeroCount, positiveBuckets, negativeBuckets }: NativeHistogram): number[] {
  return [count, sum, zeroCount, ...positiveBuckets, ...negativeBuckets];
}

function showWanted(value: SequenceValue): string {
  return value.kind === 'value' ? String(value.value) : value.kind === 'histogram' ? show(value.histogram) : value.kind;
}

function show(value: Value): string {
  return typeof value === 'number' ? String(value) : `${formatHistogram(value)} (schema ${value.schema}, ${value.reset})`;
}

function points(timesMs: readonly number[], values: readonly Value[]): string {
  return values.map((value, at) => `${show(value)}@${timesMs[at]}`).join(' ');
}
