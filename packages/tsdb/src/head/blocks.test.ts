import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_HEADER_BYTES, Blocks, NO_BLOCK } from './blocks.ts';

/** A block of so many bytes that says whose and which it is. */
function blockOf(series: number, number: number, bytes: number): Uint8Array {
  const block = new Uint8Array(Math.max(bytes, BLOCK_HEADER_BYTES + 8));
  const view = new DataView(block.buffer);
  view.setUint32(0, block.length, true);
  view.setUint32(BLOCK_HEADER_BYTES, series, true);
  view.setUint32(BLOCK_HEADER_BYTES + 4, number, true);
  return block;
}

test('property: chains hold what was put into them, whichever others go, and however large a block is', () => {
  const step = fc.record({
    series: fc.nat(20),
    bytes: fc.oneof(
      { weight: 20, arbitrary: fc.nat(60_000) },
      { weight: 1, arbitrary: fc.integer({ min: 1_000_000, max: 1_300_000 }) },
    ),
    goes: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const blocks = new Blocks();
      const chains = new Map<number, number[]>();
      const lengths = new Map<number, number[]>();
      for (const [number, { series, bytes, goes }] of steps.entries()) {
        const chain = chains.get(series) ?? [];
        if (goes && number % 3 === 0) {
          blocks.release(chain[0] ?? NO_BLOCK);
          chains.delete(series);
          lengths.delete(series);
          continue;
        }
        const block = blockOf(series, chain.length, bytes);
        const place = blocks.add(block);
        expect(place).not.toBe(NO_BLOCK);
        const last = chain.at(-1);
        if (last !== undefined) blocks.link(last, place);
        chains.set(series, [...chain, place]);
        lengths.set(series, [...(lengths.get(series) ?? []), block.length]);
      }
      for (const [series, chain] of chains) {
        let place = chain[0] ?? NO_BLOCK;
        for (const [number, length] of (lengths.get(series) ?? []).entries()) {
          const { view, at } = blocks.reader(place);
          const found = [0, BLOCK_HEADER_BYTES, BLOCK_HEADER_BYTES + 4].map((offset) => view.getUint32(at + offset, true));
          expect(found).toEqual([length, series, number]);
          place = blocks.next(place);
        }
        expect(place).toBe(NO_BLOCK);
      }
    }),
    { numRuns: 60 },
  );
});
