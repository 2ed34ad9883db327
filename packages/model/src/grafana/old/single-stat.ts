import type { ValueMapping } from '../../field-config.ts';
import { defined, listOf, numberOf, objectOf, objectsOf, omit, saysSomething, textOf, type Json } from '../json.ts';
import { oldMapping, writeMappings } from '../mappings.ts';
import type { Notes } from '../report.ts';
import { GRAPH_KEYS } from './graph.ts';
import { reducerOf } from './reducer.ts';

/** What the singlestat panel said in its own words. Panels that were graphs once keep a graph's words too, which mean nothing. */
export const SINGLE_STAT_KEYS = [
  ...GRAPH_KEYS,
  'colorBackground',
  'colorPostfix',
  'colorPrefix',
  'colorValue',
  'colors',
  'format',
  'gauge',
  'mappingType',
  'mappingTypes',
  'nullText',
  'postfix',
  'postfixFontSize',
  'prefix',
  'prefixFontSize',
  'rangeMaps',
  'sparkline',
  'tableColumn',
  'valueFontSize',
  'valueMaps',
  'valueName',
  'operatorName',
] as const;

/** `singlestat` → stat, or gauge where it drew one. */
export function migrateSingleStat(panel: Json, notes: Notes): Json {
  const gauge = objectOf(panel['gauge']);
  const isGauge = gauge['show'] === true;
  const given = objectOf(panel['fieldConfig']);
  const valueName = textOf(panel['valueName'], 'avg');
  if (panel['nullPointMode'] === 'null as zero') {
    notes.at('nullPointMode').approximated('Missing values counted as zero; here they count as missing.');
  }
  if (valueName === 'last_time')
    notes.at('valueName').approximated('The time of the last value was shown; here it is the last value.');
  const mappings = readMappings(panel, notes);
  const column = textOf(panel['tableColumn']);
  const defaults = {
    ...objectOf(given['defaults']),
    ...defined({
      unit: readUnit(panel, notes),
      decimals: numberOf(panel['decimals']),
      min: isGauge ? (numberOf(gauge['minValue']) ?? 0) : undefined,
      max: isGauge ? (numberOf(gauge['maxValue']) ?? 100) : undefined,
      noValue: saysSomething(panel['nullText']) ? textOf(panel['nullText']) : undefined,
    }),
    mappings: writeMappings(mappings),
    thresholds: readThresholds(panel),
    color: { mode: 'thresholds' },
  };
  const reduceOptions = {
    values: false,
    calcs: [reducerOf(valueName)],
    fields: column === '' ? '' : `/^${column.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$/`,
  };
  const sparkline = objectOf(panel['sparkline']);
  return {
    ...omit(panel, SINGLE_STAT_KEYS),
    type: isGauge ? 'gauge' : 'stat',
    fieldConfig: { ...given, defaults },
    options: {
      ...objectOf(panel['options']),
      reduceOptions,
      orientation: 'horizontal',
      ...(isGauge
        ? { showThresholdLabels: gauge['thresholdLabels'] === true, showThresholdMarkers: gauge['thresholdMarkers'] !== false }
        : {
            colorMode: panel['colorBackground'] === true ? 'background' : panel['colorValue'] === true ? 'value' : 'none',
            graphMode: sparkline['show'] === true ? 'area' : 'none',
            justifyMode: 'auto',
            textMode: valueName === 'name' ? 'name' : 'auto',
          }),
    },
  };
}

/** A prefix or a postfix is a unit of its own where no other unit writes the number. */
function readUnit(panel: Json, notes: Notes): string | undefined {
  const unit = textOf(panel['format']);
  const [prefix, postfix] = [textOf(panel['prefix']), textOf(panel['postfix'])];
  if (prefix === '' && postfix === '') return unit === '' ? undefined : unit;
  const plain = unit === '' || unit === 'none' || unit === 'short';
  if (plain && prefix === '') return `suffix:${postfix}`;
  if (plain && postfix === '') return `prefix:${prefix}`;
  // "%" behind percent and "s" behind seconds say what the unit says already.
  if (prefix !== '' || !UNIT_SIGNS.has(`${unit} ${postfix.trim()}`)) {
    notes
      .at(prefix === '' ? 'postfix' : 'prefix')
      .approximated(`"${prefix}" before and "${postfix}" behind the value are not shown; its unit is ${unit || 'none'}.`);
  }
  return unit;
}

const UNIT_SIGNS = new Set(['percent %', 'percentunit %', 's s', 'ms ms']);

/** "70,90" and three colours. */
function readThresholds(panel: Json): Json {
  const colors = listOf(panel['colors']).map((color) => textOf(color, 'green'));
  const limits = textOf(panel['thresholds'])
    .split(',')
    .map((limit) => numberOf(limit.trim()))
    .filter((limit) => limit !== undefined)
    .toSorted((a, b) => a - b);
  const color = (index: number): string =>
    colors[Math.min(index, colors.length - 1)] ?? ['green', 'orange', 'red'][index] ?? 'red';
  const steps = [{ value: null, color: color(0) }, ...limits.map((value, index) => ({ value, color: color(index + 1) }))];
  return { mode: 'absolute', steps };
}

/** mappingType 1 uses valueMaps, 2 rangeMaps; the other list lies idle. */
function readMappings(panel: Json, notes: Notes): ValueMapping[] {
  const ranges = numberOf(panel['mappingType']) === 2;
  const key = ranges ? 'rangeMaps' : 'valueMaps';
  return objectsOf(panel[key]).flatMap((mapping, index) =>
    oldMapping({ ...mapping, type: ranges ? 2 : 1 }, notes.at(`${key}[${index}]`)),
  );
}
