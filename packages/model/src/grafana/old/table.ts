import { isObject, listOf, numberOf, objectOf, objectsOf, omit, saysSomething, textOf, type Json } from '../json.ts';
import { oldMapping, writeMappings } from '../mappings.ts';
import type { Notes } from '../report.ts';
import { reducerOf } from './reducer.ts';

/** What the old table said in its own words. */
export const OLD_TABLE_KEYS = [
  'columns',
  'fontSize',
  'pageSize',
  'scroll',
  'showHeader',
  'sort',
  'styles',
  'transform',
  'filterNull',
] as const;

/** Columns that the old table made of series, where they are the same however many series there are. */
const COLUMNS_OF: Readonly<Record<string, readonly string[]>> = { timeseries_to_rows: ['Time', 'Metric', 'Value'] };

/** `table-old`, and `table` of before version 7 → table: styles become overrides, `transform` transformations. */
export function migrateOldTable(panel: Json, notes: Notes): Json {
  const given = objectOf(panel['fieldConfig']);
  // The first style that fits decided; of overrides it is the last.
  const overrides = objectsOf(panel['styles'])
    .map((style, index) => styleOverride(style, notes.at(`styles[${index}]`)))
    .toReversed();
  const pageSize = numberOf(panel['pageSize']);
  return {
    ...omit(panel, OLD_TABLE_KEYS),
    type: 'table',
    transformations: [...readTransform(panel, notes), ...listOf(panel['transformations'])],
    options: {
      ...objectOf(panel['options']),
      showHeader: panel['showHeader'] !== false,
      ...readSort(panel, notes),
      ...(pageSize === undefined ? {} : { enablePagination: true, pageSize }),
    },
    fieldConfig: { ...given, overrides: [...overrides, ...listOf(given['overrides'])] },
  };
}

function readTransform(panel: Json, notes: Notes): Json[] {
  const at = notes.at('transform');
  const transform = textOf(panel['transform']);
  switch (transform) {
    case 'timeseries_to_rows':
      at.migrated('Series became rows of time, metric and value.');
      return [{ id: 'seriesToRows', options: {} }];
    case 'timeseries_to_columns':
      at.migrated('Series became columns beside their time.');
      return [{ id: 'joinByField', options: { byField: 'Time', mode: 'outer' } }];
    case 'timeseries_aggregations': {
      const calcs = objectsOf(panel['columns']).map((column) => reducerOf(textOf(column['value'], 'avg')));
      at.migrated('Series became rows of what is computed of each.');
      return [{ id: 'reduce', options: { reducers: calcs.length === 0 ? ['mean'] : calcs } }];
    }
    case 'table':
      return listOf(panel['targets']).length > 1 ? [{ id: 'merge', options: {} }] : [];
    case '':
      return [];
    default:
      at.approximated(`The table's transform "${transform}" is not known here; the answers are shown as they come.`);
      return [];
  }
}

function readSort(panel: Json, notes: Notes): Json {
  const sort = objectOf(panel['sort']);
  const column = numberOf(sort['col']);
  if (column === undefined) return {};
  const name = COLUMNS_OF[textOf(panel['transform'])]?.[column];
  if (name === undefined) {
    notes
      .at('sort')
      .approximated(
        `The table was sorted by its column number ${column}, whose name the document does not say; it is not sorted.`,
      );
    return {};
  }
  const renamed = objectsOf(panel['styles']).find((style) => style['pattern'] === name && saysSomething(style['alias']));
  return { sortBy: [{ displayName: textOf(renamed?.['alias'], name), desc: sort['desc'] === true }] };
}

function styleOverride(style: Json, notes: Notes): Json {
  const pattern = textOf(style['pattern']);
  const regex = /^\/.*\/[a-z]*$/s.test(pattern);
  notes.lost(
    omit(style, [
      'pattern',
      'alias',
      'type',
      'unit',
      'decimals',
      'dateFormat',
      'colorMode',
      'colors',
      'thresholds',
      'link',
      'linkUrl',
      'linkTooltip',
      'linkTargetBlank',
      'align',
      'mappingType',
      'valueMaps',
      'rangeMaps',
      'sanitize',
      'preserveFormat',
    ]),
  );
  const properties = [
    ...named(style),
    ...typed(style, notes),
    ...coloured(style, notes),
    ...linked(style, notes),
    ...aligned(style),
  ];
  return { matcher: { id: regex ? 'byRegexp' : 'byName', options: pattern }, properties };
}

