import { isObject, objectOf, omit, type Json } from '../json.ts';
import type { Notes } from '../report.ts';

/** Options that panels of version 7 and later share, in their newest form. */
export function migrateOptions(panel: Json, notes: Notes): Json {
  const options = objectOf(panel['options']);
  const at = notes.at('options');
  const { tooltipOptions, ...others } = options;
  let next: Json = others;
  if (isObject(tooltipOptions)) {
    at.at('tooltipOptions').migrated('tooltipOptions became tooltip.');
    next = { ...next, tooltip: next['tooltip'] ?? tooltipOptions };
  }
  if (isObject(next['legend'])) next = { ...next, legend: migrateLegend(next['legend'], at.at('legend')) };
  if (panel['type'] === 'barchart' && isObject(next['stacking'])) {
    at.at('stacking').repaired('The bars’ stacking is a word, not an object.');
    next = { ...next, stacking: next['stacking']['mode'] ?? 'none' };
  }
  return Object.hasOwn(panel, 'options') ? { ...panel, options: next } : panel;
}

function migrateLegend(legend: Json, notes: Notes): Json {
  if (legend['displayMode'] === 'hidden') {
    notes.at('displayMode').migrated('A legend that is hidden says showLegend: false now.');
    return { ...legend, displayMode: 'list', showLegend: false };
  }
  if (legend['displayMode'] === undefined && typeof legend['asTable'] === 'boolean') {
    notes.at('asTable').repaired('asTable is displayMode now.');
    return { ...omit(legend, ['asTable']), displayMode: legend['asTable'] ? 'table' : 'list' };
  }
  return legend;
}
