import type { Smoothing } from '@vitrine/model/run-api.ts';
import type { LoggedCurve } from '@vitrine/tsdb/curves/curve-reader.ts';
import { CurveTimes } from '@vitrine/tsdb/curves/curve-times.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LoadedCurve } from './loaded-curve.ts';

const point = fc.record({
  step: fc.integer({ min: 0, max: 40 }),
  value: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(1, 1, 1, 2, -3.5) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity) },
  ),
  epoch: fc.option(fc.nat(5), { nil: undefined }),
});
const smoothings: readonly Smoothing[] = [
  { kind: 'none' },
  { kind: 'ema', weight: 0.6 },
  { kind: 'twema', weight: 0.6 },
  { kind: 'gaussian', points: 2 },
  { kind: 'mean', points: 3 },
];
const OTHERS = { version: () => '', read: () => ({ steps: new Float64Array(0), values: new Float64Array(0) }) };

type Point = typeof point extends fc.Arbitrary<infer T> ? T : never;

function logged(points: readonly Point[]): LoggedCurve {
  const epochs = Float64Array.from(points, ({ epoch }) => epoch ?? Number.NaN);
  return {
    length: points.length,
    steps: Float64Array.from(points, ({ step }) => step),
    times: new CurveTimes([{ length: points.length, times: Float64Array.from(points, ({ step }) => 1_000 * step) }]),
    values: Float64Array.from(points, ({ value }) => value),
    epochs: epochs.every((epoch) => Number.isNaN(epoch)) ? undefined : epochs,
    version: `1:${points.length}`,
  };
}

test('a curve that grows is what it would be had it been read at once, and what was drawn of it stays', () => {
  fc.assert(
    fc.property(fc.array(fc.array(point, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 8 }), (parts) => {
      for (const smoothing of smoothings) {
        let curve: LoadedCurve | undefined;
        const drawn: { readonly line: Float64Array; readonly before: readonly number[] }[] = [];
        for (const part of parts) {
          curve = curve === undefined ? new LoadedCurve(logged(part)) : curve.grown(logged(part));
          const smooth = curve.smooth(curve.view({ kind: 'step' }, 0, OTHERS), smoothing);
          drawn.push({ line: smooth, before: [...smooth] });
        }
        const whole = new LoadedCurve(logged(parts.flat()));
        for (const x of [{ kind: 'step' }, { kind: 'time' }, { kind: 'epoch' }] as const) {
          const [grown, wanted] = [curve!.view(x, 0, OTHERS), whole.view(x, 0, OTHERS)];
          for (const column of ['xs', 'ys', 'steps', 'starts'] as const) expect([...grown[column]]).toEqual([...wanted[column]]);
          expect([...curve!.smooth(grown, smoothing)]).toEqual([...whole.smooth(wanted, smoothing)]);
          expect([...grown.times.all()]).toEqual([...wanted.times.all()]);
        }
        for (const { line, before } of drawn) expect([...line]).toEqual(before);
      }
    }),
    { numRuns: 60 },
  );
});

test('a long curve that grows by a point at a time is copied once in a while, and counts what it takes', () => {
  let curve = new LoadedCurve(logged(Array.from({ length: 800 }, (_, step) => ({ step, value: step, epoch: undefined }))));
  const buffers = new Set<unknown>();
  for (let step = 800; step < 1_000; step++) {
    curve = curve.grown(logged([{ step, value: step, epoch: undefined }]));
    curve.smooth(curve.view({ kind: 'step' }, 0, OTHERS), { kind: 'ema', weight: 0.9 });
    buffers.add(curve.points.values.buffer);
  }
  expect(buffers.size).toBeLessThan(5);
  expect(curve.bytes).toBeGreaterThanOrEqual(1_000 * 8 * 4);
  expect(curve.bytes).toBeLessThan(1_000 * 8 * 4 * 1.2);
});
