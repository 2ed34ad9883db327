import type { Labels } from '@vitrine/model/labels.ts';
import { CUSTOM_BUCKETS, type NativeHistogram } from '@vitrine/model/native-histogram.ts';
import {
  QueryError,
  type RollupWanted,
  type SampleSource,
  type Selector,
  type SeriesSamples,
} from '@vitrine/model/sample-store.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import type { AtModifier, VectorSelector } from '../ast.ts';
import { withReset } from '../histogram/layout.ts';
import type { Annotations } from './annotations.ts';
import { extraSamples, type Budget } from './budget.ts';
import { emptyHistograms, put, type Column, type Sink } from './column.ts';
import { interpolate } from './extended.ts';
import type { Grid } from './grid.ts';
import { interpolateHistograms } from './histogram-rate.ts';
import { withDetectedResets } from './reset-hints.ts';
import { rollupWanted } from './rollup-wanted.ts';
import { SeriesNotes } from './series-notes.ts';
import { advance, floatScratch, intScratch, type Samples } from './range-window.ts';
import type { Tracer } from './tracer.ts';

/** Where a selector looks while the evaluation steps over its grid. */
interface Reference {
  readonly firstMs: number;
  /** 0 where `@` pins the selector. */
  readonly stepMs: number;
}

/** The range of the whole query, which `@ start()` and `@ end()` name wherever they stand. */
interface QueryRange {
  readonly startMs: number;
  readonly endMs: number;
}

export function referenceOf(grid: Grid, at: AtModifier | undefined, offsetMs: number, query: QueryRange): Reference {
  if (at === undefined) return { firstMs: grid.startMs - offsetMs, stepMs: grid.stepMs };
  const atMs = at.kind === 'timestamp' ? at.timestampMs : at.kind === 'start' ? query.startMs : query.endMs;
  return { firstMs: atMs - offsetMs, stepMs: 0 };
}

/** What reading needs beside the selector. */
export interface Reading {
  readonly source: SampleSource;
  /** Matchers that hold beside the selector's own. */
  readonly within: Selector;
  readonly budget: Budget;
  readonly annotations: Annotations;
  readonly tracer: Tracer | undefined;
  /** See countedOnly(). */
  readonly countedOnly: ReadonlySet<VectorSelector>;
}

/** Gives the samples of every matching series in the closed range, its labels beside them; or what does as well. */
export async function readSamples(
  { source, within, budget, tracer, countedOnly }: Reading,
  selector: VectorSelector,
  fromMs: number,
  toMs: number,
  rollup: RollupWanted | undefined,
  visit: (series: SeriesSamples) => void | Promise<void>,
): Promise<void> {
  let count = 0;
  const detectsResets = countedOnly.has(selector);
  const matchers = within.length === 0 ? selector.matchers : [...selector.matchers, ...within];
  const found = source.select({ matchers, fromMs, toMs, rollup, steps: tracer?.steps });
  for (const series of tracer === undefined ? found : tracer.reading(found)) {
    const { length, histograms } = series;
    budget.read(histograms === undefined ? length : length + extraSamples(histograms, length));
    budget.allowSeries(++count);
    const hinted = detectsResets && histograms !== undefined;
    const working = visit(hinted ? { ...series, histograms: withDetectedResets(histograms, length) } : series);
    if (working !== undefined) await working;
    if (budget.due()) await budget.pause();
  }
}

const upTo = intScratch();

/**
 * What an instant selector gives of a sample: itself, or, in seconds, its time (also of numbers only: then histograms are
 * refused) or since when it has counted (0 where that was not told).
 */
export type SampleAspect = 'values' | 'timestamps' | 'timestamps of numbers' | 'starts';

/** An instant selector's steps: step i looks back from `firstMs + i * stepMs`. */
interface Lookback extends Reference {
  readonly lookbackMs: number;
  readonly smoothed: boolean;
  readonly what: SampleAspect;
}

/** An instant selector: at each step the last sample of the lookback, unless that one says that the series ended. */
export async function readInstants(
  reading: Reading,
  selector: VectorSelector,
  grid: Grid,
  reference: Reference,
  lookbackMs: number,
  what: SampleAspect,
  sink: Sink,
): Promise<void> {
  const { count } = grid;
  const { firstMs, stepMs } = reference;
  const lastMs = firstMs + (count - 1) * stepMs;
  const values = new Float64Array(count);
  const present = new Uint8Array(count);
  const smoothed = selector.extension === 'smoothed';
  const notes = new SeriesNotes(reading.annotations, selector.span);
  const lookback: Lookback = { firstMs, stepMs, lookbackMs, smoothed, what };
  const toMs = smoothed ? lastMs + lookbackMs : lastMs;
  const rollup = smoothed || what === 'starts' ? undefined : rollupWanted('last', firstMs, stepMs, 0);
  await readSamples(reading, selector, Math.floor(firstMs - lookbackMs) + 1, toMs, rollup, (series) => {
    const ends = upTo.take(count);
    advance(series.timestampsMs, series.length, firstMs, stepMs, count, ends);
    const column: Column = { labels: series.labels, dropName: false, values, present };
    const any =
      series.histograms === undefined
        ? fillNumbers(column, series, ends, lookback)
        : fillMixed(column, series, ends, lookback, notes);
    if (any) sink(column);
  });
}

