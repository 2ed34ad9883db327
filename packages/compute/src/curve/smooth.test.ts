import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { smoothEma, smoothGaussian, smoothMean, smoothTwema } from './smooth.ts';

const Y = [0.5, 2, -1, 4, 3.5, 0.25, 8, 1];
const WITH_HOLES = [0.5, Number.NaN, -1, Infinity, 3.5];
const X = Float64Array.of(0, 1, 2, 4, 8, 9, 10, 20);

type Smooth = (ys: Float64Array, out: Float64Array, from?: number, to?: number) => void;

const METHODS: readonly (readonly [string, Smooth])[] = [
  ['ema', (ys, out, from, to) => smoothEma(ys, 0.9, out, from, to)],
  ['twema', (ys, out, from, to) => smoothTwema(Float64Array.from(ys.keys()), ys, 0.9, 1_000, out, from, to)],
  ['gaussian', (ys, out, from, to) => smoothGaussian(ys, 2, out, from, to)],
  ['mean', (ys, out, from, to) => smoothMean(ys, 5, out, from, to)],
];

function smoothed(smooth: Smooth, values: readonly number[]): number[] {
  const ys = Float64Array.from(values);
  const out = new Float64Array(ys.length);
  smooth(ys, out);
  return [...out];
}

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  for (const [index, want] of wanted.entries()) {
    if (Number.isFinite(want)) expect(found[index]).toBeCloseTo(want, 12);
    else expect(found[index]).toBe(want);
  }
}

describe('the exponential average of a long curve', () => {
  /** With what is not finite in many places, and for a while in none. */
  const LONG = Float64Array.from({ length: 10_000 }, (_, index) =>
    index % 1_700 === 1_650 ? [Number.NaN, Infinity, -Infinity][index % 3]! : Math.sin(index) + (index % 97),
  );

  test.each([0, 0.6, 0.999])('of weight %d is that of its formula, value by value', (weight) => {
    let [sum, count] = [0, 0];
    const wanted = Array.from(LONG, (y) => {
      if (!Number.isFinite(y)) return y;
      sum = sum * weight + (1 - weight) * y;
      return sum / (1 - weight ** ++count);
    });
    expectClose(
      smoothed((ys, out) => smoothEma(ys, weight, out), [...LONG]),
      wanted,
    );
  });

  test.each([1, 5, 1_700, 9_999])('goes on from its value %d as if all had been there at once', (middle) => {
    const [whole, parts] = [new Float64Array(LONG.length), new Float64Array(LONG.length)];
    smoothEma(LONG, 0.99, whole);
    const state = smoothEma(LONG, 0.99, parts, 0, middle);
    smoothEma(LONG, 0.99, parts, state === undefined ? 0 : middle, LONG.length, state);
    expect(parts).toEqual(whole);
  });
});

describe('golden numbers', () => {
  // pandas: ewm(alpha = 1 - w, adjust=True).mean() is TensorBoard's average without its bias.
  test.each([
    [
      0.6,
      Y,
      [
        0.5, 1.4375, 0.193877551020408, 1.9430147058823526, 2.6183206106870225, 1.6246307733619763, 4.248222233927678,
        2.926737470838194,
      ],
    ],
    [0.9, WITH_HOLES, [0.5, Number.NaN, -0.2894736842105263, Infinity, 1.1088560885608856]],
    [0, Y, Y],
  ])('the exponential average of weight %d', (weight, ys, wanted) => {
    expectClose(
      smoothed((from, out) => smoothEma(from, weight, out), ys),
      wanted,
    );
  });
  // numpy: the weights written out, w^(1000 (xᵢ - xⱼ) / range) with w = min(√0.6, 0.999).
  test.each([
    [20, [0.5, 1.9999957354689193, -0.9999914709257152, 3.9999999999595857, 3.5, 0.2500092398173407, 7.999977966553046, 1]],
    [
      20_000,
      [
        0.5, 1.2547889251377946, 0.4935740826066761, 1.395572945942629, 1.8439144669784249, 1.5610166958802687, 2.542158252807127,
        2.314565338800696,
      ],
    ],
  ])('the time-weighted average over a range of %d', (range, wanted) => {
    expectClose(
      smoothed((from, out) => smoothTwema(X, from, 0.6, range, out), Y),
      wanted,
    );
  });
  // scipy: gaussian_filter1d(y, σ, mode="constant") over the same of ones.
  test.each([
    [
      1,
      Y,
      [
        0.9258692240579345, 0.9649129314103355, 1.2768580656360382, 2.3603030634906252, 2.816358093867068, 3.162638563484573,
        3.930746646262906, 3.3800646079299597,
      ],
    ],
    [1.5, WITH_HOLES, [0.13118696654289547, Number.NaN, 0.35366066770430976, Infinity, 2.1554617836403493]],
  ])('the Gaussian of σ %d', (sigma, ys, wanted) => {
    expectClose(
      smoothed((from, out) => smoothGaussian(from, sigma, out), ys),
      wanted,
    );
  });
  // pandas: rolling(n, center=True, min_periods=1).mean().
  test.each([
    [3, [1.25, 0.5, 1.6666666666666667, 2.1666666666666665, 2.5833333333333335, 3.9166666666666665, 3.0833333333333335, 4.5]],
    [4, [1.25, 0.5, 1.375, 2.125, 1.6875, 3.9375, 3.1875, 3.0833333333333335]],
    [1, Y],
    [1_000_000, Y.map(() => Y.reduce((sum, y) => sum + y) / Y.length)],
  ])('the running mean of %d points', (points, wanted) => {
    expectClose(
      smoothed((from, out) => smoothMean(from, points, out), Y),
      wanted,
    );
  });
});

