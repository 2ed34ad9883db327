import { defined, isObject, listOf, numberOf, objectOf, objectsOf, omit, saysSomething, textOf, type Json } from '../json.ts';
import type { Notes } from '../report.ts';
import { type Axis, readAxis } from './axis.ts';
import { reducerOf } from './reducer.ts';

/** What the graph panel said in its own words. All of it is read here; a finding says what of it was lost. */
export const GRAPH_KEYS = [
  'aliasColors',
  'bars',
  'dashes',
  'dashLength',
  'spaceLength',
  'paceLength',
  'decimals',
  'fill',
  'fillGradient',
  'grid',
  'hiddenSeries',
  'legend',
  'leftYAxisLabel',
  'rightYAxisLabel',
  'lines',
  'linewidth',
  'nullPointMode',
  'percentage',
  'pointradius',
  'points',
  'seriesOverrides',
  'stack',
  'steppedLine',
  'thresholds',
  'timeRegions',
  'tooltip',
  'xaxis',
  'x-axis',
  'y-axis',
  'y_formats',
  'yaxes',
  'yaxis',
] as const;

const GROUP = 'A';
const THRESHOLD_COLORS: Readonly<Record<string, string>> = { critical: 'red', warning: 'orange', ok: 'green' };

export interface Migrated {
  readonly panel: Json;
  /** Annotation queries that the panel's time regions became. */
  readonly annotations: readonly Json[];
}

/** `graph` → timeseries; with the x axis of series, a bar chart; with that of a histogram, a histogram. */
export function migrateGraph(panel: Json, notes: Notes): Migrated {
  const xaxis = objectOf(panel['xaxis']);
  const [left, right] = axesOf(panel);
  const leftAxis = readAxis(left, notes.at('yaxes[0]'));
  const given = objectOf(panel['fieldConfig']);
  const { custom: givenCustom, ...givenDefaults } = objectOf(given['defaults']);
  const thresholds = readThresholds(listOf(panel['thresholds']), notes.at('thresholds'));
  const look = readLook(panel, notes);
  const overrides = [
    ...Object.entries(objectOf(panel['aliasColors'])).map(([alias, color]) => override(alias, [fixedColor(color)])),
    ...objectsOf(panel['seriesOverrides']).flatMap((own, index) =>
      seriesOverride(own, panel, right, notes.at(`seriesOverrides[${index}]`)),
    ),
  ];
  const defaults = {
    color: { mode: 'palette-classic' },
    ...givenDefaults,
    ...leftAxis.settings,
    ...(isShared(panel) ? endsAsShares(leftAxis.settings) : {}),
    ...defined({ decimals: numberOf(panel['decimals']) ?? leftAxis.settings.decimals }),
    ...(thresholds === undefined ? {} : { thresholds: thresholds.thresholds }),
    ...(dataLinks(panel).length === 0 ? {} : { links: dataLinks(panel) }),
    custom: {
      ...objectOf(givenCustom),
      ...look,
      ...leftAxis.custom,
      ...(thresholds === undefined ? {} : { thresholdsStyle: { mode: thresholds.style } }),
    },
  };
  const migrated: Json = {
    ...omit(panel, GRAPH_KEYS),
    type: 'timeseries',
    options: {
      ...omit(objectOf(panel['options']), ['dataLinks', 'alertThreshold']),
      legend: readLegend(objectOf(panel['legend']), notes.at('legend')),
      tooltip: readTooltip(panel, notes.at('tooltip')),
    },
    fieldConfig: { ...given, defaults, overrides: [...overrides, ...listOf(given['overrides'])] },
  };
  const annotations = objectsOf(panel['timeRegions']).map((region, index) =>
    timeRegion(region, panel, index, notes.at(`timeRegions[${index}]`)),
  );
  return { panel: byXAxis(migrated, xaxis, notes), annotations };
}

/** Stacked to a whole. */
function isShared(panel: Json): boolean {
  return panel['stack'] === true && panel['percentage'] === true;
}

/** The axis of such a stack went to 100; now it goes to 1, which is written as 100 %. */
function endsAsShares({ min, max }: Axis['settings']): Pick<Axis['settings'], 'min' | 'max'> {
  return defined({ min: min === undefined ? undefined : min / 100, max: max === undefined ? undefined : max / 100 });
}

