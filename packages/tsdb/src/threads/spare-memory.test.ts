import { expect, test } from 'vitest';
import { SpareMemory } from './spare-memory.ts';

test('memory that came back is taken again where it is large enough, the smallest first', () => {
  const spare = new SpareMemory();
  const [small, large] = [spare.take(10), spare.take(100_000)];
  expect([small.byteLength, large.byteLength]).toEqual([4096, 131_072]);
  spare.giveBack(large);
  spare.giveBack(small);
  expect(spare.take(5000)).toBe(large);
  expect(spare.take(4096)).toBe(small);
  expect(spare.take(0)).not.toBe(small);
});

test('little is kept', () => {
  const spare = new SpareMemory();
  const huge = spare.take(1024 * 1024 + 1);
  spare.giveBack(huge);
  expect(spare.take(1024 * 1024 + 1)).not.toBe(huge);
  const many = Array.from({ length: 20 }, () => spare.take(10));
  for (const memory of many) spare.giveBack(memory);
  const again = Array.from({ length: 20 }, () => spare.take(10));
  expect(again.filter((memory) => many.includes(memory))).toHaveLength(8);
});
