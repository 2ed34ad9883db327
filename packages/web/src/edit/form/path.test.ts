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

test('a list is written into, begun where there is none, and keeps its others', () => {
  const begun = writePath({}, 'series.0.x.matcher', 'step');
  expect(begun).toEqual({ series: [{ x: { matcher: 'step' } }] });
  expect(readPath(begun, 'series.0.x.matcher')).toBe('step');
  const two = { series: [{ x: 1 }, { x: 2 }] };
  expect(writePath(two, 'series.0.y', 3)).toEqual({ series: [{ x: 1, y: 3 }, { x: 2 }] });
  expect(writePath(two, 'series.9.y', 3)).toEqual({ series: [{ x: 1 }, { x: 2 }, { y: 3 }] });
});

test.each(['constructor.name', '__proto__.x', 'legend.show.deeper', 'nothing'])('there is nothing at %s', (path) => {
  expect(readPath({ legend: { show: true } }, path)).toBeUndefined();
});
