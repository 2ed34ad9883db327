import { describe, expect, test } from 'vitest';

import { columnsOf, frameOf, transform, transformed } from './cases.ts';

const point = (lng: number, lat: number) => ({ type: 'Point', coordinates: [lng, lat] });
const line = (...coordinates: [number, number][]) => ({ type: 'LineString', coordinates });
const square = { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] }; // prettier-ignore
const track = frameOf({ car: ['a', 'a', 'a'], speed: [1, 2, 3], lat: [0, null, 1], lng: [0, 0, 0] });

describe('where rows are', () => {
  test.each([
    ['fields called so', {}, { latitude: [52.5], longitude: [13.4] }, point(13.4, 52.5)],
    ['fields called lat and lng, as texts', {}, { Lat: ['52.5'], LNG: ['13.4'] }, point(13.4, 52.5)],
    ['chosen fields', { mode: 'coords', latitude: 'n', longitude: 'e' }, { n: [52.5], e: [13.4] }, point(13.4, 52.5)],
    ['degrees off the globe', {}, { lat: [91], lng: [0] }, null],
    ['half a place', {}, { lat: [52.5], lng: [null] }, null],
    // Both from the article on geohashes in Wikipedia.
    ['a geohash', {}, { geohash: ['ezs42'] }, point(-5.60302734375, 42.60498046875)],
    ['a chosen geohash', { mode: 'geohash', geohash: 'at' }, { at: ['EZS42'] }, point(-5.60302734375, 42.60498046875)],
    ['no geohash', {}, { geohash: ['oil'] }, null],
    [
      'a place',
      { mode: 'lookup', lookup: 'state', gazetteer: 'public/gazetteer/usa-states.json' },
      { state: ['AL'] },
      point(-87, 32.5),
    ],
    ['a place nobody knows', {}, { lookup: ['Atlantis'] }, null],
    ['well-known text', {}, { wkt: ['LINESTRING (1 2, 3 4)'] }, line([1, 2], [3, 4])],
    ['well-known text with a height', {}, { wkt: [' point Z (1 2 3) '] }, point(1, 2)],
    ['broken text', {}, { wkt: ['POINT(north)'] }, null],
  ])('%s', (_, source, columns, want) => {
    const [made] = transform('spatial', { action: 'prepare', source }, frameOf(columns));
    expect(made).toEqual({ ...columns, Point: [want] });
  });

  // Read letter by letter they take milliseconds; read with a way back at each blank, minutes.
  test.each([
    ['blanks before', (many: string) => `${many}POINT (1 2`],
    ['blanks after the word', (many: string) => `POINT${many}x`],
    ['blanks around the Z', (many: string) => `POINT${many}Z${many}x`],
    ['blanks inside', (many: string) => `POINT(${many}x${many}`],
    ['blanks between numbers', (many: string) => `LINESTRING(1${many}x${many}2)`],
    ['open brackets', (many: string) => `POLYGON(${many.replaceAll(' ', '(')})`],
  ])('a million %s are no place, and said so soon', (_, of) => {
    for (const many of [1_000_000, 450_000]) {
      const wkt = of(' '.repeat(many));
      const [made] = transform('spatial', { action: 'prepare' }, frameOf({ wkt: [wkt] }));
      expect(made?.['Point']).toEqual([null]);
    }
  });

  test('a column that holds places already is taken as it is', () => {
    const frame = frameOf({ shape: [square], lat: [1], lng: [2] });
    expect(transformed('spatial', {}, frame).frames).toEqual([frame]);
  });

  test.each([
    [{ type: 'Point', coordinates: ['1', 2] }],
    [{ type: 'Polygon', coordinates: [] }],
    [{ type: 'MultiPolygon', coordinates: [] }],
    [{ type: 'Feature', geometry: { type: 'Feature', geometry: {} } }],
    [{}],
  ])('%j is no place', (cell) => {
    const { frames, notices } = transformed('spatial', {}, frameOf({ shape: [cell] }));
    expect(frames).toEqual([frameOf({ shape: [cell] })]);
    expect(notices[0]?.text).toMatch(/no field of A says where its rows are/);
  });
});