function fillNumbers(
  { values, present }: Column,
  series: SeriesSamples,
  ends: Int32Array,
  { firstMs, stepMs, lookbackMs, smoothed, what }: Lookback,
): boolean {
  const { timestampsMs, values: points, startsMs } = series;
  const words = wordsOf(points);
  let any = false;
  for (let i = 0; i < present.length; i++) {
    const last = ends[i]! - 1;
    const endMs = firstMs + i * stepMs;
    present[i] = 0;
    if (last < 0 || timestampsMs[last]! <= endMs - lookbackMs) continue;
    const value = points[last]!;
    if (value !== value && isStaleAt(words, last)) continue;
    if (what === 'values') values[i] = smoothed ? smooth(series, words, last, endMs, lookbackMs) : value;
    else values[i] = what === 'starts' ? secondsOf(startsMs?.[last]) : timestampsMs[last]! / 1000;
    present[i] = 1;
    any = true;
  }
  return any;
}

function fillMixed(
  column: Column,
  series: SeriesSamples,
  ends: Int32Array,
  { firstMs, stepMs, lookbackMs, smoothed, what }: Lookback,
  notes: SeriesNotes,
): boolean {
  const { timestampsMs, values: points, startsMs, histograms } = series;
  notes.metric = series.labels.metricName;
  const words = wordsOf(points);
  const { present } = column;
  column.histograms = emptyHistograms(present.length);
  let any = false;
  for (let i = 0; i < present.length; i++) {
    const last = ends[i]! - 1;
    const endMs = firstMs + i * stepMs;
    present[i] = 0;
    if (last < 0 || timestampsMs[last]! <= endMs - lookbackMs || isStale(series, words, last)) continue;
    let value: number | NativeHistogram | undefined;
    if (what === 'starts') value = secondsOf(startsMs?.[last]);
    else if (what !== 'values') value = timestampsMs[last]! / 1000;
    else if (smoothed) value = smoothMixed(series, words, last, endMs, lookbackMs, notes);
    else value = histograms?.[last] ?? points[last]!;
    if (what === 'timestamps of numbers' && histograms?.[last] !== undefined) {
      throw new QueryError('execution', `found a native histogram where an info metric was expected: ${series.labels}`);
    }
    if (value === undefined) continue;
    put(column, i, value);
    any = true;
  }
  return any;
}

/** Whether a sample says that the series ended there: a number that is the stale marker. */
function isStale({ histograms }: Samples, words: Uint32Array, at: number): boolean {
  return histograms?.[at] === undefined && isStaleAt(words, at);
}

function secondsOf(startMs: number | undefined): number {
  return startMs === undefined || Number.isNaN(startMs) ? 0 : startMs / 1000;
}

/** Between the sample at or before the time and the next, where there is one within the lookback. */
function smooth(samples: Samples, words: Uint32Array, last: number, timeMs: number, lookbackMs: number): number {
  const { timestampsMs, values, length } = samples;
  const next = last + 1;
  const alone = next >= length || timestampsMs[next]! > timeMs + lookbackMs || isStaleAt(words, next);
  return alone || timestampsMs[last] === timeMs ? values[last]! : interpolate(samples, last, timeMs, false);
}

/** The same of a series with histograms; nothing, and a warning, where numbers and histograms are within the lookback. */
function smoothMixed(
  samples: Samples,
  words: Uint32Array,
  last: number,
  timeMs: number,
  lookbackMs: number,
  notes: SeriesNotes,
): number | NativeHistogram | undefined {
  const { timestampsMs, histograms, length } = samples;
  let [numbers, distributions] = [0, 0];
  const count = (at: number): void => {
    if (histograms?.[at] !== undefined) distributions++;
    else if (!isStaleAt(words, at)) numbers++;
  };
  for (let at = last; at >= 0 && timestampsMs[at]! > timeMs - lookbackMs; at--) count(at);
  for (let at = last + 1; at < length && timestampsMs[at]! <= timeMs + lookbackMs; at++) count(at);
  if (numbers > 0 && distributions > 0) return notes.mixed();
  const [before, after] = [histograms?.[last], histograms?.[last + 1]];
  if (before === undefined) return smooth(samples, words, last, timeMs, lookbackMs);
  const nextMs = last + 1 < length ? timestampsMs[last + 1]! : Infinity;
  if (after === undefined || nextMs > timeMs + lookbackMs || timestampsMs[last] === timeMs) return before;
  if ((before.schema === CUSTOM_BUCKETS) !== (after.schema === CUSTOM_BUCKETS)) return notes.mixedSchemas();
  return interpolateHistograms(before, timestampsMs[last]!, after, nextMs, timeMs, before.reset !== 'gauge', notes);
}

