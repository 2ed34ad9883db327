import type { NumberField } from '@vitrine/model/frame.ts';

/** Cells over x in even steps; row 0 is the lowest. */
export interface HeatGrid {
  readonly columns: number;
  readonly rows: number;
  /** Row by row; NaN where there is nothing. */
  readonly values: Float64Array;
  /** The middle of column 0, and from one middle to the next. */
  readonly x0: number;
  readonly step: number;
  /** Fields in one row; more than 1 where there are more fields than rows fit. */
  readonly fieldsPerRow: number;
  /** Over finite values; NaN, NaN where there are none. */
  readonly min: number;
  readonly max: number;
}

/**
 * Puts columns of numbers into at most `mostColumns` × `mostRows` cells. What falls into one cell is its highest value, so that a
 * spike is never thinned away. `step` is how far apart points are; 0 takes the smallest distance found.
 */
export function heatGrid(
  xs: Float64Array,
  fields: readonly NumberField[],
  step: number,
  mostColumns: number,
  mostRows: number,
): HeatGrid {
  const fieldsPerRow = Math.max(1, Math.ceil(fields.length / Math.max(1, mostRows)));
  const rows = Math.ceil(fields.length / fieldsPerRow);
  const x0 = xs[0] ?? 0;
  const span = (xs[xs.length - 1] ?? x0) - x0;
  let width = step > 0 ? step : smallestStep(xs);
  if (span / width + 1 > mostColumns) width = span / Math.max(1, mostColumns - 1);
  const columns = xs.length === 0 ? 0 : Math.round(span / width) + 1;
  const values = new Float64Array(columns * rows).fill(Number.NaN);
  let min = Infinity;
  let max = -Infinity;
  for (const [index, { values: from, present }] of fields.entries()) {
    const row = Math.floor(index / fieldsPerRow) * columns;
    for (let n = 0; n < xs.length; n++) {
      if (present !== undefined && present[n] === 0) continue;
      const value = from[n]!;
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
      const cell = row + Math.round((xs[n]! - x0) / width);
      if (!(values[cell]! >= value)) values[cell] = value;
    }
  }
  return {
    columns,
    rows,
    values,
    x0,
    step: width,
    fieldsPerRow,
    min: min <= max ? min : Number.NaN,
    max: min <= max ? max : Number.NaN,
  };
}

/** The smallest distance from one x to the next; 1 where there is none. */
export function smallestStep(xs: Float64Array): number {
  let step = Infinity;
  for (let n = 1; n < xs.length; n++) {
    const distance = xs[n]! - xs[n - 1]!;
    if (distance > 0 && distance < step) step = distance;
  }
  return Number.isFinite(step) ? step : 1;
}
