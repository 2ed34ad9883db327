import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

const curve = (steps: readonly number[], values: readonly number[]) => ({
  steps: Float64Array.from(steps),
  values: Float64Array.from(values),
  length: steps.length,
});

test.each([
  ['nothing', [], [], { steps: [], values: [] }],
  ['one point', [7], [1], { steps: [7], values: [1] }],
  ['one step', [7, 7, 7], [1, 3, 2], { steps: [7, 7], values: [1, 3] }],
  ['no finite value', [1, 2], [Number.NaN, Infinity], { steps: [], values: [] }],
  ['a gap in between', [0, 1, 8], [5, Number.NaN, 6], { steps: [0, 8], values: [5, 6] }],
  ['a restart', [0, 4, 8, 4, 8], [9, 8, 7, 1, 2], { steps: [0, 4, 4], values: [9, 8, 1] }],
])('%s', (_name, steps, values, want) => {
  expect(sparkline(curve(steps, values), 4)).toEqual(want);
});

test('never more points than asked for, steps rise, and neither extreme is lost', () => {
  const point = fc.record({
    step: fc.integer({ min: -1e6, max: 1e6 }),
    value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 300 }), fc.integer({ min: 8, max: 40 }), (points, count) => {
      const line = sparkline(
        curve(
          points.map(({ step }) => step),
          points.map(({ value }) => value),
        ),
        count,
      );
      const finite = points.map(({ value }) => value).filter(Number.isFinite);
      expect(line.steps.length).toBe(line.values.length);
      expect(line.steps.length).toBeLessThanOrEqual(count);
      expect(line.steps).toEqual(line.steps.toSorted((a, b) => a - b));
      if (finite.length === 0) expect(line.values).toEqual([]);
      else {
        expect(Math.min(...line.values)).toBe(Math.min(...finite));
        expect(Math.max(...line.values)).toBe(Math.max(...finite));
      }
    }),
  );
});
