import { expect, test } from 'vitest';
import { writeRows } from './write-rows.ts';

test('rows as JSON: what is missing, not a number, a time, or a table in a cell', () => {
  const inner = { refId: 'B', shape: 'table', length: 1, fields: [{ name: 'x', type: 'string', values: ['y'] }] } as const;
  const written = writeRows({
    refId: 'A',
    shape: 'series',
    length: 2,
    fields: [
      { name: 'time', type: 'time', values: Float64Array.of(0, 1_000) },
      {
        name: 'loss',
        type: 'number',
        labels: { run: 'a' },
        values: Float64Array.of(Number.NaN, 7),
        present: Uint8Array.of(1, 0),
      },
      { name: 'on', type: 'boolean', values: Uint8Array.of(1, 0) },
      { name: 'rows', type: 'frame', values: [[inner], []] },
    ],
  });
  expect(JSON.parse(JSON.stringify(written))).toMatchObject({
    refId: 'A',
    columns: [{ name: 'time' }, { name: 'loss', labels: { run: 'a' } }, { name: 'on' }, { name: 'rows' }],
    rows: [
      ['1970-01-01T00:00:00.000Z', 'NaN', true, [{ rows: [['y']] }]],
      ['1970-01-01T00:00:01.000Z', null, false, []],
    ],
  });
});
