import type { Transformation } from '../dashboard.ts';
import { isObject, listOf, objectOf, omit, saysSomething, textOf, type Json } from './json.ts';
import type { Notes } from './report.ts';

const MAX_TRANSFORMATIONS = 100;
const TOPICS = ['series', 'annotations', 'alertStates'] as const;
/** What Vitrine computes: Grafana's, and its own. */
const KNOWN = new Set(
  (
    'reduce filterFieldsByName filterByRefId filterByValue organize renameByRegex joinByField joinByLabels merge concatenate append ' +
    'seriesToRows labelsToFields groupBy groupToNestedTable groupingToMatrix sortBy limit transpose calculateField histogram heatmap ' +
    'regression smoothing twema timeSeriesTable partitionByValues prepareTimeSeries convertFieldType extractFields formatTime formatString ' +
    'rowsToFields configFromData convertFrameType ensureColumns noop order rename filterFrames filterFields ' +
    'fieldLookup spatial ema alignRuns envelope'
  ).split(' '),
);

type Migration = (options: Json) => { readonly id: string; readonly options: Json };

/** Ids and options that older documents have. */
const OLD: Readonly<Record<string, Migration>> = {
  seriesToColumns: (options) => ({ id: 'joinByField', options: { mode: 'outer', ...options } }),
  outerJoin: (options) => ({ id: 'joinByField', options: { mode: 'outer', ...options } }),
  calculateFields: (options) => ({ id: 'calculateField', options }),
  groupByField: (options) => ({ id: 'groupBy', options }),
};

export function readTransformations(value: unknown, notes: Notes): Transformation[] {
  const list = listOf(value);
  if (list.length > MAX_TRANSFORMATIONS) {
    notes.unsupported(`There are ${list.length} transformations; the first ${MAX_TRANSFORMATIONS} are kept.`);
  }
  return list.slice(0, MAX_TRANSFORMATIONS).flatMap((item, index): Transformation[] => {
    const at = notes.at(`[${index}]`);
    if (!isObject(item) || textOf(item['id']) === '') {
      at.repaired('A transformation without an id does nothing; it was left out.');
      return [];
    }
    at.lost(omit(item, ['id', 'options', 'disabled', 'filter', 'topic']));
    const { id, options } = migrate(textOf(item['id']), objectOf(item['options']), at);
    if (!KNOWN.has(id)) at.at('id').unsupported(`The transformation "${id}" is not known here; it is kept and passed over.`);
    const filter = objectOf(item['filter']);
    return [
      {
        id,
        options,
        disabled: item['disabled'] === true,
        filter: textOf(filter['id']) === '' ? undefined : { id: textOf(filter['id']), ...withOptions(filter) },
        topic: TOPICS.find((topic) => topic === item['topic']) ?? '',
      },
    ];
  });
}

function migrate(id: string, options: Json, notes: Notes): { readonly id: string; readonly options: Json } {
  if (Object.hasOwn(OLD, id)) {
    const migrated = OLD[id]!(options);
    notes.migrated(`The transformation ${id} is called ${migrated.id} now.`);
    return migrated;
  }
  if (id === 'timeSeriesTable' && isObject(options['refIdToStat'])) {
    notes.at('options.refIdToStat').migrated('The statistic of each query moved into its own entry.');
    const stats = Object.entries(options['refIdToStat']).map(([refId, stat]) => [refId, { ...objectOf(options[refId]), stat }]);
    return { id, options: { ...omit(options, ['refIdToStat']), ...Object.fromEntries(stats) } };
  }
  if (id === 'prepareTimeSeries' && options['format'] === 'many') return { id, options: { ...options, format: 'multi' } };
  return { id, options };
}

function withOptions(filter: Json): { readonly options?: unknown } {
  return filter['options'] === undefined ? {} : { options: filter['options'] };
}

export function writeTransformations(transformations: readonly Transformation[]): Json[] {
  return transformations.map(({ id, options, disabled, filter, topic }) => ({
    id,
    options,
    ...(disabled ? { disabled } : {}),
    ...(saysSomething(filter) ? { filter } : {}),
    ...(topic === '' ? {} : { topic }),
  }));
}
