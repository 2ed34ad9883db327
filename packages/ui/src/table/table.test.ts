import type { Field } from '@vitrine/model/frame.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { columnLook } from './cell-look.ts';
import { columnFooter } from './column-footer.ts';
import { placeBelow } from './place-below.ts';
import { distinctTexts, filterRows } from './row-filter.ts';
import { orderRows } from './row-order.ts';
import type { TableSort } from './row-order.ts';
import { imageAddress } from './table-cell.tsx';
import { columnsInView, columnWidths, tableColumns, tableText } from './table-column.ts';

const fields: readonly Field[] = [
  { name: 'job', type: 'string', values: ['b10', 'b9', '', 'a'] },
  { name: 'Value', type: 'number', values: Float64Array.of(3, Infinity, 1, 0), present: Uint8Array.of(1, 1, 1, 0) },
  { name: 'Time', type: 'time', values: Float64Array.of(0, 1000, 2000, 9e15) },
  { name: 'team', type: 'string', values: ['x', 'y', 'x', 'y'] },
  { name: 'up', type: 'boolean', values: Uint8Array.of(1, 0, 1, 0) },
];
const names = fields.map(({ name }) => name);
const up = (column: number): TableSort => ({ column, down: false });
const down = (column: number): TableSort => ({ column, down: true });

test.each<[string, readonly TableSort[], number[]]>([
  ['as it came', [], [0, 1, 2, 3]],
  ['words with numbers by number, empty last', [up(0)], [3, 1, 0, 2]],
  ['down, empty still last', [down(0)], [0, 1, 3, 2]],
  ['numbers, missing last', [up(1)], [2, 0, 1, 3]],
  ['numbers down, missing still last', [down(1)], [1, 0, 2, 3]],
  ['equals in the order of the next column', [up(3), down(1)], [0, 2, 1, 3]],
  ['false before true', [up(4)], [1, 3, 0, 2]],
  ['a column that is gone', [down(9)], [0, 1, 2, 3]],
])('%s', (_, sorts, want) => {
  expect([...orderRows(fields, Uint32Array.of(0, 1, 2, 3), sorts)]).toEqual(want);
});

test.each([
  ['a part of the text, whatever its case', { only: undefined, search: 'B' }, [0, 1]],
  ['chosen values', { only: new Set(['a', '']), search: '' }, [2, 3]],
  ['both', { only: new Set(['a', 'b9']), search: 'b' }, [1]],
  ['nothing chosen', { only: new Set<string>(), search: '' }, []],
])('a filter keeps %s', (_, filter, want) => {
  const values = ['b10', 'b9', '', 'a'];
  expect([...filterRows(4, [{ text: (row) => values[row]!, filter }])]).toEqual(want);
});

test('values are offered with how often they occur', () => {
  const values = ['x', 'y', 'x', 'z'];
  expect([...distinctTexts(values)]).toEqual([
    ['x', 2],
    ['y', 1],
    ['z', 1],
  ]);
});

test('copied text has every digit, ISO times, empty cells where nothing is, and no stray tabs', () => {
  const odd: readonly Field[] = [{ name: 'a\tb', type: 'string', values: ['x\ty\nz'] }, ...fields.slice(1, 3)];
  const columns = (of: readonly Field[]) =>
    tableColumns(
      of,
      of.map(({ name }) => name),
      'UTC',
    );
  expect(tableText(columns(odd), Uint32Array.of(0))).toBe('a b\tValue\tTime\nx y z\t3\t1970-01-01T00:00:00.000Z');
  expect(tableText(columns(fields), Uint32Array.of(3))).toContain('a\t\t9000000000000000');
});

test('columns fill the width, or scroll; a width that somebody set holds', () => {
  const columns = tableColumns(fields, names, 'UTC');
  const sum = (widths: readonly number[]) => widths.reduce((total, width) => total + width, 0);
  expect(sum(columnWidths(columns, 4, 2000, new Map()))).toBe(2000);
  expect(sum(columnWidths(columns, 4, 50, new Map()))).toBeGreaterThan(50);
  expect(columnWidths(columns, 4, 2000, new Map([['job', 77]]))[0]).toBe(77);
});

test('only the columns in view are made, the frozen ones always', () => {
  const offsets = [0, 100, 200, 300, 400];
  expect(columnsInView(offsets, 0, 150, 100)).toEqual([1, 3]);
  expect(columnsInView(offsets, 1, 250, 100)).toEqual([2, 4]);
});

