import type { Frame } from '@vitrine/model/frame.ts';
import type { CurveX } from '@vitrine/model/run-api.ts';
import { expect, test } from 'vitest';

import { regionMarks } from './region-marks.ts';
import type { CurveRegion } from './region-marks.ts';

/** Ten steps a second, from 1 s on; x is a hundredth of the step. */
const FRAMES: readonly Frame[] = ['r1', 'r2'].map((run) => ({
  refId: 'A',
  shape: 'series',
  length: 3,
  fields: [
    { name: 'epoch', type: 'number', values: Float64Array.of(0, 1, 2) },
    { name: 'loss', type: 'number', labels: { run, metric: 'loss', part: 'raw' }, values: Float64Array.of(3, 2, 1) },
    { name: 'time', type: 'time', values: Float64Array.of(1_000, 11_000, 21_000) },
    { name: 'step', type: 'number', values: Float64Array.of(0, 100, 200) },
  ],
}));

const FINDING: CurveRegion = {
  id: 'overfit:loss',
  runId: 'r1',
  detector: 'overfit_gap',
  severity: 'warning',
  sentence: 'It got worse.',
  advice: 'Stop.',
  fromStep: 50,
  toStep: 150,
  fromMs: 6_000,
  toMs: 16_000,
};

test.each<[CurveX['kind'], Partial<CurveRegion>, readonly (readonly [number, number])[]]>([
  ['step', {}, [[50, 150]]],
  ['time', {}, [[6_000, 16_000]]],
  ['epoch', {}, [[0.5, 1.5]]],
  // It goes on beyond what is drawn.
  ['epoch', { toStep: 999 }, [[0.5, 2]]],
  // Of a finding without steps the times tell.
  ['epoch', { fromStep: Number.NaN, toStep: Number.NaN }, [[0.5, 1.5]]],
  ['epoch', { runId: 'gone' }, []],
])('over %s a finding with %j stands at %j', (x, changes, places) => {
  const marks = regionMarks(FRAMES, [{ ...FINDING, ...changes }], x);
  expect(marks.map(({ from, to }) => [from, to])).toEqual(places);
});

test('its flag says what was found, and what to do', () => {
  const [mark] = regionMarks(FRAMES, [FINDING], 'step');
  expect(mark!.event).toMatchObject({ title: 'overfit gap', text: 'It got worse. Stop.', color: 'yellow' });
});