/** Before version 12 the axes stood in y_formats, grid and the labels of either side. */
function axesOf(panel: Json): [Json, Json] {
  const [left, right] = objectsOf(panel['yaxes']);
  if (left !== undefined) return [left, right ?? {}];
  const formats = listOf(panel['y_formats']);
  const grid = objectOf(panel['grid']);
  const side = (index: number, name: 'left' | 'right'): Json => ({
    format: formats[index] ?? 'short',
    label: panel[`${name}YAxisLabel`],
    min: grid[`${name}Min`],
    max: grid[`${name}Max`],
    logBase: grid[`${name}LogBase`],
    show: panel['y-axis'] !== false,
  });
  return [side(0, 'left'), side(1, 'right')];
}

function readLook(panel: Json, notes: Notes): Json {
  const bars = panel['bars'] === true;
  const lines = panel['lines'] !== false;
  const points = panel['points'] === true;
  const drawStyle = bars ? 'bars' : lines ? 'line' : points ? 'points' : 'line';
  const fill = (numberOf(panel['fill']) ?? 1) * 10;
  const gradient = (numberOf(panel['fillGradient']) ?? 0) * 10;
  if (panel['nullPointMode'] === 'null as zero') {
    notes.at('nullPointMode').approximated('Missing values were drawn as zero; here they stay missing, as a gap.');
  }
  if (bars && panel['lines'] === true) notes.at('bars').approximated('Bars and lines of one panel are drawn as bars.');
  if (panel['hiddenSeries'] === true)
    notes.at('hiddenSeries').approximated('Series that were switched off in the legend are shown again.');
  if (objectOf(panel['xaxis'])['show'] === false) notes.at('xaxis.show').approximated('The x axis was hidden; here it is shown.');
  return {
    drawStyle,
    lineWidth: drawStyle === 'line' && !lines ? 0 : (numberOf(panel['linewidth']) ?? 1),
    fillOpacity: bars ? 100 : gradient > 0 ? Math.max(gradient, fill) : fill,
    gradientMode: gradient > 0 ? 'opacity' : 'none',
    lineInterpolation: panel['steppedLine'] === true ? 'stepAfter' : 'linear',
    spanNulls: panel['nullPointMode'] === 'connected',
    showPoints: points ? 'always' : 'never',
    pointSize: pointSize(numberOf(panel['pointradius']) ?? 2),
    stacking: { mode: isShared(panel) ? 'percent' : panel['stack'] === true ? 'normal' : 'none', group: GROUP },
    ...(panel['dashes'] === true ? { lineStyle: dashed(panel) } : {}),
  };
}

/** The graph panel drew circles of this radius around a dot. */
function pointSize(radius: number): number {
  return Math.max(1, 2 + 2 * radius);
}

function dashed(panel: Json): Json {
  return { fill: 'dash', dash: [numberOf(panel['dashLength']) ?? 10, numberOf(panel['spaceLength']) ?? 10] };
}

function readLegend(legend: Json, notes: Notes): Json {
  const wanted = ['min', 'max', 'avg', 'current', 'total'].filter((key) => legend[key] === true);
  const sort = textOf(legend['sort']);
  if (legend['hideEmpty'] === true || legend['hideZero'] === true) {
    notes.approximated('The legend left out series that were empty or zero; here it names all.');
  }
  return {
    displayMode: legend['alignAsTable'] === true ? 'table' : 'list',
    placement: legend['rightSide'] === true ? 'right' : 'bottom',
    showLegend: legend['show'] !== false,
    calcs: legend['values'] === true ? wanted.map((key) => reducerOf(key)) : [],
    ...(sort === '' || sort === 'null' ? {} : { sortBy: SORT_NAMES[sort] ?? sort, sortDesc: legend['sortDesc'] === true }),
    ...defined({ width: numberOf(legend['sideWidth']) }),
  };
}

/** Columns of a legend are sorted by what stands above them. */
const SORT_NAMES: Readonly<Record<string, string>> = { min: 'Min', max: 'Max', avg: 'Mean', current: 'Last *', total: 'Total' };

