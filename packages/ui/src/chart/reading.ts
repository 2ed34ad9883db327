import type { Hover } from './plot.ts';
import { indexAt } from './series.ts';
import type { ChartSeries } from './series.ts';

/** What the chart says at the cursor about one line. */
export interface Reading {
  readonly series: ChartSeries;
  readonly index: number;
  readonly x: number;
  /** NaN where there is a gap or a NaN; `isNaN` tells which. */
  readonly value: number;
  readonly isNaN: boolean;
}

/** One line's value at the cursor; undefined where the line has no point near it. */
export function readSeries(series: ChartSeries, x: number, reach: number): Reading | undefined {
  const index = indexAt(series, x, reach);
  if (index < 0) return undefined;
  const value = series.ys[index]!;
  return { series, index, x: series.xs[index]!, value, isNaN: Number.isNaN(value) && series.nanAt.includes(index) };
}

/** In which order the lines are told. */
export type ReadingSort = 'asc' | 'desc' | 'none';

/** All values at the cursor, the highest first unless told otherwise; gaps are left out, NaN stands at the end. */
export function readAll(
  series: readonly ChartSeries[],
  hover: Pick<Hover, 'x'>,
  reach: number,
  sort: ReadingSort = 'desc',
): Reading[] {
  const readings: Reading[] = [];
  for (const one of series) {
    const reading = readSeries(one, hover.x, reach);
    if (reading !== undefined && (reading.isNaN || !Number.isNaN(reading.value))) readings.push(reading);
  }
  if (sort === 'none') return readings;
  const sign = sort === 'asc' ? 1 : -1;
  return readings.sort((a, b) => (a.isNaN ? 1 : 0) - (b.isNaN ? 1 : 0) || sign * (a.value - b.value));
}

/** The reading nearest to the pointer's height; `heightOf` answers where a reading is drawn. undefined without a pointer. */
export function nearestReading(
  readings: readonly Reading[],
  pointerPx: number | undefined,
  heightOf: (reading: Reading) => number,
): Reading | undefined {
  if (pointerPx === undefined) return undefined;
  let best: Reading | undefined;
  let bestDistance = Infinity;
  for (const reading of readings) {
    if (reading.isNaN) continue;
    const distance = Math.abs(heightOf(reading) - pointerPx);
    if (distance < bestDistance) [best, bestDistance] = [reading, distance];
  }
  return best;
}

/** The stretch of `most` readings around the nearest, so that a crowd still shows what the reader points at. */
export function windowAround<T>(
  items: readonly T[],
  center: number,
  most: number,
): { readonly start: number; readonly shown: readonly T[] } {
  if (items.length <= most) return { start: 0, shown: items };
  const start = Math.max(0, Math.min(items.length - most, (center < 0 ? 0 : center) - Math.floor(most / 2)));
  return { start, shown: items.slice(start, start + most) };
}
