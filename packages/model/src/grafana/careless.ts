import { isObject, type Json } from './json.ts';
import type { Notes } from './report.ts';

/** Keys that somebody's YAML tool wrote in lower case, as they are meant. */
const MEANT = new Map(
  (
    'schemaVersion graphTooltip gnetId hideControls weekStart liveNow timePicker fiscalYearStartMonth gridPos fieldConfig aliasColors ' +
    'dashLength spaceLength paceLength nullPointMode seriesOverrides steppedLine timeFrom timeShift maxDataPoints pluginVersion ' +
    'repeatDirection maxPerRow legendFormat intervalFactor refId includeAll allValue skipUrlSync iconColor builtIn showTitle titleSize ' +
    'repeatIteration repeatRowId logBase alignAsTable rightSide displayMode showLegend reduceOptions includeVars keepTime targetBlank ' +
    'asDropdown hideTimeOverride fillGradient hiddenSeries libraryPanel autoMin'
  )
    .split(' ')
    .map((key) => [key.toLowerCase(), key]),
);

/** Mends documents whose keys are all in lower case; those of others are left as they are. */
export function mendCase(json: Json, notes: Notes): Json {
  if (!Object.hasOwn(json, 'schemaversion')) return json;
  let mended = 0;
  const result = mend(json) as Json;
  notes.repaired(`${mended} keys stood in lower case, such as "schemaversion"; they are read as they are meant.`);
  return result;

  function mend(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(mend);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const meant = MEANT.get(key);
        if (meant === undefined || meant === key || Object.hasOwn(value, meant)) return [key, mend(member)];
        mended++;
        return [meant, mend(member)];
      }),
    );
  }
}