function readTooltip(panel: Json, notes: Notes): Json {
  const tooltip = objectOf(panel['tooltip']);
  if (tooltip['value_type'] === 'cumulative' && panel['stack'] === true) {
    notes.at('value_type').approximated('The tooltip showed sums of the stack; here it shows each series’ own value.');
  }
  return {
    mode: tooltip['shared'] === false ? 'single' : 'multi',
    sort: ['none', 'asc', 'desc'][numberOf(tooltip['sort']) ?? 0] ?? 'none',
  };
}

function dataLinks(panel: Json): readonly Json[] {
  return objectsOf(objectOf(panel['options'])['dataLinks']);
}

function override(alias: string, properties: readonly Json[]): Json {
  const pattern = /^\/.*\/[a-z]*$/s.test(alias);
  return { matcher: { id: pattern ? 'byRegexp' : 'byName', options: alias }, properties };
}

function fixedColor(color: unknown): Json {
  return { id: 'color', value: { mode: 'fixed', fixedColor: textOf(color, 'text') } };
}

/** What each key of a series override becomes; [] where it says nothing. */
function seriesOverride(own: Json, panel: Json, rightAxis: Json, notes: Notes): Json[] {
  const alias = textOf(own['alias']);
  if (alias === '') {
    notes.repaired('A series override without an alias finds no series; it was left out.');
    return [];
  }
  const hidden = { viz: own['hiddenSeries'] === true, legend: own['legend'] === false, tooltip: own['hideTooltip'] === true };
  const properties = Object.entries(own).flatMap(([key, value]) => overrideProperty(key, value, own, panel, rightAxis, notes));
  if (hidden.viz || hidden.legend || hidden.tooltip) properties.push({ id: 'custom.hideFrom', value: hidden });
  return [override(alias, properties)];
}

function overrideProperty(key: string, value: unknown, own: Json, panel: Json, rightAxis: Json, notes: Notes): Json[] {
  const custom = (id: string, setting: unknown): Json[] => [{ id: `custom.${id}`, value: setting }];
  const number = numberOf(value);
  switch (key) {
    case 'alias':
    case '$$hashKey':
    case 'dashLength':
    case 'spaceLength':
    case 'hiddenSeries':
    case 'legend':
    case 'hideTooltip':
      return [];
    case 'color':
      return [fixedColor(value)];
    case 'fill':
      return number === undefined ? [] : custom('fillOpacity', number * 10);
    case 'fillGradient':
      return number === undefined
        ? []
        : [...custom('gradientMode', number > 0 ? 'opacity' : 'none'), ...(number > 0 ? custom('fillOpacity', number * 10) : [])];
    case 'linewidth':
      return number === undefined ? [] : custom('lineWidth', number);
    case 'lines':
      return value === true
        ? custom('drawStyle', 'line')
        : own['bars'] === true || own['points'] === true
          ? []
          : custom('lineWidth', 0);
    case 'bars':
      return value === true ? [...custom('drawStyle', 'bars'), ...custom('fillOpacity', 100)] : [];
    case 'points':
      return value !== true
        ? custom('showPoints', 'never')
        : own['lines'] === false
          ? custom('drawStyle', 'points')
          : custom('showPoints', 'always');
    case 'pointradius':
      return number === undefined ? [] : custom('pointSize', pointSize(number));
    case 'steppedLine':
      return custom('lineInterpolation', value === true ? 'stepAfter' : 'linear');
    case 'dashes':
      return custom('lineStyle', value === true ? dashed({ ...panel, ...own }) : { fill: 'solid' });
    case 'stack': {
      const mode = panel['percentage'] === true ? 'percent' : 'normal';
      if (value === false) return custom('stacking', { mode: 'none', group: GROUP });
      return custom('stacking', { mode, group: value === true ? GROUP : textOf(value, GROUP) });
    }
    case 'nullPointMode':
      return custom('spanNulls', value === 'connected');
    case 'fillBelowTo':
      return custom('fillBelowTo', value);
    case 'transform':
      return value === 'negative-Y' || value === 'constant' ? custom('transform', value) : [];
    case 'yaxis': {
      if (number !== 2) return [];
      const axis = readAxis(rightAxis, notes.at('yaxis'));
      const side = axis.custom['axisPlacement'] === 'hidden' ? 'hidden' : 'right';
      return [
        ...Object.entries(axis.settings).map(([id, setting]) => ({ id, value: setting })),
        ...Object.entries({ ...axis.custom, axisPlacement: side }).flatMap(([id, setting]) => custom(id, setting)),
      ];
    }
    case 'zindex':
      if (number !== undefined && number !== 0)
        notes.at(key).approximated('Series are drawn in the order of the answer, not of their z-index.');
      return [];
    default:
      if (saysSomething(value)) notes.at(key).unsupported(`"${key}" of a series override is not known here and was left out.`);
      return [];
  }
}