test.each([
  ['nothing said', {}, { kind: 'auto' }],
  ['a colour', { cellOptions: { type: 'color-text' } }, { kind: 'color-text' }],
  [
    'a whole row',
    { cellOptions: { type: 'color-background', mode: 'gradient', applyToRow: true } },
    { kind: 'color-background', fill: 'gradient', wholeRow: true },
  ],
  ['an old name', { displayMode: 'lcd-gauge' }, { kind: 'gauge', fill: 'lcd', value: 'text' }],
  ['a look nobody knows', { cellOptions: { type: 'geo' } }, { kind: 'auto' }],
  ['no object', { cellOptions: 7 }, { kind: 'auto' }],
  ['a name of objects', { displayMode: 'constructor' }, { kind: 'auto' }],
])('the look of cells: %s', (_, custom, want) => {
  expect(columnLook({ custom }).cell).toEqual(want);
});

test.each([
  [{ width: '120' }, 120],
  [{ width: 0 }, undefined],
  [{ width: 'auto' }, undefined],
  [{ width: 1e9 }, 4000],
])('the width %j is %s', (custom, want) => {
  expect(columnLook({ custom }).width).toBe(want);
});

test('hidden columns and rows within are no columns', () => {
  const inner = { refId: 'A', shape: 'table', length: 0, fields: [] } as const;
  const some: readonly Field[] = [
    { name: 'a', type: 'string', values: ['x'], config: { custom: { hidden: true } } },
    { name: 'b', type: 'frame', values: [[inner]] },
    { name: 'c', type: 'string', values: ['x'] },
  ];
  expect(tableColumns(some, ['a', 'b', 'c'], 'UTC').map(({ name }) => name)).toEqual(['c']);
});

test('a footer sums the rows that are shown, in the column’s unit', () => {
  const [column] = tableColumns(
    [{ name: 's', type: 'number', values: Float64Array.of(1, 2, 4), config: { unit: 's' } }],
    ['s'],
    'UTC',
  );
  expect(columnFooter(column!, ['sum', 'count', 'nonsense'], Uint32Array.of(0, 2))).toEqual([
    { title: 'Total', text: '5 s' },
    { title: 'Count', text: '2' },
  ]);
});

test.each([
  ['https://example.com/a.png', true],
  ['/public/a.png', true],
  ['data:image/png;base64,iVBORw0KGgo=', true],
  ['data:image/svg+xml;base64,PHN2Zz4=', false],
  ['data:text/html;base64,PHN2Zz4=', false],
  ['javascript:alert(1)', false],
  ['mailto:a@example.com', false],
])('an image may come from %s: %s', (address, want) => {
  expect(imageAddress(address) !== undefined).toBe(want);
});

test('a box stands below its anchor, or above where there is no room', () => {
  const viewport = { width: 800, height: 600 };
  expect(placeBelow({ left: 10, top: 20, bottom: 40 }, { width: 200, height: 100 }, viewport)).toEqual({ left: 10, top: 44 });
  expect(placeBelow({ left: 790, top: 560, bottom: 580 }, { width: 200, height: 100 }, viewport)).toEqual({
    left: 592,
    top: 456,
  });
});

test('any numbers come in the order in which a comparison would put them, what is missing last', () => {
  const number = fc.oneof(
    fc.double(),
    fc.constantFrom(0, -0, Infinity, -Infinity, Number.NaN, Number.MIN_VALUE, -Number.MIN_VALUE),
  );
  fc.assert(
    fc.property(fc.array(number, { maxLength: 50 }), fc.boolean(), (list, down) => {
      const field: Field = { name: 'v', type: 'number', values: Float64Array.from(list) };
      const found = [...orderRows([field], Uint32Array.from(list.keys()), [{ column: 0, down }])];
      const want = [...list.keys()].toSorted((a, b) => {
        const [x, y] = [list[a]!, list[b]!];
        const missing = Number(Number.isNaN(x)) - Number(Number.isNaN(y));
        const order = x < y ? -1 : x > y ? 1 : 0;
        return missing || (down ? -order : order) || a - b;
      });
      expect(found).toEqual(want);
    }),
  );
});

test('of many different texts each keeps its place', () => {
  const values = Array.from({ length: 20_000 }, (_, at) => `pod-${(at * 7_919) % 20_000}`);
  const field: Field = { name: 'pod', type: 'string', values };
  const order = orderRows([field], Uint32Array.from(values.keys()), [{ column: 0, down: false }]);
  expect(order.every((row, at) => values[row] === `pod-${at}`)).toBe(true);
});
