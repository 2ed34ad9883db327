import type { Labels } from '@vitrine/model/labels.ts';
import type { SampleSource, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import type { AtModifier, VectorSelector } from '../ast.ts';
import type { Budget } from './budget.ts';
import type { Column, Sink } from './column.ts';
import type { Grid } from './grid.ts';
import { interpolate } from './extended.ts';
import { advance, floatScratch, intScratch, type Samples } from './range-window.ts';

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

/** Gives the samples of every matching series in the closed range, its labels beside them. */
export async function readSamples(
  source: SampleSource,
  selector: VectorSelector,
  fromMs: number,
  toMs: number,
  budget: Budget,
  visit: (series: SeriesSamples) => void | Promise<void>,
): Promise<void> {
  let count = 0;
  for (const series of source.select({ matchers: selector.matchers, fromMs, toMs })) {
    budget.read(series.length);
    budget.allowSeries(++count);
    const working = visit(series);
    if (working !== undefined) await working;
    if (budget.due()) await budget.pause();
  }
}

const upTo = intScratch();

/** An instant selector: at each step the last sample of the lookback, unless that one says that the series ended. */
export async function readInstants(
  source: SampleSource,
  selector: VectorSelector,
  grid: Grid,
  reference: Reference,
  lookbackMs: number,
  budget: Budget,
  what: 'values' | 'timestamps',
  sink: Sink,
): Promise<void> {
  const { count } = grid;
  const { firstMs, stepMs } = reference;
  const lastMs = firstMs + (count - 1) * stepMs;
  const values = new Float64Array(count);
  const present = new Uint8Array(count);
  const smoothed = selector.extension === 'smoothed';
  const toMs = smoothed ? lastMs + lookbackMs : lastMs;
  await readSamples(source, selector, Math.floor(firstMs - lookbackMs) + 1, toMs, budget, (series) => {
    const { timestampsMs, values: points, length } = series;
    const words = wordsOf(points);
    const ends = upTo.take(count);
    advance(timestampsMs, length, firstMs, stepMs, count, ends);
    let any = false;
    for (let i = 0; i < count; i++) {
      const last = ends[i]! - 1;
      const endMs = firstMs + i * stepMs;
      present[i] = 0;
      if (last < 0 || timestampsMs[last]! <= endMs - lookbackMs) continue;
      const value = points[last]!;
      if (value !== value && isStaleAt(words, last)) continue;
      if (what === 'timestamps') values[i] = timestampsMs[last]! / 1000;
      else values[i] = smoothed ? smooth(series, words, last, endMs, lookbackMs) : value;
      present[i] = 1;
      any = true;
    }
    if (any) sink({ labels: series.labels, dropName: false, values, present });
  });
}

/** Between the sample at or before the time and the next, where there is one within the lookback. */
function smooth(samples: Samples, words: Uint32Array, last: number, timeMs: number, lookbackMs: number): number {
  const { timestampsMs, values, length } = samples;
  const next = last + 1;
  const alone = next >= length || timestampsMs[next]! > timeMs + lookbackMs || isStaleAt(words, next);
  return alone || timestampsMs[last] === timeMs ? values[last]! : interpolate(samples, last, timeMs, false);
}

const liveTimes = floatScratch();
const liveValues = floatScratch();

/** The samples without stale markers: as they are where there are none, else copied to scratch memory. */
export function withoutStale(series: Samples): Samples {
  const { timestampsMs, values, length } = series;
  let at = 0;
  while (at < length && !Number.isNaN(values[at])) at++;
  if (at === length) return series;
  const words = wordsOf(values);
  while (at < length && !isStaleAt(words, at)) at++;
  if (at === length) return series;
  const times = liveTimes.take(length);
  const live = liveValues.take(length);
  times.set(timestampsMs.subarray(0, at));
  live.set(values.subarray(0, at));
  let kept = at;
  for (let i = at; i < length; i++) {
    if (isStaleAt(words, i)) continue;
    times[kept] = timestampsMs[i]!;
    live[kept++] = values[i]!;
  }
  return { timestampsMs: times, values: live, length: kept };
}

/** A column of a subquery as samples: one where it has a value. */
export function columnSamples({ values, present }: Column, grid: Grid, times: Float64Array, kept: Float64Array): Samples {
  let length = 0;
  for (let i = 0; i < grid.count; i++) {
    if (present[i] === 0) continue;
    times[length] = grid.startMs + i * grid.stepMs;
    kept[length++] = values[i]!;
  }
  return { timestampsMs: times, values: kept, length };
}

/** A series of a range vector, with the right to be named later. */
export interface RangeSeries extends Samples {
  readonly labels: Labels;
  readonly dropName: boolean;
}