describe('numbers of places', () => {
  const DEGREE_M = 111_195.08;

  test.each([
    ['heading', {}, [0, null, null]],
    ['distance', {}, [DEGREE_M, null, null]],
    ['distance', { units: 'km' }, [DEGREE_M / 1000, null, null]],
    ['distance', { units: 'mi' }, [DEGREE_M / 1609.344, null, null]],
    ['length', { units: 'ft' }, [0, null, DEGREE_M / 0.3048]],
    ['area', {}, [null, null, null]],
  ])('%s %j of a track', (calc, more, want) => {
    const [made] = transform('spatial', { action: 'calculate', calculate: { calc, field: 'x', ...more } }, track);
    expect(made?.['x']).toEqual(want.map((cell) => (cell === null ? null : (expect.closeTo(cell, 1) as unknown))));
  });

  test.each([
    ['heading', line([0, 0], [9, 9], [1, 0]), 90],
    ['distance', line([0, 0], [0, 1], [0, 0]), 2 * DEGREE_M],
    ['length', line([0, 0], [0, 1], [0, 0]), 2 * DEGREE_M],
    ['heading', line([1, 1], [1, 1]), null],
    ['area', line([0, 0], [0, 1]), null],
    ['heading', square, null],
    ['area', square, 12_363_718_145],
    ['area', { type: 'Feature', geometry: square }, 12_363_718_145],
  ])('%s of %j', (calc, shape, want) => {
    const { frames } = transformed('spatial', { action: 'calculate', calculate: { calc } }, frameOf({ shape: [shape] }));
    const made = frames[0]?.fields[1];
    expect(made?.name).toBe(calc[0]!.toUpperCase() + calc.slice(1));
    if (want === null) expect(made?.present?.[0]).toBe(0);
    else expect(Math.abs((made?.values[0] as number) / want - 1)).toBeLessThan(5e-5);
  });

  test('a hole is not inside', () => {
    const hole = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]; // prettier-ignore
    const holed = { ...square, coordinates: [...square.coordinates, hole] };
    const [made] = transform(
      'spatial',
      { action: 'calculate', calculate: { calc: 'area' } },
      frameOf({ shape: [square, holed] }),
    );
    const [whole = 0, rest = 0] = (made?.['Area'] ?? []) as number[];
    expect(rest / whole).toBeCloseTo(0.75, 4);
  });

  test('numbers have units', () => {
    const unit = (calculate: object) =>
      transformed('spatial', { action: 'calculate', calculate }, track).frames[0]?.fields.at(-1)?.config?.unit;
    expect([{}, { calc: 'distance' }, { calc: 'area', units: 'km' }].map(unit)).toEqual(['degree', 'lengthm', 'suffix: km²']);
  });
});

describe('lines', () => {
  test('one through all rows keeps what all rows share', () => {
    const { frames, notices } = transformed('spatial', { action: 'modify', modify: { op: 'asLine' } }, track);
    expect(frames.map(columnsOf)).toEqual([{ Line: [line([0, 0], [0, 1])], car: ['a'], lng: [0] }]);
    expect(notices.map(({ text }) => text)).toEqual([expect.stringMatching(/1 of 3 rows of A do not say where they are/)]);
  });

  test('one of each row, from its place to its target', () => {
    const frame = frameOf({ from: ['AL', 'AK', 'no'], to: ['ezs42', '', 'ezs42'] });
    const modify = { op: 'lineBuilder', target: { mode: 'geohash', geohash: 'to' } };
    const source = { mode: 'lookup', lookup: 'from', gazetteer: 'usa-states' };
    const [made] = transform('spatial', { action: 'modify', source, modify }, frame);
    expect(made?.['Line']).toEqual([line([-87, 32.5], [-5.60302734375, 42.60498046875]), null, null]);
  });

  test.each([0, 1])('%i rows make no line', (length) => {
    const frame = frameOf({ lat: [1].slice(0, length), lng: [2].slice(0, length) });
    const [made] = transform('spatial', { action: 'modify' }, frame);
    expect(made?.['Line']).toEqual([null].slice(0, length));
  });
});

test.each([
  ['state', []],
  ['city', [/lookupField: there is no field "city" in A/]],
  ['', [/lookupField: choose the field/]],
])('looking places up by the field "%s"', (lookupField, warnings) => {
  const options = { lookupField, gazetteer: 'usa-states' };
  const { frames, notices } = transformed('fieldLookup', options, frameOf({ state: ['AL', 'no'] }));
  expect(frames[0]?.fields).toHaveLength(warnings.length === 0 ? 5 : 1);
  expect(notices).toEqual(warnings.map((text) => ({ level: 'warning', text: expect.stringMatching(text) as unknown })));
});
