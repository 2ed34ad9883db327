import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import { fieldMatcher } from '../matcher.ts';
import { cellAt, type Cell } from './column.ts';
import { mappingsOf, settingKey, writeSettings, type Setting } from './config-of-values.ts';
import { requireReducer } from './fields.ts';
import type { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

const IGNORE = '__ignore';

export const configFromData: TransformationKind = {
  id: 'configFromData',
  title: 'Config from query results',
  description: 'Takes min, max, unit, thresholds or value mappings of fields from the answer of one query.',
  defaults: { configRefId: 'config', mappings: [] },
  apply(frames, options) {
    const refId = options.text('configRefId', 'config');
    const sources = frames.filter((frame) => frame.refId === refId);
    const [source] = sources;
    if (source === undefined) return frames;
    const settings = readSettings(source, frames, options.list('mappings'));
    const mappings = readMappings(source, frames, options.list('mappings'));
    const applyTo = options.has('applyTo') ? options.inner('applyTo') : undefined;
    const matches = applyTo === undefined ? fieldMatcher('numeric') : fieldMatcher(applyTo.text('id'), applyTo.get('options'));
    const configure = (field: Field, frame: Frame): Field => {
      if (!matches(field, frame, frames)) return field;
      const config = writeSettings(field.config ?? {}, settings);
      return {
        ...field,
        config: mappings.length === 0 ? config : { ...config, mappings: [...(config.mappings ?? []), ...mappings] },
      };
    };
    const others = frames.filter((frame) => !sources.includes(frame));
    return others.map((frame) => ({ ...frame, fields: frame.fields.map((field) => configure(field, frame)) }));
  },
};

function mappingOf(field: Field, frame: Frame, frames: readonly Frame[], mappings: readonly Options[]): Options | undefined {
  const name = fieldName(field, frame, frames);
  return mappings.find((mapping) => [name, field.name].includes(mapping.text('fieldName')));
}

/** A field that is called as a setting is that setting, where nothing else is said. */
function readSettings(frame: Frame, frames: readonly Frame[], mappings: readonly Options[]): Setting[] {
  return frame.fields.flatMap((field): Setting[] => {
    const mapping = mappingOf(field, frame, frames, mappings);
    const key = mapping?.text('handlerKey') || (settingKey(field.name) ?? IGNORE);
    if (key === IGNORE || key.startsWith('mappings.')) return [];
    const reducer = requireReducer('mappings.reducerId', mapping?.text('reducerId') || 'lastNotNull');
    const color = mapping?.inner('handlerArguments').inner('threshold').text('color');
    return [{ key, cell: reducer.reduce(field), ...(color !== undefined && color !== '' && { color }) }];
  });
}

function readMappings(frame: Frame, frames: readonly Frame[], mappings: readonly Options[]) {
  const cellsOf = (key: string): Cell[] => {
    const field = frame.fields.find((one) => mappingOf(one, frame, frames, mappings)?.text('handlerKey') === key);
    return field === undefined ? [] : Array.from({ length: frame.length }, (_, row) => cellAt(field, row));
  };
  return mappingsOf(cellsOf('mappings.value'), cellsOf('mappings.text'), cellsOf('mappings.color'));
}
