/** Places on the globe as cells hold them: geometries of GeoJSON (RFC 7946), in columns of JSON. */
import type { Position } from '../great-circle.ts';
import { numberOf, type Cell } from './column.ts';

export type Geometry =
  | { readonly type: 'Point'; readonly coordinates: Position }
  | { readonly type: 'LineString'; readonly coordinates: readonly Position[] }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] };

export function pointAt(lng: number, lat: number): Geometry | undefined {
  const position = positionOf([lng, lat]);
  return position && { type: 'Point', coordinates: position };
}

/** What a cell says: GeoJSON (a feature counts as its geometry), or WKT such as `POINT(13.4 52.5)`. Undefined where it is neither. */
export function geometryOf(cell: Cell): Geometry | undefined {
  if (typeof cell === 'string') return readWkt(cell);
  if (typeof cell !== 'object') return undefined;
  const { type, geometry, coordinates } = cell as { type?: unknown; geometry?: unknown; coordinates?: unknown };
  if (type === 'Feature' && typeof geometry === 'object' && geometry !== null) {
    return 'geometry' in geometry ? undefined : geometryOf(geometry);
  }
  switch (type) {
    case 'Point': {
      const position = positionOf(coordinates);
      return position && { type, coordinates: position };
    }
    case 'LineString': {
      const line = lineOf(coordinates);
      return line && { type, coordinates: line };
    }
    case 'Polygon': {
      const rings = listOf(coordinates, lineOf);
      return rings && { type, coordinates: rings };
    }
    default:
      return undefined;
  }
}

/** The points that it goes through: of a polygon those of its outer ring. */
export function verticesOf(geometry: Geometry): readonly Position[] {
  switch (geometry.type) {
    case 'Point':
      return [geometry.coordinates];
    case 'LineString':
      return geometry.coordinates;
    case 'Polygon':
      return geometry.coordinates[0] ?? [];
  }
}

function positionOf(value: unknown): Position | undefined {
  if (!Array.isArray(value)) return undefined;
  const [lng, lat] = value as unknown[];
  if (typeof lng !== 'number' || typeof lat !== 'number') return undefined;
  return Math.abs(lng) <= 360 && Math.abs(lat) <= 90 ? [lng, lat] : undefined;
}

function lineOf(value: unknown): Position[] | undefined {
  return listOf(value, positionOf);
}

/** Undefined where one of them is nothing. */
function listOf<T>(value: unknown, read: (item: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const list = value.map(read);
  return list.includes(undefined) ? undefined : (list as T[]);
}

/** A line of 50,000 points: longer texts are no places, or a column of them would hold up everybody else. */
const MOST_WKT_LETTERS = 1_000_000;

/** Points, lines and polygons of Simple Features' well-known text (OGC 06-103r4, §7). */
function readWkt(text: string): Geometry | undefined {
  if (text.length > MOST_WKT_LETTERS) return undefined;
  // No two runs of blanks meet in it: the time it takes grows with the text's length only.
  const [, word = '', inside = ''] = /^(POINT|LINESTRING|POLYGON)(?:\s*|\s*Z\s*)\(([^]*)\)$/i.exec(text.trim()) ?? [];
  const positions = (list: string): number[][] =>
    list.split(',').map((one) =>
      one
        .trim()
        .split(/\s+/)
        .map((number) => numberOf(number) ?? Number.NaN),
    );
  switch (word.toUpperCase()) {
    case 'POINT':
      return geometryOf({ type: 'Point', coordinates: positions(inside)[0] });
    case 'LINESTRING':
      return geometryOf({ type: 'LineString', coordinates: positions(inside) });
    case 'POLYGON': {
      const rings = Array.from(inside.matchAll(/\(([^()]*)\)/g), ([, ring = '']) => positions(ring));
      return geometryOf({ type: 'Polygon', coordinates: rings });
    }
    default:
      return undefined;
  }
}

const GEOHASH_DIGITS = '0123456789bcdefghjkmnpqrstuvwxyz';
/** More digits say nothing that a double can hold. */
const MOST_GEOHASH_DIGITS = 22;

/** The middle of the cell that a geohash names (G. Niemeyer, geohash.org, 2008). Undefined for a text that is none. */
export function readGeohash(text: string): Geometry | undefined {
  const digits = text.trim().toLowerCase().slice(0, MOST_GEOHASH_DIGITS);
  if (digits === '') return undefined;
  const ranges: [[number, number], [number, number]] = [
    [-180, 180],
    [-90, 90],
  ];
  let axis: 0 | 1 = 0;
  for (const digit of digits) {
    const value = GEOHASH_DIGITS.indexOf(digit);
    if (value < 0) return undefined;
    for (let bit = 16; bit >= 1; bit >>= 1) {
      const range = ranges[axis];
      const middle = (range[0] + range[1]) / 2;
      range[(value & bit) === 0 ? 1 : 0] = middle;
      axis = axis === 0 ? 1 : 0;
    }
  }
  return pointAt((ranges[0][0] + ranges[0][1]) / 2, (ranges[1][0] + ranges[1][1]) / 2);
}
