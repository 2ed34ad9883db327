import { isObject, listOf, objectOf, objectsOf, omit, textOf, type Json } from '../json.ts';
import type { Notes } from '../report.ts';

/**
 * The XY chart of before version 11 named fields bare, in `dims` or in each of `series`; now they are matchers. Colours and
 * sizes that were fixed are a field's settings now.
 */
export function migrateXyChart(panel: Json, notes: Notes): Json {
  const options = objectOf(panel['options']);
  const { dims, seriesMapping, series, ...others } = options;
  if (seriesMapping === undefined && dims === undefined) return panel;
  const at = notes.at('options');
  at.at('seriesMapping').migrated('Fields are found by matchers now.');
  const manual = seriesMapping === 'manual';
  const own = objectOf(dims);
  if (listOf(own['exclude']).length > 0)
    at.at('dims.exclude').approximated('Fields that were left out are points now; hide them with an override.');
  const read = manual ? objectsOf(series).map((one, index) => readSeries(one, at.at(`series[${index}]`))) : readAuto(own);
  return { ...panel, options: { ...others, mapping: manual ? 'manual' : 'auto', series: read } };
}

function readAuto({ x, frame }: Json): Json[] {
  const found = {
    ...(typeof frame === 'number' ? { frame: { matcher: { id: 'byIndex', options: frame } } } : {}),
    ...(textOf(x) === '' ? {} : { x: byName(x) }),
  };
  return Object.keys(found).length === 0 ? [] : [found];
}

function readSeries(series: Json, notes: Notes): Json {
  const { x, y, pointColor, pointSize, name, frame } = series;
  const rest = omit(series, ['x', 'y', 'pointColor', 'pointSize', 'name', 'frame']);
  const fixed = [pointColor, pointSize].some(
    (dimension) => isObject(dimension) && textOf(dimension['field']) === '' && dimension['fixed'] !== undefined,
  );
  if (fixed) notes.approximated('A colour or size that was fixed for the series comes from the field’s settings now.');
  notes.lost(rest);
  const field = (dimension: unknown): unknown => (isObject(dimension) ? dimension['field'] : dimension);
  return {
    ...(typeof frame === 'number' ? { frame: { matcher: { id: 'byIndex', options: frame } } } : {}),
    ...(textOf(x) === '' ? {} : { x: byName(x) }),
    ...(textOf(y) === '' ? {} : { y: byName(y) }),
    ...(textOf(field(pointColor)) === '' ? {} : { color: byName(field(pointColor)) }),
    ...(textOf(field(pointSize)) === '' ? {} : { size: byName(field(pointSize)) }),
    ...(textOf(name) === '' ? {} : { name: { fixed: textOf(name) } }),
  };
}

function byName(field: unknown): Json {
  return { matcher: { id: 'byName', options: textOf(field) } };
}
