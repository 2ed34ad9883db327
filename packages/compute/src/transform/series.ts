/** Frames of several series, and frames of one each. */
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { TIME_FIELD, VALUE_FIELD } from '../field-name.ts';
import { takeRows } from './column.ts';

/**
 * One frame for each series, as dashboards made for Grafana expect of a Prometheus query: a column of x (called "Time" where it is
 * time) and a column "Value" that goes by the series' name and labels. Rows where the series has no value are left out. Frames
 * that are not series stay as they are.
 */
export function splitSeries(frames: readonly Frame[]): readonly Frame[] {
  if (frames.every((frame) => frame.shape !== 'series' || isSplit(frame))) return frames;
  return frames.flatMap((frame) => {
    const [x, ...series] = frame.fields;
    if (frame.shape !== 'series' || isSplit(frame) || x === undefined) return [frame];
    const shared: Field = x.type === 'time' ? { ...x, name: TIME_FIELD } : x;
    return series.map((field) => splitOne(frame, shared, field));
  });
}

function isSplit({ fields }: Frame): boolean {
  return fields.length === 2 && fields[1]?.name === VALUE_FIELD && (fields[0]?.type !== 'time' || fields[0].name === TIME_FIELD);
}

function splitOne(frame: Frame, x: Field, field: Field): Frame {
  const legend = field.config?.displayNameFromSource ?? field.name;
  const named = legend === '' || legend === VALUE_FIELD ? {} : { displayNameFromSource: legend };
  const value: Field = { ...field, name: VALUE_FIELD, config: { ...field.config, ...named } };
  const rows = presentRows(field);
  if (rows === undefined) return { ...frame, fields: [x, value] };
  return { ...frame, length: rows.length, fields: [takeRows(x, rows), takeRows(value, rows)] };
}

function presentRows({ present }: Field): Int32Array | undefined {
  if (present === undefined || !present.includes(0)) return undefined;
  const rows = new Int32Array(present.length);
  let count = 0;
  for (let row = 0; row < present.length; row++) if (present[row] === 1) rows[count++] = row;
  return rows.subarray(0, count);
}

/**
 * Tells series from tables by what a frame holds: rising times in the first column and nothing but numbers beside it make
 * series; so do numbers beside the x of a frame that was one. Logs, traces and the like stay what they are.
 */
export function withShape(frame: Frame): Frame {
  if (frame.shape !== 'series' && frame.shape !== 'table') return frame;
  const [x, ...rest] = frame.fields;
  const curves = rest.length > 0 && rest.every(({ type }) => type === 'number');
  const overX = x?.type === 'time' || (frame.shape === 'series' && x?.type === 'number');
  const shape = curves && overX && rises(x) ? 'series' : 'table';
  return shape === frame.shape ? frame : { ...frame, shape };
}

function rises(field: Field): boolean {
  if ((field.type !== 'time' && field.type !== 'number') || field.present?.includes(0) === true) return false;
  for (let row = 1; row < field.values.length; row++) if (!(field.values[row]! > field.values[row - 1]!)) return false;
  return true;
}
