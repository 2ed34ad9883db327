import type { Layout, Panel, Section } from '@vitrine/model/dashboard.ts';
import { expect, test } from 'vitest';
import { type Arranged, arrange, chosenOptions, findShown, panelsOf, repeatNames } from './arrange.ts';

const panel = (id: number, repeat?: string): Panel =>
  ({ id, repeat: repeat === undefined ? undefined : { variable: repeat, direction: 'horizontal', maxPerRow: 4 } }) as Panel;
const grid = (...panels: number[]): Layout => ({ kind: 'grid', panels });
const row = (id: number, layout: Layout, repeat?: string): Section => ({
  id,
  title: `row ${id}`,
  collapsed: false,
  hideHeader: false,
  repeat,
  layout,
});
const values: Record<string, string[]> = { pod: ['a', 'b'], gpu: ['0', '1', '2'] };
const valuesOf = (name: string) => values[name]?.map((value) => ({ value, text: value.toUpperCase() }));
const write = (arranged: Arranged): string =>
  panelsOf(arranged)
    .map(({ key, local }) => `${key}${Object.keys(local).length === 0 ? '' : JSON.stringify(local)}`)
    .join(' ');

test.each<[string, Layout, string]>([
  ['as it is', grid(1, 2), '1 2'],
  ['what stands nowhere is not shown, and what is not there neither', grid(2, 99), '2'],
  ['a panel for each value', grid(3), '3{"pod":"a"} 3-1{"pod":"b"}'],
  ['a variable that is not there repeats nothing', grid(4), '4'],
  ['a row for each value', { kind: 'rows', sections: [row(10, grid(1), 'pod')] }, '1-0{"pod":"a"} 1-1{"pod":"b"}'],
  [
    'a row whose panels repeat as well, by another and by the same variable',
    { kind: 'rows', sections: [row(10, grid(3, 5), 'pod')] },
    '3-0{"pod":"a"} 5-0{"pod":"a","gpu":"0"} 5-0-1{"pod":"a","gpu":"1"} 5-0-2{"pod":"a","gpu":"2"} 3-1{"pod":"b"} 5-1{"pod":"b","gpu":"0"} 5-1-1{"pod":"b","gpu":"1"} 5-1-2{"pod":"b","gpu":"2"}',
  ],
  [
    'rows in tabs',
    { kind: 'tabs', sections: [row(10, { kind: 'rows', sections: [row(11, grid(1))] }), row(12, grid(2))] },
    '1 2',
  ],
])('%s', (_, layout, want) => {
  const panels = [panel(1), panel(2), panel(3, 'pod'), panel(4, 'nope'), panel(5, 'gpu')];
  const arranged = arrange({ panels, layout }, valuesOf);
  expect(write(arranged)).toBe(want);
  const keys = panelsOf(arranged).map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

test('while it is not known for which values, it is there once and waits', () => {
  const arranged = arrange({ panels: [panel(3, 'pod'), panel(1)], layout: grid(3, 1) }, () => 'pending');
  expect(panelsOf(arranged).map(({ key, isPending }) => [key, isPending])).toEqual([
    ['3', true],
    ['1', false],
  ]);
});

test('a copy that is not there any more opens the first', () => {
  const arranged = arrange({ panels: [panel(3, 'pod')], layout: grid(3) }, valuesOf);
  expect(findShown(arranged, '3-1')?.local).toEqual({ pod: 'b' });
  expect(findShown(arranged, '3-9')?.local).toEqual({ pod: 'a' });
  expect(findShown(arranged, '7')).toBeUndefined();
});

test('what is repeated by, wherever it stands', () => {
  const layout: Layout = { kind: 'tabs', sections: [row(1, { kind: 'rows', sections: [row(2, grid(3), 'pod')] })] };
  expect([...repeatNames({ panels: [panel(3, 'gpu')], layout })].sort()).toEqual(['gpu', 'pod']);
});

const options = [
  { value: 'a', text: 'A' },
  { value: 'b', text: 'B' },
];
test.each([
  ['$__all', options, ['A', 'B']],
  ['$__all', undefined, undefined],
  ['b', options, ['B']],
  [['b', 'x'], options, ['B', 'x']],
  [['b'], undefined, ['b']],
  ['', options, ['A']],
  [[], undefined, undefined],
] as const)('%j of %j is shown for %j', (value, known, want) =>
  expect(chosenOptions(value, known)?.map(({ text }) => text)).toEqual(want),
);
