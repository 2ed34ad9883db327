import type { Field } from '@vitrine/model/frame.ts';

import { formatDate } from '../variable/format-date.ts';
import { cellAt, columnOf, textOf, type Cell } from './column.ts';
import { findField } from './fields.ts';
import type { TransformationKind } from './transformation.ts';

/** What a time is written as where nobody said: ISO 8601 without milliseconds. */
const USUAL_FORMAT = 'YYYY-MM-DDTHH:mm:ssZ';

export const formatTime: TransformationKind = {
  id: 'formatTime',
  title: 'Format time',
  description: 'Writes times as text, in a pattern such as YYYY-MM-DD HH:mm.',
  defaults: { timeField: '', outputFormat: '', useTimezone: true },
  apply(frames, options, run) {
    const format = options.text('outputFormat') || USUAL_FORMAT;
    const zone = options.flag('useTimezone', true) ? options.text('timezone') || run.timeZone : 'UTC';
    return frames.map((frame) => {
      const found = findField(options.text('timeField'), frame, frames);
      if (found?.type !== 'time' && found?.type !== 'number') return frame;
      return { ...frame, fields: frame.fields.map((field) => (field === found ? formatField(field, format, zone) : field)) };
    });
  },
};

/** Times as texts; missing ones stay missing. */
export function formatField(field: Field, format: string, timeZone: string): Field {
  const zone = timeZone === 'utc' ? 'UTC' : timeZone;
  const cells = Array.from({ length: field.values.length }, (_, row): Cell => {
    const cell = cellAt(field, row);
    return cell === undefined ? undefined : formatDate(textOf(cell), format, zone);
  });
  return columnOf(field, cells, 'string');
}
