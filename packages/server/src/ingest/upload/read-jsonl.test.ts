import { expect, test } from 'vitest';
import { parseJson } from './read-jsonl.ts';

test.each<[string, unknown]>([
  ['{"a": NaN, "b": [-Infinity,Infinity]}', { a: 'NaN', b: ['-Infinity', 'Infinity'] }],
  ['{"msg": "loss: NaN, stop", "loss": NaN}', { msg: 'loss: NaN, stop', loss: 'NaN' }],
  [String.raw`{"say \"x\": NaN,": Infinity, "path\\": NaN}`, { 'say "x": NaN,': 'Infinity', 'path\\': 'NaN' }],
  [' NaN', 'NaN'],
  ['{"a": -NaN}', undefined],
  ['{"a": NaN, "b', undefined],
  ['{"a": NaNs}', undefined],
  ['{"a": 1', undefined],
])('%s is read as Python wrote it', (text, want) => {
  expect(parseJson(text)).toEqual(want);
});

test.each([
  ['blanks', `[${' '.repeat(1_000_000)}NaN x]`],
  ['quotes that are escaped', `NaN "${String.raw`\"`.repeat(500_000)}`],
  ['backslashes', `NaN "${'\\'.repeat(1_000_001)}"`],
])('a million %s are read in passing', (_, text) => {
  expect(parseJson(text)).toBeUndefined();
});

test('a long text beside a NaN is whole', () => {
  const text = 'x\\'.repeat(2_000_000);
  expect(parseJson(`{"a": ${JSON.stringify(text)}, "b": NaN}`)).toEqual({ a: text, b: 'NaN' });
});
