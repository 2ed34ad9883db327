import { defined, numberOf, objectOf, omit, saysSomething, textOf, type Json } from '../json.ts';
import type { Notes } from '../report.ts';
import { reducerOf } from './reducer.ts';

/** What the pie chart plugin said in its own words. */
export const PIE_CHART_KEYS = [
  'aliasColors',
  'breakPoint',
  'combine',
  'decimals',
  'fontSize',
  'format',
  'legend',
  'legendType',
  'nullPointMode',
  'nullText',
  'pieType',
  'strokeWidth',
  'valueName',
] as const;

const PLACEMENTS: Readonly<Record<string, string>> = { 'Right side': 'right', 'Under graph': 'bottom' };

/** `grafana-piechart-panel` → piechart. */
export function migratePieChart(panel: Json, notes: Notes): Json {
  const legend = objectOf(panel['legend']);
  const legendType = textOf(panel['legendType'], 'Under graph');
  const given = objectOf(panel['fieldConfig']);
  if (Number(objectOf(panel['combine'])['threshold'] ?? 0) > 0) {
    notes.at('combine').approximated('Small slices were combined into one; here each is drawn.');
  }
  return {
    ...omit(panel, PIE_CHART_KEYS),
    type: 'piechart',
    options: {
      ...objectOf(panel['options']),
      pieType: panel['pieType'] === 'donut' ? 'donut' : 'pie',
      displayLabels: legendType === 'On graph' ? ['name', 'percent'] : [],
      reduceOptions: { calcs: [reducerOf(textOf(panel['valueName'], 'current'))], values: false, fields: '' },
      legend: {
        showLegend: legend['show'] !== false && legendType !== 'On graph',
        displayMode: legend['values'] === true || legend['percentage'] === true ? 'table' : 'list',
        placement: PLACEMENTS[legendType] ?? 'bottom',
        values: [...(legend['values'] === true ? ['value'] : []), ...(legend['percentage'] === true ? ['percent'] : [])],
      },
    },
    fieldConfig: {
      ...given,
      defaults: {
        ...objectOf(given['defaults']),
        ...defined({
          unit: saysSomething(panel['format']) ? textOf(panel['format']) : undefined,
          decimals: numberOf(panel['decimals']),
          noValue: saysSomething(panel['nullText']) ? textOf(panel['nullText']) : undefined,
        }),
      },
      overrides: Object.entries(objectOf(panel['aliasColors'])).map(([name, color]) => ({
        matcher: { id: 'byName', options: name },
        properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: textOf(color, 'text') } }],
      })),
    },
  };
}