function named(style: Json): Json[] {
  return saysSomething(style['alias']) ? [{ id: 'displayName', value: textOf(style['alias']) }] : [];
}

function typed(style: Json, notes: Notes): Json[] {
  switch (style['type']) {
    case 'hidden':
      return [{ id: 'custom.hidden', value: true }];
    case 'date':
      return [{ id: 'unit', value: `time: ${textOf(style['dateFormat'], 'YYYY-MM-DD HH:mm:ss')}` }];
    case 'number':
      return [
        ...(saysSomething(style['unit']) ? [{ id: 'unit', value: textOf(style['unit']) }] : []),
        ...(numberOf(style['decimals']) === undefined ? [] : [{ id: 'decimals', value: numberOf(style['decimals']) }]),
      ];
    case 'string': {
      if (style['preserveFormat'] === true) notes.at('preserveFormat').approximated('Line breaks in cells are not kept.');
      const ranges = numberOf(style['mappingType']) === 2;
      const maps = objectsOf(style[ranges ? 'rangeMaps' : 'valueMaps']).flatMap((map) =>
        oldMapping({ ...map, type: ranges ? 2 : 1 }, notes),
      );
      return maps.length === 0 ? [] : [{ id: 'mappings', value: writeMappings(maps) }];
    }
    default:
      return [];
  }
}

function coloured(style: Json, notes: Notes): Json[] {
  const mode = textOf(style['colorMode']);
  if (!['cell', 'value', 'row'].includes(mode)) return [];
  const colors = listOf(style['colors']).map((color) => textOf(color, 'text'));
  const limits = listOf(style['thresholds'])
    .map((limit) => numberOf(limit))
    .filter((limit) => limit !== undefined);
  if (limits.length < listOf(style['thresholds']).length)
    notes.at('thresholds').repaired('Thresholds that are no numbers were left out.');
  const steps = [undefined, ...limits].map((value, index) => ({
    value: value ?? null,
    color: colors[Math.min(index, colors.length - 1)] ?? 'text',
  }));
  return [
    {
      id: 'custom.cellOptions',
      value:
        mode === 'value' ? { type: 'color-text' } : { type: 'color-background', ...(mode === 'row' ? { applyToRow: true } : {}) },
    },
    { id: 'thresholds', value: { mode: 'absolute', steps } },
  ];
}

function linked(style: Json, notes: Notes): Json[] {
  if (style['link'] !== true || !saysSomething(style['linkUrl'])) return [];
  notes.at('linkUrl').migrated('The link of the cells became a data link.');
  const title = textOf(style['linkTooltip'], 'Open');
  return [
    {
      id: 'links',
      value: [
        { title: newMacros(title), url: newMacros(textOf(style['linkUrl'])), targetBlank: style['linkTargetBlank'] === true },
      ],
    },
  ];
}

/** `$__cell` was the cell, `$__cell_2` the row's third cell. */
function newMacros(text: string): string {
  return text
    .replaceAll(
      /\$\{__cell_(\d+)(?::raw)?\}|\$__cell_(\d+)(?::raw)?/g,
      (_, braced?: string, bare?: string) => `\${__data.fields[${braced ?? bare}]}`,
    )
    .replaceAll(/\$\{__cell(:raw)?\}|\$__cell(:raw)?\b/g, (_, braced?: string, bare?: string) =>
      (braced ?? bare) === undefined ? '${__value.text}' : '${__value.raw}',
    );
}

function aligned(style: Json): Json[] {
  const align = textOf(style['align']);
  return ['left', 'center', 'right'].includes(align) ? [{ id: 'custom.align', value: align }] : [];
}

/** Grafana leaves the old words beside the new options that it made of them. */
export function isOldTable(panel: Json): boolean {
  if (panel['type'] === 'table-old') return true;
  const isNew = objectOf(panel['options'])['showHeader'] !== undefined;
  return (
    !isNew &&
    panel['type'] === 'table' &&
    (Array.isArray(panel['styles']) || isObject(panel['sort']) || panel['transform'] !== undefined)
  );
}
