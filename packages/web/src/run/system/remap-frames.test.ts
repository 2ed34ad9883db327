import { expect, test } from 'vitest';
import { remapFrames } from './remap-frames.ts';

test('puts what has times of its own where the run was then, and leaves out what came before and after', () => {
  const map = { times: Float64Array.of(1_000, 2_000, 3_000), xs: Float64Array.of(0, 100, 500) };
  const [frame] = remapFrames(
    [
      {
        refId: 'A',
        shape: 'series',
        length: 4,
        fields: [
          { name: 'x', type: 'time', values: Float64Array.of(500, 1_500, 2_500, 9_000) },
          { name: 'gpu', type: 'number', values: Float64Array.of(1, 2, Number.NaN, 4), present: Uint8Array.of(1, 1, 0, 1) },
        ],
      },
    ],
    map,
  );
  expect(frame!.length).toBe(2);
  expect(frame!.fields).toMatchObject([
    { type: 'number', values: Float64Array.of(50, 300) },
    { values: Float64Array.of(2, Number.NaN), present: Uint8Array.of(1, 0) },
  ]);
});
