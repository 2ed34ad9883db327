import type { Frame } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';

import { commonLabels, deduplicate, labelNames, logLines, MARKS, orderLines } from './log-lines.ts';
import type { Deduplication } from './log-lines.ts';

function logs(bodies: readonly string[], labels?: readonly unknown[]): Frame {
  return {
    refId: 'A',
    shape: 'logs',
    length: bodies.length,
    fields: [
      { name: 'time', type: 'time', values: Float64Array.from(bodies, (_, at) => at * 1000) },
      { name: 'body', type: 'string', values: bodies },
      ...(labels === undefined ? [] : [{ name: 'labels', type: 'json', values: labels } as const]),
    ],
  };
}

test.each([
  ['ERROR disk full', 'error'],
  ['2026-01-01T00:00:00Z level=warn msg="slow"', 'warning'],
  ['{"level":"info","msg":"up"}', 'info'],
  ['[debug] x', 'debug'],
  ['I have no errors to tell of', 'unknown'],
  ['panic: out of memory', 'critical'],
  ['', 'unknown'],
])('the level of "%s" is %s', (body, want) => {
  expect(logLines([logs([body])]).levelAt(0)).toBe(want);
});

test('a label tells the level before the text does, and labels may have any name', () => {
  const lines = logLines([logs(['ERROR'], [JSON.parse('{"level":"info","__proto__":"x","n":{"a":1}}')])]);
  expect(lines.levelAt(0)).toBe('info');
  expect(Object.entries(lines.labelsAt(0))).toEqual([
    ['level', 'info'],
    ['__proto__', 'x'],
    ['n', '{"a":1}'],
  ]);
});

test('any table with a time and words has lines', () => {
  const table: Frame = {
    refId: 'A',
    shape: 'table',
    length: 1,
    fields: [
      { name: 'pod', type: 'string', values: ['a'] },
      { name: 'at', type: 'time', values: Float64Array.of(5) },
      { name: 'message', type: 'string', values: ['hello'] },
    ],
  };
  const lines = logLines([table]);
  expect([lines.bodies, lines.labelsAt(0)]).toEqual([['hello'], { pod: 'a' }]);
  expect(logLines([{ ...table, fields: table.fields.slice(0, 1) }]).length).toBe(0);
});

test('lines stand by time, the newest first where asked for', () => {
  const lines = logLines([logs(['a', 'b']), logs(['c'])]);
  expect([...orderLines(lines, false)].map((line) => lines.bodies[line])).toEqual(['a', 'c', 'b']);
  expect([...orderLines(lines, true)].map((line) => lines.bodies[line])).toEqual(['b', 'c', 'a']);
});

test.each<[Deduplication, string[], number[]]>([
  ['none', ['a 1', 'a 1', 'a 2', 'b 2'], []],
  ['exact', ['a 1', 'a 2', 'b 2'], [2, 1, 1]],
  ['numbers', ['a 1', 'b 2'], [3, 1]],
  ['signature', ['a 1'], [4]],
])('alike by %s', (how, want, counts) => {
  const lines = logLines([logs(['a 1', 'a 1', 'a 2', 'b 2'])]);
  const found = deduplicate(lines, orderLines(lines, false), how);
  expect([...found.order].map((line) => lines.bodies[line])).toEqual(want);
  expect([...(found.counts ?? [])]).toEqual(counts);
});

test('dates do not tell equal lines apart', () => {
  const lines = logLines([logs(['2026-01-01T00:00:00.1Z up', '2026-01-01T00:00:09.2Z up'])]);
  expect(deduplicate(lines, orderLines(lines, false), 'exact').order).toHaveLength(1);
});

test('what all lines have in common is told once', () => {
  const lines = logLines([
    logs(
      ['a', 'b'],
      [
        { app: 'x', pod: '1' },
        { app: 'x', pod: '2' },
      ],
    ),
  ]);
  expect(commonLabels(lines, orderLines(lines, false))).toEqual({ app: 'x' });
});

test.each([
  ['1700000000123000456', 456],
  ['1700000000123999999', 999_999],
  ['', undefined],
  ['-1700000000123000456', undefined],
  ['1.7e18', undefined],
])('of tsNs "%s" a millisecond leaves %s nanoseconds over', (text, want) => {
  const frame = logs(['a']);
  const lines = logLines([{ ...frame, fields: [...frame.fields, { name: 'tsNs', type: 'string', values: [text] }] }]);
  expect(lines.nanosAt(0)).toBe(want);
  expect(lines.labelsAt(0)).toEqual({});
});

test('labels that may be chosen are those that occur, by name', () => {
  expect(labelNames(logLines([logs(['a', 'b'], [{ pod: 'x' }, { node: 'y', pod: 'z' }])]))).toEqual(['node', 'pod']);
});

test('a column of marks points at lines, and is no label of theirs', () => {
  const lines = logLines([
    {
      refId: 'A',
      shape: 'logs',
      length: 2,
      fields: [
        { name: 'Time', type: 'time', values: Float64Array.of(2, 1) },
        { name: 'Line', type: 'string', values: ['b', 'a'] },
        { name: 'this line', type: 'boolean', values: Uint8Array.of(0, 1), config: { custom: { [MARKS]: true } } },
      ],
    },
  ]);
  expect([lines.isMarkedAt(0), lines.isMarkedAt(1)]).toEqual([false, true]);
  expect(lines.labelsAt(1)).toEqual({});
});
