import { defined, isObject, listOf, numberOf, objectOf, omit, saysSomething, textOf, type Json } from '../json.ts';
import type { Notes } from '../report.ts';
import { reducerOf } from './reducer.ts';

/**
 * stat, gauge, bargauge and piechart of version 6 had `options.fieldOptions` with what is fieldConfig and reduceOptions now; the
 * gauge of 5.4 and 6.0 had it flat in `options`, with `valueOptions`.
 */
export function migrateFieldOptions(panel: Json, notes: Notes): Json {
  const options = objectOf(panel['options']);
  if (isObject(options['valueOptions'])) return migrateValueOptions(panel, options, notes);
  const { fieldOptions, ...others } = options;
  if (!isObject(fieldOptions)) return panel;
  notes.at('options.fieldOptions').migrated('fieldOptions became fieldConfig and reduceOptions.');
  // In 6.0 and 6.1 the thresholds and mappings stood beside the defaults.
  const { calcs, values, limit, defaults, override, overrides, thresholds, mappings, ...rest } = fieldOptions;
  const given = objectOf(panel['fieldConfig']);
  notes.at('options.fieldOptions').lost(rest);
  return {
    ...panel,
    options: {
      ...others,
      reduceOptions: {
        values: values === true,
        calcs: listOf(calcs).map((calc) => reducerOf(textOf(calc))),
        ...defined({ limit: numberOf(limit) }),
      },
    },
    fieldConfig: {
      ...given,
      defaults: {
        ...objectOf(override),
        ...objectOf(defaults),
        ...(saysSomething(thresholds) ? { thresholds } : {}),
        ...(saysSomething(mappings) ? { mappings } : {}),
        ...objectOf(given['defaults']),
      },
      overrides: [...listOf(overrides), ...listOf(given['overrides'])],
    },
  };
}

function migrateValueOptions(panel: Json, options: Json, notes: Notes): Json {
  notes.at('options.valueOptions').migrated('valueOptions became fieldConfig and reduceOptions.');
  const value = objectOf(options['valueOptions']);
  if (saysSomething(value['prefix']) || saysSomething(value['suffix'])) {
    notes.at('options.valueOptions').approximated('What stood before and behind the value is not shown.');
  }
  const given = objectOf(panel['fieldConfig']);
  return {
    ...panel,
    options: {
      ...omit(options, ['valueOptions', 'valueMappings', 'thresholds', 'minValue', 'maxValue']),
      reduceOptions: { values: false, calcs: [reducerOf(textOf(value['stat'], 'mean'))] },
    },
    fieldConfig: {
      ...given,
      defaults: {
        ...defined({
          unit: saysSomething(value['unit']) ? textOf(value['unit']) : undefined,
          decimals: numberOf(value['decimals']),
          min: numberOf(options['minValue']),
          max: numberOf(options['maxValue']),
          mappings: options['valueMappings'],
          thresholds: options['thresholds'],
        }),
        ...objectOf(given['defaults']),
      },
    },
  };
}