const liveTimes = floatScratch();
const liveValues = floatScratch();
const liveStarts = floatScratch();
const liveCounts = floatScratch();
const liveSums = floatScratch();
const liveFalls = floatScratch();

/** Falls that are remembered: a series with more of them is no counter, which alone asks for them. */
const MAX_FALLS = 64;
const fallPositions = intScratch();
let fallCount = 0;

/**
 * Where the first stale marker is; `length` where there is none. Writes where values fall on the way, as that costs
 * nothing beside it: `fallCount` is -1 where there are too many.
 */
function firstStale(series: Samples): number {
  const { values, length, histograms } = series;
  const positions = fallPositions.take(MAX_FALLS);
  const words = wordsOf(values);
  fallCount = 0;
  let before = Number.NEGATIVE_INFINITY;
  let at = 0;
  for (; at < length; at++) {
    const value = values[at]!;
    // One comparison that is false of both, a fall and a NaN.
    if (!(value >= before)) {
      if (value < before) {
        if (fallCount === MAX_FALLS) break;
        positions[fallCount++] = at;
      } else if (value !== value && isStale(series, words, at)) return at;
    }
    before = value;
  }
  if (at === length) {
    if (histograms !== undefined) fallCount = -1;
    return length;
  }
  fallCount = -1;
  for (; at < length; at++) {
    const value = values[at]!;
    if (value !== value && isStale(series, words, at)) return at;
  }
  return length;
}

/** The samples without stale markers: as they are where there are none, else copied to scratch memory. */
export function withoutStale(series: Samples): Samples {
  const { timestampsMs, values, length, histograms, startsMs, rolled } = series;
  const at = firstStale(series);
  if (at === length) {
    const falls = fallCount === -1 ? undefined : { positions: fallPositions.take(MAX_FALLS), count: fallCount };
    return { timestampsMs, values, length, histograms, startsMs, falls, rolled };
  }
  const words = wordsOf(values);
  const times = liveTimes.take(length);
  const live = liveValues.take(length);
  const starts = startsMs === undefined ? undefined : liveStarts.take(length);
  const kept: (NativeHistogram | undefined)[] | undefined = histograms?.slice(0, at);
  times.set(timestampsMs.subarray(0, at));
  live.set(values.subarray(0, at));
  starts?.set(startsMs!.subarray(0, at));
  const lived = rolled && { counts: liveCounts.take(length), sums: liveSums.take(length), falls: liveFalls.take(length) };
  if (rolled !== undefined && lived !== undefined) {
    lived.counts.set(rolled.counts.subarray(0, at));
    lived.sums.set(rolled.sums.subarray(0, at));
    lived.falls.set(rolled.falls.subarray(0, at));
  }
  let to = at;
  for (let i = at; i < length; i++) {
    if (isStale(series, words, i)) continue;
    times[to] = timestampsMs[i]!;
    live[to] = values[i]!;
    if (starts !== undefined) starts[to] = startsMs![i]!;
    kept?.push(histograms![i]);
    if (rolled !== undefined && lived !== undefined) {
      lived.counts[to] = rolled.counts[i]!;
      lived.sums[to] = rolled.sums[i]!;
      lived.falls[to] = rolled.falls[i]!;
    }
    to++;
  }
  return { timestampsMs: times, values: live, length: to, histograms: kept, startsMs: starts, rolled: lived };
}

/**
 * A column of a subquery as samples: one where it has a value. Nobody tells since when they have counted, nor, as samples
 * between them were passed over, whether histograms were reset.
 */
export function columnSamples(column: Column, grid: Grid, times: Float64Array, kept: Float64Array): Samples {
  const { values, present, histograms } = column;
  let length = 0;
  for (let i = 0; i < grid.count; i++) {
    if (present[i] === 0) continue;
    times[length] = grid.startMs + i * grid.stepMs;
    kept[length++] = values[i]!;
  }
  const there = histograms
    ?.filter((_, i) => present[i] === 1)
    .map((histogram) => histogram && withReset(histogram, histogram.reset === 'gauge' ? 'gauge' : 'unknown'));
  const any = there?.some((histogram) => histogram !== undefined) ?? false;
  return { timestampsMs: times, values: kept, length, histograms: any ? there : undefined };
}

/** A series of a range vector, with the right to be named later. */
export interface RangeSeries extends Samples {
  readonly labels: Labels;
  readonly dropName: boolean;
}
