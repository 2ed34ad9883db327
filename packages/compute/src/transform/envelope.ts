import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Frame } from '@vitrine/model/frame.ts';

import { takeFrameRows } from './column.ts';
import { splitSeries } from './series.ts';
import { xOf } from './each-curve.ts';
import type { TransformationKind } from './transformation.ts';

export const envelope: TransformationKind = {
  id: 'envelope',
  title: 'Thin to the envelope',
  description: 'Keeps the lowest and the highest point of each stretch of a curve, so that it looks the same with fewer points.',
  defaults: { points: 1_000 },
  apply(frames, options) {
    const points = Math.trunc(options.number('points', 1_000));
    if (points < 2) throw new BadRequest('points', `expected at least 2, found ${points}`);
    return splitSeries(frames).map((frame) => thinFrame(frame, points));
  },
};

/** Of stretches of equally many points; NaN counts as highest, so that it is not lost. */
function thinFrame(frame: Frame, points: number): Frame {
  const x = xOf(frame);
  const y = frame.fields.find((field) => field !== x && field.type === 'number');
  if (x === undefined || y?.type !== 'number' || frame.length <= points) return frame;
  const stretches = Math.floor(points / 2);
  const rows: number[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * frame.length) / stretches);
    const to = Math.floor(((stretch + 1) * frame.length) / stretches);
    let low = -1;
    let high = -1;
    let nan = -1;
    for (let row = from; row < to; row++) {
      if (y.present?.[row] === 0) continue;
      const value = y.values[row]!;
      if (Number.isNaN(value)) nan = row;
      else {
        if (low < 0 || value < y.values[low]!) low = row;
        if (high < 0 || value > y.values[high]!) high = row;
      }
    }
    if (nan >= 0) high = nan;
    if (low < 0) low = high;
    if (high < 0) continue;
    rows.push(Math.min(low, high));
    if (low !== high) rows.push(Math.max(low, high));
  }
  return takeFrameRows(frame, Int32Array.from(rows));
}
