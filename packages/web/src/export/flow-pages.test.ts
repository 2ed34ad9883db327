import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Block, flowPages } from './flow-pages.ts';

const block = (left: number, top: number, width: number, height: number, isHeading = false): Block => ({
  left,
  top,
  width,
  height,
  isHeading,
});

/** On which page each block stands, and how far from its top. */
function places(blocks: readonly Block[], pageHeight: number): string[] {
  return flowPages(blocks, pageHeight).flatMap((page, at) => page.map(({ left, top }) => `${at}: ${left},${top}`));
}

describe('panels on pages', () => {
  test.each<[string, Block[], string[]]>([
    [
      'what fits stays as it was',
      [block(0, 0, 5, 40), block(5, 0, 5, 40), block(0, 48, 10, 50)],
      ['0: 0,0', '0: 5,0', '0: 0,48'],
    ],
    ['what would be cut begins the next page', [block(0, 0, 10, 60), block(0, 68, 10, 60)], ['0: 0,0', '1: 0,0']],
    [
      'what stands beside it comes along',
      [block(0, 0, 10, 60), block(0, 68, 5, 20), block(5, 68, 5, 60)],
      ['0: 0,0', '1: 0,0', '1: 5,0'],
    ],
    [
      'a heading goes with what it heads',
      [block(0, 0, 10, 70), block(0, 78, 10, 10, true), block(0, 90, 10, 30)],
      ['0: 0,0', '1: 0,0', '1: 0,12'],
    ],
    [
      'a tall one beside short ones',
      [block(0, 0, 5, 80), block(5, 0, 5, 60), block(5, 68, 5, 80)],
      ['0: 0,0', '0: 5,0', '1: 5,0'],
    ],
    ['nothing has no pages', [], []],
  ])('%s', (_, blocks, want) => expect(places(blocks, 100)).toEqual(want));

  test('what is taller than a page is scaled to fit on one', () => {
    expect(flowPages([block(0, 0, 10, 250)], 100)).toMatchObject([[{ top: 0, scale: 0.4 }]]);
  });

  test('none is lost, none is cut, none lies over another', () => {
    const shape = fc.record({ column: fc.nat(3), height: fc.integer({ min: 1, max: 160 }) });
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 40 }), (shapes) => {
        const bottoms = [0, 0, 0, 0];
        const blocks = shapes.map(({ column, height }) => {
          const top = bottoms[column] ?? 0;
          bottoms[column] = top + height + 8;
          return block(column * 10, top, 10, height);
        });
        const pages = flowPages(blocks, 100);
        expect(pages.flat().length).toBe(blocks.length);
        for (const page of pages) {
          expect(page.length).toBeGreaterThan(0);
          for (const { top, scale, block: one } of page) {
            expect(top).toBeGreaterThanOrEqual(0);
            expect(top + one.height * scale).toBeLessThanOrEqual(100 + 1e-9);
          }
          for (const [i, a] of page.entries())
            for (const b of page.slice(i + 1)) {
              if (a.left !== b.left) continue;
              const [upper, lower] = a.top <= b.top ? [a, b] : [b, a];
              expect(upper.top + upper.block.height * upper.scale).toBeLessThanOrEqual(lower.top + 1e-9);
            }
        }
      }),
    );
  });
});
