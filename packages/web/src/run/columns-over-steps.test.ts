import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOverSteps } from './columns-over-steps.ts';

test.each([
  ['even steps have a column each', [0, 10, 20], { x0: 0, step: 10, sources: [0, 1, 2] }],
  ['what is missing holds on from before', [0, 10, 40], { x0: 0, step: 10, sources: [0, 1, 1, 1, 2] }],
  ['of one step the last one logged stands', [0, 10, 10], { x0: 0, step: 10, sources: [0, 2] }],
  ['a restart is put in order', [20, 0, 10], { x0: 0, step: 10, sources: [1, 2, 0] }],
  ['one step is one column', [7], { x0: 7, step: 1, sources: [0] }],
  ['nothing has none', [], { x0: 0, step: 1, sources: [] }],
])('%s', (_, steps, want) => {
  expect(columnsOverSteps(steps)).toMatchObject(want);
});

test('are no more than 600, and end with the last step, however far apart steps are', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 50 }), (steps) => {
      const { sources } = columnsOverSteps(steps);
      expect(sources.length).toBeLessThanOrEqual(600);
      expect(steps[sources.at(-1)!]).toBe(Math.max(...steps));
    }),
  );
});
