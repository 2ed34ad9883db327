import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { Field, Frame, PanelData } from './frame.ts';
import { decodePanelData, encodePanelData } from './frame-wire.ts';

function panelData(frames: readonly Frame[]): PanelData {
  return { frames, notices: [], traces: [], fromMs: 0, toMs: 60_000, stepMs: 1000, growable: true };
}

const labels = fc.dictionary(fc.string(), fc.string()).map((map) => ({ ...map }));

/** Frames of `length` rows; with `cells` some columns hold frames. */
const frameOf = (most: number, cells?: fc.Arbitrary<Frame>) =>
  fc.integer({ min: 0, max: most }).chain((length) =>
    fc.record({
      refId: fc.constantFrom('A', 'B'),
      shape: fc.constantFrom('series', 'table', 'buckets'),
      length: fc.constant(length),
      fields: fc.array(
        fc.oneof(
          fc.record(
            {
              name: fc.string(),
              type: fc.constantFrom('number', 'time'),
              labels,
              config: fc.record({
                unit: fc.string(),
                thresholds: fc.constant({ mode: 'absolute', steps: [{ value: Number.NEGATIVE_INFINITY, color: 'green' }] }),
              }),
              values: fc.float64Array({ minLength: length, maxLength: length }),
              present: fc.uint8Array({ minLength: length, maxLength: length, max: 1 }),
            },
            { requiredKeys: ['name', 'type', 'values'] },
          ),
          fc.record(
            {
              name: fc.string(),
              type: fc.constant('string'),
              labels,
              values: fc.array(fc.string(), { minLength: length, maxLength: length }),
              present: fc.uint8Array({ minLength: length, maxLength: length, max: 1 }),
            },
            { requiredKeys: ['name', 'type', 'values'] },
          ),
          fc.record({
            name: fc.string(),
            type: fc.constant('boolean'),
            values: fc.uint8Array({ minLength: length, maxLength: length, max: 1 }),
          }),
          fc.record({
            name: fc.string(),
            type: fc.constant('json'),
            values: fc.array(fc.oneof(fc.integer(), fc.constant(null), fc.array(fc.string())), {
              minLength: length,
              maxLength: length,
            }),
          }),
          ...(cells === undefined
            ? []
            : [
                fc.record({
                  name: fc.string(),
                  type: fc.constant('frame'),
                  values: fc.array(fc.array(cells, { maxLength: 2 }), { minLength: length, maxLength: length }),
                }),
              ]),
        ),
        { maxLength: 5 },
      ),
    }),
  ) as fc.Arbitrary<Frame>;
const frame = frameOf(20, frameOf(3, frameOf(2)));

describe('panel data on the wire', () => {
  test('comes back as it was, whatever the columns', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 4 }), (frames) => {
        expect(decodePanelData(encodePanelData(panelData(frames)))).toEqual(panelData(frames));
      }),
    );
  });

  test('comes back from bytes that are not aligned', () => {
    const values = Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY);
    const field: Field = { name: 'loss', type: 'number', values, present: Uint8Array.of(1, 1, 0) };
    const bytes = encodePanelData(panelData([{ refId: 'A', shape: 'series', length: 3, fields: [field] }]));
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(decodePanelData(shifted).frames[0]?.fields[0]).toEqual(field);
  });

  test.each([
    ['nothing', 0],
    ['a part of the header', 10],
    ['all but the last column', -8],
  ])('refuses %s with a sentence', (_, end) => {
    const field: Field = { name: 'x', type: 'number', values: Float64Array.of(1, 2) };
    const bytes = encodePanelData(panelData([{ refId: 'A', shape: 'series', length: 2, fields: [field] }]));
    expect(() => decodePanelData(bytes.subarray(0, end))).toThrow(/^frames: /);
  });
});
