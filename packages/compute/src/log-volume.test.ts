import type { Frame } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';
import { logVolume } from './log-volume.ts';

const MINUTE = 60_000;

function lines(...rows: readonly (readonly [minute: number, level: string])[]): Frame {
  return {
    refId: 'A',
    shape: 'logs',
    length: rows.length,
    fields: [
      { name: 'time', type: 'time', values: Float64Array.from(rows, ([minute]) => minute * MINUTE) },
      { name: 'body', type: 'string', values: rows.map(() => 'something happened') },
      { name: 'level', type: 'string', values: rows.map(([, level]) => level) },
    ],
  };
}

const columns = (frame: Frame | undefined) =>
  Object.fromEntries(frame?.fields.map(({ name, values }) => [name, Array.from(values as Float64Array)]) ?? []);

test('lines are counted by level, the gravest first, from the oldest line on', () => {
  const counted = logVolume([lines([9, 'info'], [7, 'error'], [7, 'info'], [7, 'info'])], 0, 10 * MINUTE, 10);
  expect(counted?.fields.map(({ name }) => name)).toEqual(['time', 'error', 'info']);
  expect(columns(counted)).toEqual({ time: [7, 8, 9].map((minute) => minute * MINUTE), error: [1, 0, 0], info: [2, 0, 1] });
});

test('every line in the range is counted once, whatever the width', () => {
  const all = lines(...Array.from({ length: 500 }, (_, at) => [at / 7, at % 3 === 0 ? 'warn' : 'debug'] as const));
  for (const most of [1, 7, 60, 1_000]) {
    const counted = logVolume([all], 0, 100 * MINUTE, most);
    const sum = counted?.fields
      .slice(1)
      .reduce((before, { values }) => before + (values as Float64Array).reduce((a, b) => a + b, 0), 0);
    expect(sum).toBe(500);
    expect(counted?.length).toBeLessThanOrEqual(most + 1);
  }
});

test.each([
  ['no line', [lines()], 0, 10],
  ['no line in the range', [lines([20, 'info'])], 0, 10],
  ['an empty range', [lines([5, 'info'])], 5, 5],
])('%s has no volume', (_, frames, from, to) => expect(logVolume(frames, from * MINUTE, to * MINUTE, 10)).toBeUndefined());