/** "Above 90 critical" and "below 10 critical" as steps; between them nothing is coloured. */
function readThresholds(
  list: readonly unknown[],
  notes: Notes,
): { readonly thresholds: Json; readonly style: string } | undefined {
  const given = list.filter(isObject).flatMap((threshold, index) => {
    const value = numberOf(threshold['value']);
    if (value === undefined) {
      notes.at(`[${index}]`).repaired('A threshold without a value was left out.');
      return [];
    }
    if (threshold['yaxis'] === 'right')
      notes.at(`[${index}].yaxis`).approximated('The threshold stood on the right axis; here it stands on the left.');
    return [
      {
        value,
        below: threshold['op'] === 'lt',
        color: thresholdColor(threshold),
        line: threshold['line'] !== false,
        fill: threshold['fill'] !== false,
      },
    ];
  });
  if (given.length === 0) return undefined;
  const steps: { value: number | null; color: string }[] = [{ value: null, color: 'transparent' }];
  for (const { value, below, color } of given.toSorted((a, b) => a.value - b.value)) {
    if (below) {
      steps.at(-1)!.color = color;
      steps.push({ value, color: 'transparent' });
    } else {
      steps.push({ value, color });
    }
  }
  const line = given.some((threshold) => threshold.line);
  const area = given.some((threshold) => threshold.fill);
  return { thresholds: { mode: 'absolute', steps }, style: line && area ? 'line+area' : line ? 'line' : area ? 'area' : 'off' };
}

function thresholdColor(threshold: Json): string {
  const mode = textOf(threshold['colorMode'], 'critical');
  return THRESHOLD_COLORS[mode] ?? textOf(threshold['fillColor'], textOf(threshold['lineColor'], 'red'));
}

/** A stretch of each day or week, shown behind this panel. */
function timeRegion(region: Json, panel: Json, index: number, notes: Notes): Json {
  notes.migrated('The time region became an annotation query that only this panel shows.');
  const { colorMode, fillColor, lineColor, fromDayOfWeek, toDayOfWeek, from, to, timezone } = region;
  const mode = textOf(colorMode, 'background6');
  return {
    name: `${textOf(panel['title'], 'Panel')}: time region ${index + 1}`,
    datasource: { type: 'grafana', uid: '-- Grafana --' },
    enable: true,
    hide: true,
    iconColor:
      mode === 'custom' ? textOf(fillColor, textOf(lineColor, 'blue')) : (REGION_COLORS[mode] ?? 'rgba(128, 128, 128, 0.3)'),
    filter: { exclude: false, ids: [panel['id']] },
    target: {
      refId: 'Anno',
      queryType: 'timeRegions',
      // Times of the old panel are UTC, whatever the dashboard's zone.
      timeRegion: defined({ mode: 'simple', fromDayOfWeek, toDayOfWeek, from, to, timezone: timezone ?? 'utc' }),
    },
  };
}

const REGION_COLORS: Readonly<Record<string, string>> = {
  red: 'red',
  green: 'green',
  blue: 'blue',
  yellow: 'yellow',
  orange: 'orange',
};

function byXAxis(panel: Json, xaxis: Json, notes: Notes): Json {
  switch (xaxis['mode']) {
    case 'series': {
      const calc = reducerOf(textOf(listOf(xaxis['values'])[0], 'total'));
      notes.at('xaxis.mode').migrated(`A bar for each series became a bar chart of their ${calc}.`);
      return {
        ...panel,
        type: 'barchart',
        transformations: [...listOf(panel['transformations']), { id: 'reduce', options: { reducers: [calc] } }],
      };
    }
    case 'histogram': {
      notes.at('xaxis.mode').migrated('The histogram on the x axis became a histogram panel.');
      return {
        ...panel,
        type: 'histogram',
        options: { ...objectOf(panel['options']), combine: true, ...defined({ bucketCount: numberOf(xaxis['buckets']) }) },
      };
    }
    default:
      return panel;
  }
}
