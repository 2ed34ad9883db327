import type { Field, Frame } from '@vitrine/model/frame.ts';

import { areaM2, distanceM, headingDegrees, lengthM, type Position } from '../great-circle.ts';
import { cellAt, columnOf, takeRows, textOf, type Cell } from './column.ts';
import { verticesOf, type Geometry } from './geometry.ts';
import { locate, type Locations } from './locations.ts';
import type { Options } from './options.ts';
import type { Run, TransformationKind } from './transformation.ts';

export const spatial: TransformationKind = {
  id: 'spatial',
  title: 'Spatial operations',
  description:
    'Reads where rows are, from coordinates, geohashes or names of places, and computes headings, distances and areas.',
  defaults: { action: 'prepare', source: { mode: 'auto' } },
  apply(frames, options, run) {
    const act = actionOf(options);
    return frames.map((frame) => {
      const locations = locate('source', options.inner('source'), frame, frames, run);
      if (locations !== undefined) return act(frame, locations, frames, run);
      run.notice(
        'warning',
        `no field of ${frame.refId} says where its rows are: name a field, or call it geohash, latitude and longitude, wkt or lookup`,
      );
      return frame;
    });
  },
};

type Act = (frame: Frame, locations: Locations, frames: readonly Frame[], run: Run) => Frame;

function actionOf(options: Options): Act {
  switch (options.choice('action', ['prepare', 'calculate', 'modify'], 'prepare')) {
    case 'prepare':
      return prepare;
    case 'calculate':
      return calculate(options.inner('calculate'));
    case 'modify':
      return modify(options.inner('modify'));
  }
}

function prepare(frame: Frame, { geometries, field }: Locations): Frame {
  return field === undefined ? withField(frame, columnOf({ name: 'Point' }, geometries, 'json')) : frame;
}

function withField(frame: Frame, field: Field): Frame {
  return { ...frame, fields: [...frame.fields, field] };
}

/** Metres in one, and the ids of the units of length and area. Grafana has no unit for square kilometres. */
const UNITS = {
  m: { metres: 1, length: 'lengthm', area: 'areaM2' },
  km: { metres: 1000, length: 'lengthkm', area: 'suffix: km²' },
  mi: { metres: 1609.344, length: 'lengthmi', area: 'areaMI2' },
  ft: { metres: 0.3048, length: 'lengthft', area: 'areaF2' },
} as const;

/** `calc` and `field` are Grafana's words; "length" and `units` are ours. */
function calculate(options: Options): Act {
  const calc = options.choice('calc', ['heading', 'distance', 'area', 'length'], 'heading');
  const { metres, length, area } = UNITS[options.choice('units', ['m', 'km', 'mi', 'ft'], 'm')];
  const column = (name: string, unit: string, cells: readonly (number | undefined)[], per = 1): Field => {
    const header = { name: options.text('field') || name, config: { unit } };
    return columnOf(
      header,
      cells.map((cell) => cell && cell / per),
      'number',
    );
  };
  return (frame, { geometries }) => {
    switch (calc) {
      case 'heading':
        return withField(frame, column('Heading', 'degree', headings(geometries)));
      case 'distance':
        return withField(frame, column('Distance', length, distances(geometries), metres));
      case 'length':
        return withField(frame, column('Length', length, lengths(geometries), metres));
      case 'area':
        return withField(frame, column('Area', area, geometries.map(areaOf), metres * metres));
    }
  };
}

/** Of a line from its first to its last point; of a point to that of the next row that has one. */
function headings(geometries: readonly (Geometry | undefined)[]): (number | undefined)[] {
  const next = nextPoints(geometries);
  return geometries.map((geometry, row) => {
    if (geometry?.type === 'LineString') return headingDegrees(geometry.coordinates[0]!, geometry.coordinates.at(-1)!);
    const to = next[row];
    return geometry?.type === 'Point' && to !== undefined ? headingDegrees(geometry.coordinates, to) : undefined;
  });
}

