import { expect, test } from 'vitest';
import { readPath, writePath } from './path.ts';

test('what is written is read, and the rest is shared', () => {
  const before = { legend: { showLegend: true }, tooltip: { mode: 'single' } };
  const after = writePath(before, 'legend.placement', 'right');
  expect(after).toEqual({ legend: { showLegend: true, placement: 'right' }, tooltip: { mode: 'single' } });
  expect(readPath(after, 'legend.placement')).toBe('right');
  expect(after['tooltip']).toBe(before.tooltip);
  expect(writePath(after, 'legend.placement', undefined)).toEqual(before);
});

test.each(['constructor.name', '__proto__.x', 'legend.show.deeper', 'nothing'])('there is nothing at %s', (path) => {
  expect(readPath({ legend: { show: true } }, path)).toBeUndefined();
});
