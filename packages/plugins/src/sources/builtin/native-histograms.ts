import type { Field, Frame, Notice } from '@vitrine/model/frame.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import type { QueryResult } from '@vitrine/model/sample-store.ts';

/** What one sample of a native histogram counted. */
export interface NativeHistogram {
  readonly count: number;
  readonly sum: number;
  /** Those that hold anything, rising and not overlapping; how many observations fell between the bounds. */
  readonly buckets: readonly { readonly low: number; readonly high: number; readonly count: number }[];
}

/** One series of histograms on the result's grid. */
export interface HistogramSeries {
  readonly labels: Labels;
  /** One a grid time; undefined where there is none. */
  readonly points: readonly (NativeHistogram | undefined)[];
}

/** An answer in which series may hold histograms instead of numbers. */
export type PromResult = QueryResult & { readonly histograms?: readonly HistogramSeries[] };

/** More rows than this nobody tells apart. */
const MOST_BUCKETS = 400;

/**
 * All histograms added up as one frame of buckets. Its bounds are those of all buckets, without those that lie within another's: a
 * histogram whose resolution fell has wider ones, and finer counts add up into them. A bucket holds zero where a histogram is there
 * and counted nothing between its bounds, and is missing where there is none.
 */
export function histogramFrame(refId: string, timesMs: Float64Array, series: readonly HistogramSeries[]): Frame {
  const bounds = sharedBounds(series);
  const columns = bounds.map(() => new Float64Array(timesMs.length));
  const present = new Uint8Array(timesMs.length);
  const indexOf = new Map(bounds.map((bound, index) => [bound, index]));
  const columnOf = (high: number): number => indexOf.get(high) ?? bounds.findIndex((bound) => bound >= high);
  for (const { points } of series) {
    for (const [at, histogram] of points.entries()) {
      if (histogram === undefined) continue;
      present[at] = 1;
      for (const { high, count } of histogram.buckets) {
        const column = columns[columnOf(high)];
        if (column !== undefined) column[at] = (column[at] ?? 0) + count;
      }
    }
  }
  const missing = present.includes(0) ? { present } : {};
  const fields: Field[] = [
    { name: 'Time', type: 'time', values: timesMs },
    ...bounds.map((bound, index): Field => {
      const le = writeBound(bound);
      return { name: le, type: 'number', labels: { le }, values: columns[index] as Float64Array, ...missing };
    }),
  ];
  return { refId, shape: 'buckets', length: timesMs.length, fields };
}

/** A row a histogram: its labels, how many observations, their sum, and their average. */
export function histogramTable(refId: string, timesMs: Float64Array, series: readonly HistogramSeries[]): Frame {
  const rows = series.flatMap(({ labels, points }) =>
    points.flatMap((histogram, at) => (histogram === undefined ? [] : [{ labels, histogram, timeMs: timesMs[at] as number }])),
  );
  const names = [...new Set(series.flatMap(({ labels }) => [...labels].map(([name]) => name)))].toSorted();
  const numbers = (name: string, read: (histogram: NativeHistogram) => number): Field => ({
    name,
    type: 'number',
    values: Float64Array.from(rows, ({ histogram }) => read(histogram)),
  });
  const fields: Field[] = [
    { name: 'Time', type: 'time', values: Float64Array.from(rows, ({ timeMs }) => timeMs) },
    ...names.map((name): Field => ({ name, type: 'string', values: rows.map(({ labels }) => labels.get(name) ?? '') })),
    numbers('Count', ({ count }) => count),
    numbers('Sum', ({ sum }) => sum),
    // Of nothing there is no average.
    numbers('Average', ({ count, sum }) => (count === 0 ? Number.NaN : sum / count)),
  ];
  return { refId, shape: 'table', length: rows.length, fields };
}

/** What the reader of added up histograms should know. */
export function histogramNotices(refId: string, series: readonly HistogramSeries[]): Notice[] {
  if (series.length < 2) return [];
  return [
    {
      level: 'info',
      text: `Query ${refId}: ${series.length} native histograms are shown added up; histogram_quantile() or histogram_avg() makes a line of each.`,
    },
  ];
}

/** Every upper bound, and the lowest lower one, so that no row reaches further down than its counts. */
function sharedBounds(series: readonly HistogramSeries[]): readonly number[] {
  const all = new Map<string, readonly [number, number]>();
  const edges = new Set<number>();
  for (const { points } of series) {
    for (const histogram of points) {
      for (const { low, high } of histogram?.buckets ?? []) {
        all.set(`${low} ${high}`, [low, high]);
        edges.add(low);
        edges.add(high);
      }
    }
  }
  const rising = [...edges].toSorted((a, b) => a - b);
  const inside = new Set<number>();
  for (const [low, high] of all.values()) {
    for (let at = firstAbove(rising, low); at < rising.length && (rising[at] as number) < high; at++)
      inside.add(rising[at] as number);
  }
  let bounds = rising.filter((bound) => !inside.has(bound));
  // The highest stays, as counts below it have nowhere else to go.
  while (bounds.length > MOST_BUCKETS) bounds = bounds.filter((_, at) => (bounds.length - 1 - at) % 2 === 0 || at === 0);
  return bounds;
}

function firstAbove(rising: readonly number[], value: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function writeBound(bound: number): string {
  if (bound === Number.POSITIVE_INFINITY) return '+Inf';
  return bound === Number.NEGATIVE_INFINITY ? '-Inf' : String(bound);
}
