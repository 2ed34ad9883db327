import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import { findField } from './fields.ts';
import type { TransformationKind } from './transformation.ts';

const MOST_POINTS = 100_000;
const HIGHEST_DEGREE = 10;

export const regression: TransformationKind = {
  id: 'regression',
  title: 'Trendline',
  description: 'Adds the straight line, or the polynomial, that lies nearest to the points.',
  defaults: { modelType: 'linear', degree: 2, predictionCount: 100 },
  apply(frames, options) {
    const linear = options.choice('modelType', ['linear', 'polynomial'], 'linear') === 'linear';
    const degree = linear ? 1 : Math.trunc(options.number('degree', 2));
    if (degree < 1 || degree > HIGHEST_DEGREE) throw new BadRequest('degree', `expected 1 to ${HIGHEST_DEGREE}, found ${degree}`);
    const count = Math.min(MOST_POINTS, Math.max(2, Math.trunc(options.number('predictionCount', 100))));
    const found = findAxes(frames, options.text('xFieldName'), options.text('yFieldName'));
    if (found === undefined) return frames;
    const line = fit(found.x, found.y, degree);
    if (line === undefined) return frames;
    const xs = Float64Array.from({ length: count }, (_, index) => line.low + ((line.high - line.low) * index) / (count - 1));
    const name = `${fieldName(found.y, found.frame, frames)} predicted`;
    const { unit } = found.y.config ?? {};
    const fields: Field[] = [
      { type: found.x.type, name: found.x.name, values: xs },
      { type: 'number', name, ...(unit !== undefined && { config: { unit } }), values: xs.map((value) => line.at(value)) },
    ];
    const shape = found.x.type === 'time' ? 'series' : found.frame.shape;
    return [
      ...frames,
      { refId: 'regression', name: `${linear ? 'linear' : 'polynomial'} regression`, shape, length: count, fields },
    ];
  },
};

/** The named fields, else the first frame's first column of times or numbers and the numbers behind it. */
function findAxes(
  frames: readonly Frame[],
  xName: string,
  yName: string,
): { frame: Frame; x: NumberField; y: NumberField } | undefined {
  for (const frame of frames) {
    const x = xName === '' ? frame.fields.find(isNumbers) : findField(xName, frame, frames);
    const y =
      yName === '' ? frame.fields.find((field) => field !== x && field.type === 'number') : findField(yName, frame, frames);
    if (x !== undefined && y !== undefined && isNumbers(x) && isNumbers(y)) return { frame, x, y };
  }
  return undefined;
}

function isNumbers(field: Field): field is NumberField {
  return field.type === 'time' || field.type === 'number';
}

/**
 * Least squares. x is brought to -1 … 1 and the polynomial is written in Chebyshev's, so that a high degree over times of
 * 10^12 ms still has a well-behaved solution. Undefined where there are fewer points than coefficients.
 */
function fit(x: NumberField, y: NumberField, degree: number): { low: number; high: number; at(x: number): number } | undefined {
  const rows: number[] = [];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < x.values.length; row++) {
    if (x.present?.[row] === 0 || y.present?.[row] === 0) continue;
    if (!Number.isFinite(x.values[row]) || !Number.isFinite(y.values[row])) continue;
    rows.push(row);
    low = Math.min(low, x.values[row]!);
    high = Math.max(high, x.values[row]!);
  }
  if (rows.length <= degree || low === high) return undefined;
  const size = degree + 1;
  const scaled = (value: number): number => (2 * (value - low)) / (high - low) - 1;
  const matrix = Array.from({ length: size }, () => new Float64Array(size + 1));
  const basis = new Float64Array(size);
  for (const row of rows) {
    chebyshev(scaled(x.values[row]!), basis);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) matrix[i]![j]! += basis[i]! * basis[j]!;
      matrix[i]![size]! += basis[i]! * y.values[row]!;
    }
  }
  const coefficients = solve(matrix);
  if (coefficients === undefined) return undefined;
  return {
    low,
    high,
    at(value) {
      chebyshev(scaled(value), basis);
      return coefficients.reduce((sum, coefficient, index) => sum + coefficient * basis[index]!, 0);
    },
  };
}

function chebyshev(x: number, out: Float64Array): void {
  out[0] = 1;
  if (out.length > 1) out[1] = x;
  for (let index = 2; index < out.length; index++) out[index] = 2 * x * out[index - 1]! - out[index - 2]!;
}

/** Gauss with pivots, on a matrix with the right side as its last column. Undefined where there is no single solution. */
function solve(matrix: readonly Float64Array[]): Float64Array | undefined {
  const rows = [...matrix];
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    if (Math.abs(rows[pivot]![column]!) < 1e-12) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = column + 1; row < size; row++) {
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * rows[column]![at]!;
    }
  }
  const solution = new Float64Array(size);
  for (let row = size - 1; row >= 0; row--) {
    let sum = rows[row]![size]!;
    for (let at = row + 1; at < size; at++) sum -= rows[row]![at]! * solution[at]!;
    solution[row] = sum / rows[row]![row]!;
  }
  return solution;
}
