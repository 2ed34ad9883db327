import type { Field } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';

import { columnWidths, orderRows, tableText } from './data-table-rows.ts';

const fields: readonly Field[] = [
  { name: 'job', type: 'string', values: ['b10', 'b9', '', 'a'] },
  { name: 'Value', type: 'number', values: Float64Array.of(3, Infinity, 1, 0), present: Uint8Array.of(1, 1, 1, 0) },
  { name: 'Time', type: 'time', values: Float64Array.of(0, 1000, 2000, 9e15) },
];

test.each([
  ['as it came', undefined, [0, 1, 2, 3]],
  ['words with numbers by number, empty last', { column: 0, down: false }, [3, 1, 0, 2]],
  ['down, empty still last', { column: 0, down: true }, [0, 1, 3, 2]],
  ['numbers, missing last', { column: 1, down: false }, [2, 0, 1, 3]],
  ['numbers down, missing still last', { column: 1, down: true }, [1, 0, 2, 3]],
  ['a column that is gone', { column: 9, down: true }, [0, 1, 2, 3]],
])('%s', (_, sort, want) => {
  expect([...orderRows(fields, 4, sort)]).toEqual(want);
});

test('copied text has every digit, ISO times, empty cells where nothing is, and no stray tabs', () => {
  const odd: readonly Field[] = [{ name: 'a\tb', type: 'string', values: ['x\ty\nz'] }, ...fields.slice(1)];
  expect(tableText(odd, Uint32Array.of(0))).toBe('a b\tValue\tTime\nx y z\t3\t1970-01-01T00:00:00.000Z');
  expect(tableText(fields, Uint32Array.of(3))).toContain('a\t\t9000000000000000');
});

test('columns fill the width, or scroll', () => {
  const text = () => 'some text';
  const sum = (widths: readonly number[]) => widths.reduce((total, width) => total + width, 0);
  expect(sum(columnWidths(fields, 4, text, 1000))).toBe(1000);
  expect(sum(columnWidths(fields, 4, text, 50))).toBeGreaterThan(50);
});
