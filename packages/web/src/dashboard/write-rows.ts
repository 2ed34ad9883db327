import { cellValue } from '@vitrine/compute/field/display.ts';
import type { Frame } from '@vitrine/model/frame.ts';

/** A frame for a JSON file: its columns with their labels, and its rows. Times are ISO 8601; null is no value, NaN is "NaN". */
export function writeRows(frame: Frame): unknown {
  const { refId, name, fields, length } = frame;
  return {
    refId,
    ...(name === undefined ? {} : { name }),
    columns: fields.map((field) => ({ name: field.name, type: field.type, labels: field.labels })),
    rows: Array.from({ length }, (_, row) =>
      fields.map((field) => {
        const value = cellValue(field, row);
        if (value === undefined) return null;
        if (field.type === 'time') return new Date(value as number).toISOString();
        if (field.type === 'frame') return (value as readonly Frame[]).map(writeRows);
        // JSON has no word for these.
        return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
      }),
    ),
  };
}
