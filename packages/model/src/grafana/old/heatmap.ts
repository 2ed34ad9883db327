import { defined, isObject, numberOf, objectOf, omit, saysSomething, textOf, type Json } from '../json.ts';
import type { Notes } from '../report.ts';

/** What the old heatmap said in its own words. */
export const OLD_HEATMAP_KEYS = [
  'cards',
  'color',
  'dataFormat',
  'heatmap',
  'hideZeroBuckets',
  'highlightCards',
  'legend',
  'reverseYBuckets',
  'tooltip',
  'tooltipDecimals',
  'xAxis',
  'xBucketNumber',
  'xBucketSize',
  'yAxis',
  'yBucketBound',
  'yBucketNumber',
  'yBucketSize',
] as const;

/** Grafana leaves the old words beside the new options that it made of them. */
export function isOldHeatmap(panel: Json): boolean {
  const options = objectOf(panel['options']);
  const isNew = options['calculate'] !== undefined || isObject(options['yAxis']);
  return (
    !isNew &&
    panel['type'] === 'heatmap' &&
    (panel['dataFormat'] !== undefined || isObject(panel['yAxis']) || isObject(panel['cards']))
  );
}

/** The heatmap of before version 9, of buckets or of series. */
export function migrateOldHeatmap(panel: Json, notes: Notes): Json {
  const yAxis = objectOf(panel['yAxis']);
  const color = objectOf(panel['color']);
  const cards = objectOf(panel['cards']);
  const tooltip = objectOf(panel['tooltip']);
  const calculate = panel['dataFormat'] !== 'tsbuckets';
  const bound = textOf(panel['yBucketBound'], 'auto');
  const logBase = numberOf(yAxis['logBase']) ?? 1;
  if (saysSomething(yAxis['splitFactor']))
    notes.at('yAxis.splitFactor').approximated('Buckets of a logarithmic axis are not split.');
  if (objectOf(panel['xAxis'])['show'] === false) notes.at('xAxis.show').approximated('The x axis was hidden; here it is shown.');
  return {
    ...omit(panel, OLD_HEATMAP_KEYS),
    options: {
      ...objectOf(panel['options']),
      calculate,
      ...(calculate
        ? {
            calculation: defined({
              xBuckets: buckets(panel['xBucketNumber'], panel['xBucketSize']),
              yBuckets: {
                ...buckets(panel['yBucketNumber'], panel['yBucketSize']),
                ...(logBase > 1 ? { scale: { type: 'log', log: logBase } } : {}),
              },
            }),
          }
        : {}),
      color: readColor(color),
      cellGap: numberOf(cards['cardPadding']) ?? 2,
      cellRadius: numberOf(cards['cardRound']) ?? 0,
      rowsFrame: { layout: bound === 'upper' ? 'le' : bound === 'lower' ? 'ge' : 'auto' },
      yAxis: {
        unit: textOf(yAxis['format'], 'short'),
        axisPlacement: yAxis['show'] === false ? 'hidden' : 'left',
        reverse: panel['reverseYBuckets'] === true,
        ...defined({
          decimals: numberOf(yAxis['decimals']),
          min: numberOf(yAxis['min']),
          max: numberOf(yAxis['max']),
          axisWidth: numberOf(yAxis['width']),
        }),
      },
      cellValues: defined({ decimals: numberOf(panel['tooltipDecimals']) }),
      legend: { show: objectOf(panel['legend'])['show'] === true },
      tooltip: { mode: tooltip['show'] === false ? 'none' : 'single', yHistogram: tooltip['showHistogram'] === true },
      ...(panel['hideZeroBuckets'] === true ? { filterValues: { le: 1e-9 } } : {}),
      showValue: 'never',
    },
  };
}

function buckets(count: unknown, size: unknown): Json | undefined {
  if (saysSomething(size)) return { mode: 'size', value: textOf(size) };
  if (saysSomething(count)) return { mode: 'count', value: textOf(count) };
  return undefined;
}

function readColor(color: Json): Json {
  const range = defined({ min: numberOf(color['min']), max: numberOf(color['max']) });
  const exponent = numberOf(color['exponent']) ?? 0.5;
  if (color['mode'] === 'opacity') {
    return {
      mode: 'opacity',
      fill: textOf(color['cardColor'], 'dark-orange'),
      scale: color['colorScale'] === 'linear' ? 'linear' : 'exponential',
      exponent,
      ...range,
    };
  }
  return {
    mode: 'scheme',
    scheme: textOf(color['colorScheme'], 'interpolateOranges').replace(/^interpolate/, ''),
    scale: 'exponential',
    exponent,
    steps: 128,
    ...range,
  };
}
