import type { Field } from '@vitrine/model/frame.ts';

import { cellAt, columnOf, numberOf, textOf, type Cell, type FieldType } from './column.ts';
import { findField } from './fields.ts';
import { formatField } from './format-time.ts';
import type { Options } from './options.ts';
import { parseTime } from './parse-time.ts';
import type { TransformationKind } from './transformation.ts';

export const convertFieldType: TransformationKind = {
  id: 'convertFieldType',
  title: 'Convert field type',
  description: 'Reads the values of a field as numbers, texts, times, true or false, or JSON.',
  defaults: { fields: {}, conversions: [{}] },
  apply(frames, options, run) {
    const conversions = options
      .list('conversions')
      .filter((one) => one.text('targetField') !== '' && one.text('destinationType') !== '');
    if (conversions.length === 0) return frames;
    return frames.map((frame) => {
      const fields = [...frame.fields];
      for (const conversion of conversions) {
        const found = findField(conversion.text('targetField'), frame, frames);
        const index = found === undefined ? -1 : frame.fields.indexOf(found);
        if (index >= 0) fields[index] = convert(fields[index]!, conversion, run.timeZone);
      }
      return { ...frame, fields };
    });
  },
};

/** What cannot be read as the new type is missing. */
function convert(field: Field, options: Options, pageZone: string): Field {
  const type = options.choice('destinationType', ['number', 'string', 'time', 'boolean', 'other', 'enum'], 'number');
  const zone = options.text('timezone') || pageZone;
  const format = options.text('dateFormat');
  switch (type) {
    case 'number':
      return mapField(field, 'number', numberOf);
    case 'time':
      return mapField(field, 'time', (cell) =>
        typeof cell === 'number' ? cell : typeof cell === 'string' ? parseTime(cell, format, zone) : undefined,
      );
    case 'boolean':
      return mapField(field, 'boolean', (cell) => (cell === 'false' ? false : Boolean(cell)));
    case 'other':
      return mapField(field, 'json', (cell) => (typeof cell === 'string' ? parseJson(cell) : cell));
    case 'enum':
    case 'string': {
      if (field.type === 'string') return field;
      if (field.type === 'time') return formatField(field, format || 'YYYY-MM-DDTHH:mm:ssZ', zone);
      const join = options.text('joinWith');
      return mapField(field, 'string', (cell) =>
        join !== '' && Array.isArray(cell) ? cell.map((item) => textOf(item as Cell)).join(join) : textOf(cell),
      );
    }
  }
}

function mapField(field: Field, type: FieldType, convertCell: (cell: Exclude<Cell, undefined>) => Cell): Field {
  const cells = Array.from({ length: field.values.length }, (_, row): Cell => {
    const cell = cellAt(field, row);
    return cell === undefined ? undefined : convertCell(cell);
  });
  return columnOf(field, cells, type);
}

function parseJson(text: string): Cell {
  try {
    return (JSON.parse(text) ?? undefined) as Cell;
  } catch {
    return undefined;
  }
}
