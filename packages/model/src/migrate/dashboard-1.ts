import { Read } from '../parse/read.ts';

type Json = Readonly<Record<string, unknown>>;

/** Kinds that kept their look in their options where version 2 keeps it with the field, as Grafana does. */
const LINES: Readonly<Record<string, (options: Json) => readonly [string, unknown][]>> = {
  shape: ({ shape }) => [['lineInterpolation', shape === 'step' ? 'stepAfter' : 'linear']],
  lineWidth: ({ lineWidth }) => [['lineWidth', lineWidth]],
  fillOpacity: ({ fillOpacity }) => [['fillOpacity', Number(fillOpacity) * 100]],
  points: ({ points }) => [['showPoints', points]],
  stacked: ({ stacked }) => [['stacking', { mode: stacked === true ? 'normal' : 'none', group: 'A' }]],
  spanGaps: ({ spanGaps }) => [['spanNulls', spanGaps]],
  scale: ({ scale }) => [['scaleDistribution', scale === 'log' ? { type: 'log', log: 10 } : { type: 'linear' }]],
  softMin: ({ softMin }) => [['axisSoftMin', softMin]],
  softMax: ({ softMax }) => [['axisSoftMax', softMax]],
  thresholds: ({ thresholds }) => [['thresholdsStyle', { mode: thresholds }]],
};
const REDUCERS: Readonly<Record<string, string>> = { last: 'lastNotNull', first: 'firstNotNull' };
const FORMATS: Readonly<Record<string, string>> = { series: 'time_series', table: 'table', buckets: 'heatmap' };

/**
 * Version 1 → 2: rows become sections, and options, field settings and queries take the words of Grafana. A document that is
 * not as version 1 was is passed on as it is where that is so: the parser names what is wrong.
 */
export function migrateDashboard1(input: Json): Json {
  const { panels, ...rest } = input;
  if (!Array.isArray(panels)) return { ...input, version: 2 };
  const inOrder = panels.map((panel) => new Read('', panel).object()).toSorted((a, b) => yOf(a) - yOf(b));
  const rows = inOrder.filter(({ kind }) => kind === 'row');
  const others = inOrder.filter(({ kind }) => kind !== 'row');
  const rowOf = (panel: Json): Json | undefined => rows.findLast((row) => yOf(row) <= yOf(panel));
  const inRow = (row: Json | undefined): Json[] => others.filter((panel) => rowOf(panel) === row);
  const section = (row: Json | undefined, id: unknown) => ({
    id,
    title: row?.['title'] ?? '',
    hideHeader: row === undefined,
    layout: { kind: 'grid', panels: inRow(row).map((panel) => panel['id']) },
  });
  const freeId = Math.max(0, ...inOrder.map(({ id }) => Number(id) || 0)) + 1;
  const leading = inRow(undefined);
  const layout =
    rows.length === 0
      ? { kind: 'grid', panels: others.map(({ id }) => id) }
      : {
          kind: 'rows',
          sections: [
            ...(leading.length === 0 ? [] : [section(undefined, freeId)]),
            ...rows.map((row) => section(row, row['id'])),
          ],
        };
  return { ...rest, version: 2, panels: others.map((panel) => migratePanel(panel, topOf(rowOf(panel)))), layout };
}

function migratePanel(panel: Json, top: number): Json {
  const { field, options, queries, grid, ...rest } = panel;
  const { lookOptions, custom } = moveLook(panel['kind'], asObject(options));
  return {
    ...rest,
    ...(grid === undefined ? {} : { grid: { ...asObject(grid), y: yOf(panel) - top } }),
    ...(Array.isArray(queries) ? { queries: queries.map(migrateQuery) } : {}),
    fieldConfig: { defaults: { ...migrateField(asObject(field)), ...(custom === undefined ? {} : { custom }) } },
    options: lookOptions,
  };
}

function moveLook(kind: unknown, options: Json): { lookOptions: Json; custom?: Json } {
  switch (kind) {
    case 'timeseries': {
      const { legend, ...look } = options;
      const moved = Object.keys(look).flatMap((name) => LINES[name]?.(look) ?? []);
      return {
        lookOptions: {
          legend: { showLegend: legend !== 'hidden', displayMode: 'table', placement: legend === 'right' ? 'right' : 'bottom' },
        },
        custom: Object.fromEntries(moved),
      };
    }
    case 'stat':
    case 'gauge':
    case 'bargauge': {
      const { reduce, graph, names } = options;
      const calc = (typeof reduce === 'string' || reduce === undefined ? REDUCERS[reduce ?? 'last'] : undefined) ?? reduce;
      return {
        lookOptions: {
          reduceOptions: { calcs: [calc], fields: '', values: false },
          ...(graph === undefined ? {} : { graphMode: graph }),
          ...(names === 'always' ? { textMode: 'value_and_name' } : names === 'never' ? { textMode: 'value' } : {}),
        },
      };
    }
    case 'text':
      return { lookOptions: { mode: 'markdown', ...options } };
    default:
      return { lookOptions: options };
  }
}

function migrateField(field: Json): Json {
  const { thresholds, noValue, ...rest } = field;
  return {
    ...rest,
    ...(noValue === undefined || noValue === '' ? {} : { noValue }),
    ...(Array.isArray(thresholds)
      ? {
          thresholds: {
            mode: 'absolute',
            steps: thresholds.map((step) => ({ value: asObject(step)['value'] ?? null, color: asObject(step)['status'] })),
          },
        }
      : {}),
  };
}

function migrateQuery(query: unknown): Json {
  const { source, spec, ...rest } = asObject(query);
  const { expr, legend, mode, format, minStep } = asObject(spec);
  return {
    ...rest,
    source: { type: 'builtin', uid: source ?? 'builtin' },
    spec: {
      expr,
      ...(legend === undefined || legend === '' ? {} : { legendFormat: legend }),
      ...(mode === 'instant' ? { instant: true, range: false } : {}),
      ...(format === undefined || format === 'series'
        ? {}
        : { format: (typeof format === 'string' ? FORMATS[format] : undefined) ?? format }),
      ...(minStep === undefined ? {} : { interval: minStep }),
    },
  };
}

function yOf(panel: Json): number {
  return Number(asObject(panel['grid'])['y']) || 0;
}

/** Where the panels of a row begin. */
function topOf(row: Json | undefined): number {
  return row === undefined ? 0 : yOf(row) + (Number(asObject(row['grid'])['h']) || 1);
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
