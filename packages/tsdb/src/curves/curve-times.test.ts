import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CurveTimes, type TimesPart } from './curve-times.ts';
import { decodePiece, encodePiece, PointColumns } from './points.ts';

const time = fc.oneof(
  fc.integer({ min: 0, max: 2e9 }).map((offset) => 1.7e15 + offset),
  fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
);
/** Whole microseconds, of several pieces. */
const pieces = fc.array(
  fc.oneof(
    fc.array(time, { minLength: 1, maxLength: 200 }),
    // A straight line takes no room at all.
    fc.tuple(time, fc.integer({ min: 1, max: 300 })).map(([from, length]) => Array.from({ length }, (_, at) => from + at)),
  ),
  { maxLength: 6 },
);

/** As a reader has them that leaves times packed. */
function packed(timesUs: readonly number[]): TimesPart[] {
  const points = new PointColumns();
  for (const at of timesUs) points.push(1, at, 7, 8, Number.NaN);
  const parts: TimesPart[] = [];
  const out = new PointColumns(0, { hasTimes: false });
  decodePiece(encodePiece(points, 0, points.length), out, parts);
  // What stands behind the times was found.
  expect([...out.releaseWithoutTimes().values]).toEqual([...points.release().values]);
  return parts;
}

test('packed times are those that were logged, whichever is asked for and in whatever order', () => {
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(), { maxLength: 50 }), (some, anywhere) => {
      const wanted = some.flat().map((timeUs) => timeUs / 1_000);
      const times = new CurveTimes(some.flatMap(packed));
      expect([...times.all()]).toEqual(wanted);
      const rows = wanted.length === 0 ? [] : anywhere.map((row) => row % wanted.length);
      expect([...times.at(Uint32Array.from(rows))]).toEqual(rows.map((row) => wanted[row]));
    }),
  );
});

test('times that follow, a few at a time, take a part of them all', () => {
  let times = new CurveTimes(packed([1_000, 5_000]));
  for (let at = 0; at < 1_000; at++)
    times = times.followedBy(new CurveTimes([{ length: 2, times: Float64Array.of(at, at + 0.5) }]));
  expect([...times.at(Uint32Array.of(0, 1, 2, 3, 2_001))]).toEqual([1, 5, 0, 0.5, 999.5]);
  expect(times.bytes).toBeLessThan(2_000 * 8 + 100);
});
