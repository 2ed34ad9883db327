import type { Field, Frame } from '@vitrine/model/frame.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';

import { cellAt, numberOf, textOf, type Cell } from './column.ts';
import { findField } from './fields.ts';
import { requireGazetteer } from './gazetteer.ts';
import { geometryOf, pointAt, readGeohash, type Geometry } from './geometry.ts';
import type { Options } from './options.ts';
import type { Run } from './transformation.ts';

/** Where the rows of a frame are. */
export interface Locations {
  /** One for each row; undefined where it doesn't say. */
  readonly geometries: readonly (Geometry | undefined)[];
  /** The column that holds them already; undefined where they were made of others. */
  readonly field: Field | undefined;
}

/** What columns are called that say where a row is. */
const LATITUDE = ['latitude', 'lat'];
const LONGITUDE = ['longitude', 'lng', 'lon', 'long'];

type Read = (cell: Cell) => Geometry | undefined;

/**
 * Reads where the rows are: `mode` "coords" from two columns of degrees, "geohash" and "lookup" (by a list of places) from one,
 * "auto" from what looks like it: a column of geometries, or one called geohash, latitude and longitude, wkt, lookup. Columns that
 * `source` doesn't name are found by these names too. Undefined where the frame has none. Throws BadRequest for a column named that
 * isn't there, with `key` before its name.
 */
export function locate(key: string, source: Options, frame: Frame, frames: readonly Frame[], run: Run): Locations | undefined {
  const column = (option: string, names: readonly string[] = [option]): Field | undefined => {
    const named = source.text(option);
    if (named === '') return frame.fields.find(({ name }) => names.includes(name.toLowerCase()));
    const field = findField(named, frame, frames);
    if (field === undefined) throw new BadRequest(`${key}.${option}`, `there is no field "${named}"`);
    return field;
  };
  const from = (field: Field | undefined, read: Read): Locations | undefined =>
    field && { geometries: Array.from({ length: frame.length }, (_, row) => read(cellAt(field, row))), field: undefined };
  const coords = (): Locations | undefined => {
    const [lat, lng] = [column('latitude', LATITUDE), column('longitude', LONGITUDE)];
    if (lat === undefined || lng === undefined) return undefined;
    const at = (row: number): Geometry | undefined =>
      pointAt(numberOf(cellAt(lng, row)) ?? Number.NaN, numberOf(cellAt(lat, row)) ?? Number.NaN);
    return { geometries: Array.from({ length: frame.length }, (_, row) => at(row)), field: undefined };
  };
  const geohash = (): Locations | undefined => from(column('geohash'), (cell) => readGeohash(textOf(cell)));
  const lookup = (): Locations | undefined => {
    const field = column('lookup');
    if (field === undefined) return undefined;
    const gazetteer = requireGazetteer(`${key}.gazetteer`, source.text('gazetteer'), run);
    return from(field, (cell) => {
      const place = gazetteer.find(textOf(cell));
      return place && pointAt(place.lng, place.lat);
    });
  };
  switch (source.choice('mode', ['auto', 'coords', 'geohash', 'lookup'], 'auto')) {
    case 'coords':
      return coords();
    case 'geohash':
      return geohash();
    case 'lookup':
      return lookup();
    case 'auto':
      return held(frame) ?? geohash() ?? coords() ?? from(column('wkt'), geometryOf) ?? lookup();
  }
}

/** The last column that holds geometries: that of the transformation before. */
function held(frame: Frame): Locations | undefined {
  const field = frame.fields.findLast((one) => one.type === 'json' && one.values.some((cell) => isGeometry(cell)));
  return field && { geometries: Array.from({ length: frame.length }, (_, row) => geometryOf(cellAt(field, row))), field };
}

function isGeometry(cell: unknown): boolean {
  return typeof cell === 'object' && cell !== null && geometryOf(cell) !== undefined;
}
