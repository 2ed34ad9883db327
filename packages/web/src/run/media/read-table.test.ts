import { expect, test } from 'vitest';
import { readCsv, readTable } from './read-table.ts';

test.each([
  [
    'a table',
    '{"columns":["a","b"],"rows":[[1,"x"],[null,true]]}',
    {
      columns: ['a', 'b'],
      rows: [
        ['1', 'x'],
        ['null', 'true'],
      ],
    },
  ],
  ['what log_table writes', '{"columns":["a"],"data":[[7],[{"b":1}]]}', { columns: ['a'], rows: [['7'], ['{"b":1}']] }],
  ['rows that are no lists', '{"columns":["a"],"rows":[7]}', { columns: ['a'], rows: [['7']] }],
  ['no JSON', '{', undefined],
  ['something else', '[1]', undefined],
  ['nothing', 'null', undefined],
])('reads %s', (_, text, want) => {
  expect(readTable(text)).toEqual(want);
});

test.each([
  ['plain rows', 'a,b\n1,2\n', { columns: ['a', 'b'], rows: [['1', '2']] }],
  [
    'quotes, with separators, lines and quotes in them',
    'a,b\r\n"1,\n""x""",2',
    { columns: ['a', 'b'], rows: [['1,\n"x"', '2']] },
  ],
  ['an empty cell at the end', 'a,b\n1,', { columns: ['a', 'b'], rows: [['1', '']] }],
  ['nothing', '', { columns: [], rows: [] }],
])('reads %s of CSV', (_, text, want) => {
  expect(readCsv(text, ',')).toEqual(want);
});

test('reads no more of CSV than is looked at', () => {
  expect(readCsv(`a\n${'1\n'.repeat(9_000)}`, ',').rows).toHaveLength(500);
});