/** Along a line or around a polygon; of a point to that of the next row that has one. */
function distances(geometries: readonly (Geometry | undefined)[]): (number | undefined)[] {
  const next = nextPoints(geometries);
  return geometries.map((geometry, row) => {
    if (geometry?.type !== 'Point') return geometry && lengthOf(geometry);
    const to = next[row];
    return to && distanceM(geometry.coordinates, to);
  });
}

/** Along a line or around a polygon; of points the way from the first row to this one. */
function lengths(geometries: readonly (Geometry | undefined)[]): (number | undefined)[] {
  let way = 0;
  let last: Position | undefined;
  return geometries.map((geometry) => {
    if (geometry?.type !== 'Point') return geometry && lengthOf(geometry);
    if (last !== undefined) way += distanceM(last, geometry.coordinates);
    last = geometry.coordinates;
    return way;
  });
}

function nextPoints(geometries: readonly (Geometry | undefined)[]): (Position | undefined)[] {
  const next: (Position | undefined)[] = Array.from({ length: geometries.length });
  for (let row = geometries.length - 2; row >= 0; row--) {
    const after = geometries[row + 1];
    next[row] = after?.type === 'Point' ? after.coordinates : next[row + 1];
  }
  return next;
}

function lengthOf(geometry: Geometry): number {
  const vertices = verticesOf(geometry);
  return lengthM(geometry.type === 'Polygon' ? [...vertices, vertices[0]!] : vertices);
}

/** Of a polygon without its holes. */
function areaOf(geometry: Geometry | undefined): number | undefined {
  if (geometry?.type !== 'Polygon') return undefined;
  const [outer = 0, ...holes] = geometry.coordinates.map(areaM2);
  return holes.reduce((left, hole) => left - hole, outer);
}

function modify(options: Options): Act {
  switch (options.choice('op', ['asLine', 'lineBuilder'], 'asLine')) {
    case 'asLine':
      return asLine;
    case 'lineBuilder':
      return (frame, { geometries }, frames, run) => {
        const targets = locate('modify.target', options.inner('target'), frame, frames, run);
        if (targets === undefined) {
          run.notice('warning', `no field of ${frame.refId} says where the lines of its rows end: name one in modify.target`);
          return frame;
        }
        const lines = geometries.map((from, row) => lineOf([from, targets.geometries[row]]));
        return withField(frame, columnOf({ name: 'Line' }, lines, 'json'));
      };
  }
}

/** Undefined where it has no two points: an end that is missing leaves no line. */
function lineOf(geometries: readonly (Geometry | undefined)[]): Geometry | undefined {
  const coordinates = geometries.flatMap((geometry) => (geometry === undefined ? [] : verticesOf(geometry)));
  return coordinates.length < 2 || geometries.includes(undefined) ? undefined : { type: 'LineString', coordinates };
}

/** One row: a line through all rows that say where they are. Of the other fields stay those that are the same in every row. */
function asLine(frame: Frame, { geometries, field }: Locations, _frames: readonly Frame[], run: Run): Frame {
  const found = geometries.filter((geometry) => geometry !== undefined);
  const lost = geometries.length - found.length;
  if (lost > 0) {
    const rows = `${lost} of ${geometries.length} rows of ${frame.refId}`;
    run.notice('warning', `${rows} do not say where they are: the line goes straight from the row before to the one after`);
  }
  const line = lineOf(found);
  const rows = Int32Array.from({ length: Math.min(1, frame.length) });
  const shared = frame.fields.filter((one) => one !== field && isConstant(one, frame.length)).map((one) => takeRows(one, rows));
  const cells: Cell[] = frame.length === 0 ? [] : [line];
  return { ...frame, shape: 'table', length: rows.length, fields: [columnOf({ name: 'Line' }, cells, 'json'), ...shared] };
}

function isConstant(field: Field, length: number): boolean {
  if (field.type === 'json' || field.type === 'frame') return false;
  const first = textOf(cellAt(field, 0));
  for (let row = 1; row < length; row++) if (textOf(cellAt(field, row)) !== first) return false;
  return true;
}