describe.each(METHODS)('every method: %s', (_name, smooth) => {
  const anyNumber = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(Number.NaN, Infinity, -Infinity));

  test('leaves a constant curve as it is, and what is not finite where it is', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.integer({ min: -1e6, max: 1e6 }), (holes, level) => {
        const ys = holes.map((hole) => (hole ? Number.NaN : level));
        for (const [index, y] of smoothed(smooth, ys).entries()) {
          if (Number.isNaN(ys[index])) expect(y).toBeNaN();
          else expect(Math.abs(y - level)).toBeLessThanOrEqual(Math.abs(level) * 1e-12);
        }
      }),
    );
  });

  test('stays between the lowest and the highest value', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 60 }), (ys) => {
        const finite = ys.filter(Number.isFinite);
        const slack = 1e-9 * Math.max(...finite.map(Math.abs), 1);
        for (const y of smoothed(smooth, ys).filter(Number.isFinite)) {
          expect(y).toBeGreaterThanOrEqual(Math.min(...finite) - slack);
          expect(y).toBeLessThanOrEqual(Math.max(...finite) + slack);
        }
      }),
    );
  });

  test('a stretch comes out as it does alone', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { minLength: 1, maxLength: 40 }), fc.nat(39), (values, cut) => {
        const ys = Float64Array.from(values);
        const at = Math.min(cut, ys.length);
        const out = new Float64Array(ys.length);
        smooth(ys, out, 0, at);
        smooth(ys, out, at, ys.length);
        expectClose([...out], [...smoothed(smooth, values.slice(0, at)), ...smoothed(smooth, values.slice(at))]);
      }),
    );
  });
});

test('one huge value leaves nothing behind in a running mean', () => {
  const ys = [1, 2, 1e300, 3, 4, 5, 6, 7];
  expectClose(smoothed((from, out) => smoothMean(from, 3, out), ys).slice(4), [4, 5, 6, 6.5]);
});

test('a Gaussian too wide to be written out is near the exact one', () => {
  const length = 1_000_000;
  const ys = Float64Array.from({ length }, (_, index) => Math.sin(index / 4_000) + (index % 2));
  const wide = new Float64Array(length);
  smoothGaussian(ys, 100, wide);
  const part = new Float64Array(20_000);
  smoothGaussian(ys.slice(0, 20_000), 100, part);
  for (let index = 0; index < 19_000; index += 97) expect(Math.abs(wide[index]! - part[index]!)).toBeLessThan(5e-3);
});

test('a Gaussian over many short stretches makes its weights once, and no more than their points need', () => {
  const length = 4_000;
  const ys = Float64Array.from({ length }, (_, index) => index % 3);
  const out = new Float64Array(length);
  const exp = vi.spyOn(Math, 'exp');
  onTestFinished(() => exp.mockRestore());
  for (let from = 0; from < length; from += 2) smoothGaussian(ys, 9_999, out, from, from + 2, length);
  expect(exp.mock.calls.length).toBeLessThan(10);
  expect(out[0]).toBeCloseTo(0.5, 6);
});

test('a Gaussian that is too much work for all stretches together averages groups in each', () => {
  const ys = Float64Array.from({ length: 2_000 }, (_, index) => index % 2);
  const [alone, among] = [new Float64Array(2_000), new Float64Array(2_000)];
  smoothGaussian(ys, 100, alone);
  smoothGaussian(ys, 100, among, 0, 2_000, 1e9);
  expect(among).not.toEqual(alone);
  for (let index = 0; index < 2_000; index += 7) expect(Math.abs(among[index]! - alone[index]!)).toBeLessThan(5e-3);
});

test.each(METHODS)('a constant curve stays as it is, to the last digit: %s', (_, smooth) => {
  const constant = [0.003, 0.003, Number.NaN, 0.003, 0.003, 0.003, Infinity, 0.003];
  expect(smoothed(smooth, constant)).toEqual(constant);
});
