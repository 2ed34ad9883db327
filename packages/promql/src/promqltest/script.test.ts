import { expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import { almostEqual } from './compare.ts';
import { MemorySource } from './memory-source.ts';
import { pinTime } from './pin-time.ts';
import { runScript } from './run-script.ts';
import { parseScript } from './script.ts';
import { parse } from '../parse.ts';
import { print } from '../print.ts';

test('a commented line inside a block ends it', () => {
  const commands = parseScript('load 1m\n  a 1\n# gone\nclear\n\neval instant at 1m a\n  expect no_warn\n  a 1\n');
  expect(commands.map((command) => command.kind)).toEqual(['load', 'clear', 'eval']);
});

test.each([
  ['bogus 1', 'line 1: invalid command "bogus 1"'],
  ['load\n', 'line 1: "load" is not "load <step>"'],
  ['load 1m\n  a 1x\n', 'line 1: "1x" is not a value'],
  ['load 1m\n  a 1x9999999\n', 'line 1: a series may have at most 1000000 values'],
  [
    'eval instant at 1m x\n  expect warn\n  expect no_warn\n',
    'line 1: warn and no_warn, or info and no_info, exclude each other',
  ],
  ['eval instant at 1m x\n  x 1 2\n', 'line 1: an instant evaluation has one value a series'],
])('%j is refused', (text, message) => {
  expect(() => parseScript(text)).toThrow(message);
});

test.each([
  [1, 1, true],
  [1, 1.0000005, true],
  [1, 1.00001, false],
  [0, 1e-300, false],
  [Number.NaN, Number.NaN, true],
  [Number.NaN, 0, false],
  [Infinity, Infinity, true],
  [Infinity, -Infinity, false],
])('%d against %d: equal is %s', (a, b, want) => {
  expect(almostEqual(a, b)).toBe(want);
});

test.each([
  ['rate(x[5m]) + y', 'rate(x[5m] @ 60.000) + y @ 60.000'],
  ['x @ 5', 'x @ 5.000'],
  ['x @ start()', 'x @ 60.000'],
  ['max_over_time(rate(x[5m])[1h:])', 'max_over_time(rate(x[5m])[1h:] @ 60.000)'],
])('%s pinned is %s', (text, want) => {
  expect(print(pinTime(parse(text), 60_000)!)).toBe(want);
});

test('what depends on the time cannot be pinned', () => {
  expect(pinTime(parse('x + time()'), 60_000)).toBeUndefined();
});

test('the memory source adds, replaces and keeps the stale mark', () => {
  const source = new MemorySource();
  const labels = Labels.from({ __name__: 'a', job: 'x' });
  source.add(labels, [
    { timestampMs: 10, value: 1 },
    { timestampMs: 20, value: 'stale' },
  ]);
  source.add(labels, [
    { timestampMs: 5, value: 9 },
    { timestampMs: 10, value: 2 },
  ]);
  const [series] = [...source.select({ matchers: [{ label: 'job', op: '=~', value: 'x|y' }], fromMs: 10, toMs: 20 })];
  expect([...series!.timestampsMs.subarray(0, series!.length)]).toEqual([10, 20]);
  expect(series!.values[0]).toBe(2);
  expect(isStaleAt(wordsOf(series!.values), 1)).toBe(true);
  expect([...source.select({ matchers: [], fromMs: 21, toMs: 30 })]).toEqual([]);
});

test('a wrong answer, a missing warning and a crash are told apart', async () => {
  const script = 'eval instant at 1m 1\n  2\n\neval instant at 1m 2\n  expect warn\n  2\n\neval instant at 1m 3\n  3\n';
  const reports = await runScript(script, (expr, { startMs }) => {
    if (expr.kind === 'number' && expr.value === 3) throw new TypeError('boom');
    const value = expr.kind === 'number' ? expr.value : 0;
    return Promise.resolve({
      kind: 'scalar',
      timeMs: startMs,
      value,
      annotations: [],
      stats: { seriesRead: 0, samplesRead: 0, elapsedMs: 0 },
    });
  });
  expect(reports.map((report) => report.failure)).toEqual([
    'expected scalar 2, got 1',
    'expected warn annotation "anything", found none',
    expect.stringContaining('crashed: TypeError: boom'),
  ]);
});
