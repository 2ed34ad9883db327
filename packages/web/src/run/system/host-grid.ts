import type { HeatGrid } from '@vitrine/compute/heat-grid.ts';
import { interpolate } from '@vitrine/ui/chart/annotations.ts';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';

/** A series as the Prometheus API answers it. */
export interface PromSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** One row of the grid: its name and samples, times rising. */
export interface HostRow {
  readonly name: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Rows in the order of their names, numbers as numbers. Pure. */
export function hostRows(series: readonly PromSeries[], labels: readonly string[]): readonly HostRow[] {
  return series
    .map(({ metric, values }): HostRow => {
      const label = labels.find((name) => metric[name] !== undefined);
      return {
        name: label === undefined ? '' : metric[label]!,
        times: Float64Array.from(values, ([seconds]) => seconds * 1000),
        values: Float64Array.from(values, ([, value]) => Number(value)),
      };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** The sample nearest in time; NaN where none is within `reachMs`. Pure. */
export function sampleAt({ times, values }: HostRow, timeMs: number, reachMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  const after = low < times.length ? times[low]! - timeMs : Infinity;
  const before = low > 0 ? timeMs - times[low - 1]! : Infinity;
  if (Math.min(after, before) > reachMs) return Number.NaN;
  return values[after < before ? low : low - 1]!;
}

/**
 * What a machine did, over a run's own x: each column shows the sample at the wall time at which the run was at that x. `from` and `to`
 * are what is seen of x. Pure.
 */
export function hostGrid(
  rows: readonly HostRow[],
  map: TimeMap,
  from: number,
  to: number,
  columns: number,
  reachMs: number,
): { readonly grid: HeatGrid; readonly xs: Float64Array } {
  const count = Math.max(1, columns);
  const step = to > from ? (to - from) / count : 1;
  const xs = Float64Array.from({ length: count }, (_, column) => from + (column + 0.5) * step);
  const values = new Float64Array(count * rows.length).fill(Number.NaN);
  let [min, max] = [Infinity, -Infinity];
  for (const [column, x] of xs.entries()) {
    const timeMs = interpolate(map.xs, map.times, x);
    if (timeMs === undefined) continue;
    for (const [row, samples] of rows.entries()) {
      const value = sampleAt(samples, timeMs, reachMs);
      values[row * count + column] = value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  const isKnown = min <= max;
  return {
    grid: {
      columns: count,
      rows: rows.length,
      values,
      x0: xs[0]!,
      step,
      fieldsPerRow: 1,
      min: isKnown ? min : Number.NaN,
      max: isKnown ? max : Number.NaN,
    },
    xs,
  };
}
