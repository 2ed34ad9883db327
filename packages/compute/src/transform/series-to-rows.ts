import type { Frame } from '@vitrine/model/frame.ts';

import { fieldName, TIME_FIELD, VALUE_FIELD } from '../field-name.ts';
import { cellAt, columnOf, tableOf, takeFrameRows, type Cell } from './column.ts';
import { isTimeSeries, joinedRefId } from './fields.ts';
import { sortRows } from './sort-by.ts';
import type { TransformationKind } from './transformation.ts';

export const seriesToRows: TransformationKind = {
  id: 'seriesToRows',
  title: 'Series to rows',
  description: 'Puts all series into one table of time, metric and value, newest first.',
  defaults: {},
  apply(frames, _options, run) {
    if (frames.length === 0 || !frames.every(isTimeSeries)) return frames;
    const times: Cell[] = [];
    const metrics: string[] = [];
    const values: Cell[] = [];
    run.allow(3 * frames.reduce((sum, { length, fields }) => sum + length * Math.max(1, fields.length - 1), 0), 'series to rows');
    for (const frame of frames) {
      const time = frame.fields.find(({ type }) => type === 'time')!;
      const numbers = frame.fields.filter(({ type }) => type === 'number');
      for (const field of numbers) {
        const metric = numbers.length === 1 ? metricOf(frame, frames) : fieldName(field, frame, frames);
        for (let row = 0; row < frame.length; row++) {
          times.push(cellAt(time, row));
          metrics.push(metric);
          values.push(cellAt(field, row));
        }
      }
    }
    const time = columnOf({ name: TIME_FIELD }, times, 'time');
    const fields = [time, columnOf({ name: 'Metric' }, metrics, 'string'), columnOf({ name: VALUE_FIELD }, values, 'number')];
    const table = tableOf(joinedRefId('seriesToRows', frames), fields);
    return [takeFrameRows(table, sortRows(time, table.length, true))];
  },
};

/** A frame's own name, else that of its one series. */
function metricOf(frame: Frame, frames: readonly Frame[]): string {
  if (frame.name !== undefined && frame.name !== '') return frame.name;
  const value = frame.fields.find(({ type }) => type === 'number')!;
  return fieldName(value, frame, frames);
}
