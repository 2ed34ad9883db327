import { describe, expect, test } from 'vitest';
import { readGraphiteLine } from './read-graphite-line.ts';

describe('a line of Graphite', () => {
  test.each([
    ['a.b 1 1700000000', { path: 'a.b', value: 1, timeMs: 1_700_000_000_000 }],
    ['a.b;host=x;core=0 -1.5e3 1700000000.25', { path: 'a.b;host=x;core=0', value: -1_500, timeMs: 1_700_000_000_250 }],
    ['a\t.5\t1700000000\r', { path: 'a', value: 0.5, timeMs: 1_700_000_000_000 }],
    ['  a   1.   1700000000  ', { path: 'a', value: 1, timeMs: 1_700_000_000_000 }],
    ['a 1 -1', { path: 'a', value: 1, timeMs: undefined }],
    ['a 1 N', { path: 'a', value: 1, timeMs: undefined }],
    ['a 1', { path: 'a', value: 1, timeMs: undefined }],
    ['a -Inf 0', { path: 'a', value: Number.NEGATIVE_INFINITY, timeMs: 0 }],
    ['größe 1 1', { path: 'größe', value: 1, timeMs: 1_000 }],
  ])('%j', (line, read) => {
    expect(readGraphiteLine(line)).toEqual(read);
  });

  test.each([
    ['a', 'not a line', '"a" is not "path value timestamp".'],
    ['a 1 2 3', 'not a line', '"a 1 2 3" is not "path value timestamp".'],
    ['GET / HTTP/1.1', 'not a number', 'The value of "GET" is "/", which is not a number.'],
    ['a 0x10 1', 'not a number', 'The value of "a" is "0x10", which is not a number.'],
    ['a 1,5 1', 'not a number', 'The value of "a" is "1,5", which is not a number.'],
    ['a nan 1', 'no value', 'The value of "a" is NaN, which Graphite takes as none.'],
    [
      'a 1 yesterday',
      'not a time',
      'The timestamp "yesterday" of "a" is no unix time in seconds. Send unix seconds, or -1 for now.',
    ],
    ['a 1 -5', 'not a time', 'The timestamp "-5" of "a" is no unix time in seconds. Send unix seconds, or -1 for now.'],
    [
      'a 1 1700000000000',
      'not a time',
      'The timestamp "1700000000000" of "a" seems to be in milliseconds, or finer. Send unix seconds, or -1 for now.',
    ],
    ['\u0016\u0003\u0001\u0000 1 1', 'not a line', '"����" is not the name of a metric.'],
    ['\ufffd\ufffd 1 1', 'not a line', '"��" is not the name of a metric.'],
    ['x'.repeat(5_000), 'not a line', `"${'x'.repeat(100)}…" is not "path value timestamp".`],
  ])('%j is refused', (line, reason, sentence) => {
    const refused = readGraphiteLine(line);
    expect(refused).toMatchObject({ reason });
    expect('sentence' in refused && refused.sentence()).toBe(sentence);
  });
});
