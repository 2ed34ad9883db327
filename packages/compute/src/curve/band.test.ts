import { expect, test } from 'vitest';

import { bandOf } from './band.ts';
import { studentT975 } from './student-t.ts';

const RUNS = [
  { xs: Float64Array.of(0, 1, 2, 3, 4), ys: Float64Array.of(1, 2, 3, 4, 5) },
  { xs: Float64Array.of(1, 3, 5), ys: Float64Array.of(10, 20, 40) },
  { xs: Float64Array.of(2, 4), ys: Float64Array.of(-3, 7) },
];

const goOn = (): Promise<void> => Promise.resolve();

function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Number(value.toFixed(10)));
}

// numpy: interp inside each run's span, mean and std(ddof=1); scipy: t.ppf(0.975, n - 1).
const SPREAD = [Number.NaN, 5.656854249492381, 9.16515138991168, 9.865765724632494, 13.892443989449804, Number.NaN];
const CONFIDENCE = [Number.NaN, 50.82481894469878, 22.767498201580555, 24.507920691853403, 34.51074402257146, Number.NaN];
const MEAN = [1, 6, 5, 8.666666666666666, 14, 40];

test('the mean of the runs that are there, each on its own line and never beyond its ends', async () => {
  const band = await bandOf(RUNS, 'minmax', -Infinity, Infinity, goOn);
  expect([...band.xs]).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...band.runs]).toEqual([1, 2, 3, 3, 3, 1]);
  expect(rounded(band.mean)).toEqual(rounded(Float64Array.from(MEAN)));
  expect([...band.low]).toEqual([1, 2, -3, 2, 5, 40]);
  expect([...band.high]).toEqual([1, 10, 15, 20, 30, 40]);
});

test.each([
  ['std', SPREAD],
  ['ci95', CONFIDENCE],
] as const)('the band %s', async (kind, reach) => {
  const { low, high } = await bandOf(RUNS, kind, -Infinity, Infinity, goOn);
  expect(rounded(low)).toEqual(rounded(Float64Array.from(reach, (far, index) => MEAN[index]! - far)));
  expect(rounded(high)).toEqual(rounded(Float64Array.from(reach, (far, index) => MEAN[index]! + far)));
});

test('only what is asked for, lines that cross its ends included', async () => {
  const band = await bandOf(RUNS, 'minmax', 2.5, 3.5, goOn);
  expect([...band.xs]).toEqual([3]);
  expect(band.mean[0]).toBeCloseTo(MEAN[3]!, 12);
});

test('a run that is not finite does not count beside it', async () => {
  const sick = { xs: Float64Array.of(0, 1, 2, 3), ys: Float64Array.of(1, Number.NaN, 3, Infinity) };
  const well = { xs: Float64Array.of(0, 0.5, 1, 2, 2.5, 3), ys: Float64Array.of(0, 0, 0, 0, 0, 0) };
  expect([...(await bandOf([sick, well], 'std', 0, 3, goOn)).runs]).toEqual([2, 1, 1, 2, 1, 1]);
});

test('very many points are looked at evenly spaced', async () => {
  const band = await bandOf(RUNS, 'minmax', 0, 5, goOn, 9);
  expect(band.isCoarse).toBe(true);
  expect([...band.xs]).toEqual([0, 2.5, 5]);
});

test('no runs are no band', async () => expect((await bandOf([], 'std', 0, 1, goOn)).xs).toHaveLength(0));

test('a band of many points lets others in, and ends where nobody waits', async () => {
  const xs = Float64Array.from({ length: 200_000 }, (_, x) => x);
  let pauses = 0;
  const leave = (): Promise<void> => (++pauses > 4 ? Promise.reject(new Error('nobody waits')) : Promise.resolve());
  const runs = [xs, xs.map((x) => x + 0.5), xs].map((each) => ({ xs: each, ys: each }));
  await expect(bandOf(runs, 'std', -Infinity, Infinity, leave)).rejects.toThrow('nobody waits');
});

// scipy: t.ppf(0.975, degrees).
test.each([
  [1, 12.706204736174694],
  [2, 4.302652729749462],
  [4, 2.7764451051977934],
  [9, 2.262157162798205],
  [29, 2.045229642132703],
  [999, 1.9623414611334493],
])('Student’s limit of %d degrees of freedom', (degrees, limit) => expect(studentT975(degrees)).toBeCloseTo(limit, 9));
