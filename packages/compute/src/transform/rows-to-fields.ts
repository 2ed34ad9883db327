import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import { cellAt, columnOf, tableOf, textOf } from './column.ts';
import { settingKey, writeSettings, type Setting } from './config-of-values.ts';
import type { Options } from './options.ts';
import type { Run, TransformationKind } from './transformation.ts';

export const rowsToFields: TransformationKind = {
  id: 'rowsToFields',
  title: 'Rows to fields',
  description: 'Makes a field of each row: one column gives its name, one its value, others its labels and settings.',
  defaults: { mappings: [] },
  apply: (frames, options, run) => frames.map((frame) => toFields(frame, frames, options.list('mappings'), run)),
};

/** The first texts are names and the first numbers values, unless something else is said. */
function toFields(frame: Frame, frames: readonly Frame[], mappings: readonly Options[], run: Run): Frame {
  const said = (field: Field): string => {
    const name = fieldName(field, frame, frames);
    return mappings.find((mapping) => [name, field.name].includes(mapping.text('fieldName')))?.text('handlerKey') ?? '';
  };
  const names =
    frame.fields.find((field) => said(field) === 'field.name') ??
    frame.fields.find((field) => said(field) === '' && field.type === 'string');
  const values =
    frame.fields.find((field) => said(field) === 'field.value') ??
    frame.fields.find((field) => said(field) === '' && field.type === 'number');
  if (names === undefined || values === undefined) return frame;
  run.allow(frame.length, 'rows to fields', frame.length);
  const others = frame.fields.filter((field) => field !== names && field !== values && said(field) !== '__ignore');
  const keyOf = (field: Field): string => said(field) || (settingKey(field.name) ?? 'field.label');
  const labelled = others.filter((field) => keyOf(field) === 'field.label');
  const configured = others.filter((field) => keyOf(field) !== 'field.label');
  const fields = Array.from({ length: frame.length }, (_, row) => {
    const labels = labelled.flatMap((field) => {
      const cell = cellAt(field, row);
      return cell === undefined ? [] : [[field.name, textOf(cell)] as const];
    });
    const settings = configured.map((field): Setting => ({ key: keyOf(field), cell: cellAt(field, row) }));
    const config = writeSettings(values.config ?? {}, settings);
    const header = {
      name: textOf(cellAt(names, row)),
      ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
      ...(Object.keys(config).length > 0 && { config }),
    };
    return columnOf(header, [cellAt(values, row)], values.type);
  });
  return { ...tableOf(frame.refId, fields, frame.name), length: fields.length === 0 ? 0 : 1 };
}
