import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import { MemorySource } from '../promqltest/memory-source.ts';
import { evaluateText } from './evaluate.ts';
import { locateWindows } from './range-window.ts';

/** Ascending times. */
const times = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 40 }).map((all) => all.toSorted((a, b) => a - b));
const windows = fc.record({
  rangeMs: fc.constantFrom(10, 20, 30, 45),
  firstEndMs: fc.constantFrom(-20, 0, 15, 100),
  stepMs: fc.constantFrom(5, 10, 15),
  count: fc.integer({ min: 1, max: 40 }),
});

test('windows are found whatever times and windows were looked at before', () => {
  const looks = fc
    .tuple(fc.array(times, { minLength: 1, maxLength: 3 }), fc.array(windows, { minLength: 1, maxLength: 2 }))
    .chain(([axes, ways]) => fc.array(fc.tuple(fc.constantFrom(...axes), fc.constantFrom(...ways)), { maxLength: 120 }));
  fc.assert(
    fc.property(looks, (all) => {
      for (const [axis, way] of all) {
        const samples = { timestampsMs: Float64Array.from(axis), values: new Float64Array(axis.length), length: axis.length };
        const { from, to } = locateWindows(samples, way);
        const atMost = (ms: number): number => axis.filter((time) => time <= ms).length;
        const ends = Array.from({ length: way.count }, (_, i) => way.firstEndMs + i * way.stepMs);
        expect([...from.subarray(0, way.count)]).toEqual(ends.map((ms) => atMost(ms - way.rangeMs)));
        expect([...to.subarray(0, way.count)]).toEqual(ends.map(atMost));
      }
    }),
  );
});

test('series that have the same times have the rates that each has alone', async () => {
  const series = fc.array(
    fc.record({
      axis: fc.integer({ min: 0, max: 1 }),
      values: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 30, maxLength: 30 }),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const axes = [(i: number): number => i * 15_000, (i: number): number => i * 17_000 + ((i * 7) % 5) * 900];
  const range = { startMs: 0, endMs: 500_000, stepMs: 30_000 };
  await fc.assert(
    fc.asyncProperty(
      series,
      fc.constantFrom('rate', 'increase', 'delta'),
      fc.constantFrom('1m', '2m', '50s'),
      async (all, name, width) => {
        const together = new MemorySource();
        const alone: string[] = [];
        const query = `${name}(x[${width}])`;
        for (const [pod, { axis, values }] of all.entries()) {
          const labels = Labels.from({ __name__: 'x', pod: String(pod).padStart(2, '0') });
          const samples = values.map((value, i) => ({ timestampMs: axes[axis]!(i), value }));
          together.add(labels, samples);
          const one = new MemorySource();
          one.add(labels, samples);
          alone.push(...(await shown(query, one)));
          // Forgets the windows that were looked at last.
          await evaluateText('rate(x[7s])', { ...range, stepMs: 7_000 }, one);
        }
        expect(await shown(query, together)).toEqual(alone);
      },
    ),
    { numRuns: 60 },
  );

  async function shown(query: string, source: MemorySource): Promise<string[]> {
    const result = await evaluateText(query, range, source);
    if (result.kind !== 'matrix') throw new Error(result.kind);
    return result.series.map(({ labels, values, present }) => {
      const cells = Array.from(values, (value, i) => (present?.[i] === 0 ? '_' : value.toPrecision(9)));
      return `${labels} ${cells.join(' ')}`;
    });
  }
});
