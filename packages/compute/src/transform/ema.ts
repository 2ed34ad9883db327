import { BadRequest } from '@vitrine/model/bad-request.ts';
import { readDurationMs } from '@vitrine/model/duration.ts';
import type { NumberField } from '@vitrine/model/frame.ts';

import { smoothEma } from '../curve/smooth.ts';
import { smoothCurves } from './each-curve.ts';
import type { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

/**
 * s = w·s + (1 − w)·y, divided by 1 − wⁿ after n values: without that the first values would lean towards zero. This is what
 * TensorBoard's slider does. NaN and infinities stay and do not enter the average; missing points stay missing.
 */
export const ema: TransformationKind = {
  id: 'ema',
  title: 'Smooth (EMA)',
  description:
    'Smooths curves over any x by an exponential moving average with bias correction; 0 leaves them, 0.99 is very smooth.',
  defaults: { smoothing: 0.6, keepOriginal: false },
  apply(frames, options) {
    const weight = options.number('smoothing', 0.6);
    if (weight < 0 || weight >= 1)
      throw new BadRequest('smoothing', `expected a number from 0 up to 1, 1 excluded; found ${weight}`);
    return smoothCurves(frames, options, (_x, y) => {
      const { present } = y;
      const values = new Float64Array(y.values.length);
      smoothEma(
        present === undefined ? y.values : y.values.map((value, row) => (present[row] === 0 ? Number.NaN : value)),
        weight,
        values,
      );
      return { values, ...(present !== undefined && { present }) };
    });
  },
};

/**
 * The average of all earlier values, each counted for the stretch of x it stands for and half as much one half-life of x later: points
 * logged close together do not outweigh those logged far apart.
 */
export const twema: TransformationKind = {
  id: 'twema',
  title: 'Smooth (time-weighted EMA)',
  description: 'Smooths curves with uneven steps: the average forgets by distance on x, not by the number of points.',
  defaults: { halfLife: '', keepOriginal: false },
  apply(frames, options) {
    const said = readHalfLife(options);
    return smoothCurves(frames, options, (x, y) => {
      const first = x[0] ?? 0;
      const range = (x.at(-1) ?? 0) - first;
      // A twentieth of what there is: a few wiggles stay visible.
      const halfLife = said ?? range / 20;
      if (!(halfLife > 0)) return y;
      const usual = x.length > 1 ? range / (x.length - 1) : 0;
      return average(y, (row, before) => {
        const step = before < 0 ? usual : Math.max(0, x[row]! - x[before]!);
        const decay = 0.5 ** (step / halfLife);
        return { decay, mass: 1 - decay };
      });
    });
  },
};

/** In units of x: a number, or a duration where x is time. Undefined is a share of the range. */
function readHalfLife(options: Options): number | undefined {
  const text = options.text('halfLife').trim();
  if (text === '') return undefined;
  const value = options.number('halfLife', undefined) ?? readDurationMs(text);
  if (value === undefined || value <= 0)
    throw new BadRequest('halfLife', `"${text}" is neither a number above 0 nor a duration such as 5m`);
  return value;
}

/** `weigh` says how much the past is kept, and how much the value of `row` counts; `before` is the row of the value before, or -1. */
function average(y: NumberField, weigh: (row: number, before: number) => { decay: number; mass: number }) {
  const values = new Float64Array(y.values.length);
  let sum = 0;
  let weight = 0;
  let before = -1;
  for (let row = 0; row < values.length; row++) {
    const value = y.values[row]!;
    if (y.present?.[row] === 0) continue;
    if (!Number.isFinite(value)) {
      values[row] = value;
      continue;
    }
    const { decay, mass } = weigh(row, before);
    sum = sum * decay + value * mass;
    weight = weight * decay + mass;
    values[row] = weight > 0 ? sum / weight : value;
    before = row;
  }
  return { values, ...(y.present !== undefined && { present: y.present }) };
}
