import type { Frame } from '@vitrine/model/frame.ts';
import { describe, expect, test } from 'vitest';

import { fieldMatcher, frameMatcher } from './matcher.ts';

const frames: readonly Frame[] = [
  {
    refId: 'A',
    name: 'first',
    shape: 'table',
    length: 2,
    fields: [
      { type: 'time', name: 'Time', values: Float64Array.of(1, 2) },
      { type: 'number', name: 'Value', labels: { a: 'x', b: 'y' }, values: Float64Array.of(1, 5) },
      { type: 'string', name: 's', values: ['q', 'w'] },
      { type: 'boolean', name: 'b', values: Uint8Array.of(1, 0) },
      { type: 'json', name: 'o', values: [{}, {}] },
      {
        type: 'number',
        name: 'x y',
        config: { displayName: 'Disp' },
        values: Float64Array.of(1, 0),
        present: Uint8Array.of(1, 0),
      },
      {
        type: 'number',
        name: 'v2',
        config: { displayNameFromSource: 'Legend' },
        values: new Float64Array(2),
        present: new Uint8Array(2),
      },
    ],
  },
  {
    refId: 'B',
    name: 'second',
    shape: 'table',
    length: 2,
    fields: [
      { type: 'time', name: 'Time', values: Float64Array.of(1, 2) },
      { type: 'number', name: 'Value', labels: { a: 'z', b: 'y' }, values: Float64Array.of(1, 2) },
    ],
  },
];

function found(id: string, options?: unknown): string {
  const matches = fieldMatcher(id, options);
  const lists = frames.map((frame) => frame.fields.filter((field) => matches(field, frame, frames)).map(({ name }) => name));
  return lists.map((names) => names.join(',')).join(' | ');
}

describe('field matchers', () => {
  test.each([
    ['byName', 'Value', 'Value | Value'],
    ['byName', 'x y', 'x y | '],
    ['byName', 'Disp', 'x y | '],
    ['byName', 'Legend', 'v2 | '],
    ['byName', 'first {a="x", b="y"}', 'Value | '],
    ['byName', 'nothing', ' | '],
    ['byName', undefined, ' | '],
    ['byNames', { names: ['Disp', 's'] }, 's,x y | '],
    ['byNames', { mode: 'exclude', names: ['Disp', 's'] }, 'Time,Value,b,o,v2 | Time,Value'],
    ['byRegexp', '/disp/i', 'x y | '],
    ['byRegexp', 'Tim.', 'Time | Time'],
    ['byRegexp', 'Tim', ' | '],
    ['byRegexp', '', ' | '],
    ['byRegexpOrNames', { pattern: '/Disp/', names: ['s'] }, 's,x y | '],
    ['byType', 'number', 'Value,x y,v2 | Value'],
    ['byType', 'other', 'o | '],
    ['byTypes', ['time', 'string'], 'Time,s | Time'],
    ['numeric', undefined, 'Value,x y,v2 | Value'],
    ['time', undefined, 'Time | Time'],
    ['first', undefined, 'Time | Time'],
    ['firstTimeField', undefined, 'Time | Time'],
    ['byFrameRefID', 'B', ' | Time,Value'],
    ['byValue', { reducer: 'max', op: 'gt', value: 4 }, 'Value | '],
    ['byValue', { reducer: 'lastNotNull', op: '<=', value: 1 }, 'b,x y | '],
    ['byValue', { reducer: 'allIsNull', op: 'eq', value: 1 }, 's,b,o,v2 | '],
    [
      'anyMatch',
      [
        { id: 'byType', options: 'string' },
        { id: 'byName', options: 'Disp' },
      ],
      's,x y | ',
    ],
    ['allMatch', [{ id: 'numeric' }, { id: 'byFrameRefID', options: 'A' }], 'Value,x y,v2 | '],
    ['noneMatch', [{ id: 'numeric' }, { id: 'time' }], 's,b,o | '],
    ['invertMatch', { id: 'numeric' }, 'Time,s,b,o | Time'],
    ['alwaysMatch', undefined, 'Time,Value,s,b,o,x y,v2 | Time,Value'],
    ['neverMatch', undefined, ' | '],
  ])('%s %j finds %s', (id, options, want) => {
    expect(found(id, options)).toBe(want);
  });

  test.each([
    ['byWhim', undefined, /matcher\.id: "byWhim"/],
    ['byRegexp', '/(/', /matcher\.options: .*not a regular expression/],
    ['byValue', { reducer: 'none' }, /matcher\.options\.reducer: "none"/],
    ['byValue', { reducer: 'max', op: '~' }, /matcher\.options\.op: "~"/],
    ['anyMatch', 'x', /expected a list/],
  ])('%s %j is refused in words', (id, options, want) => {
    expect(() => fieldMatcher(id, options)).toThrow(want);
  });
});

test.each([
  ['byName', 'first', [true, false]],
  ['byName', '/first|second/', [true, true]],
  ['byRefId', 'A', [true, false]],
  ['byRefId', 'A|B', [true, true]],
  ['byRefId', '/^(?:B)$/', [false, true]],
  ['byIndex', 1, [false, true]],
  ['invertMatch', { id: 'byRefId', options: 'A' }, [false, true]],
])('frame matcher %s %j finds %j', (id, options, want) => {
  expect(frames.map(frameMatcher(id, options))).toEqual(want);
});
