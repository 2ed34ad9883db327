import fc from 'fast-check';
import { expect, test } from 'vitest';

import { colouredParts, markedParts, prettyJson } from './log-text.ts';

test.each([
  ['level=warn took=12ms', ['name level', 'plain =warn ', 'name took', 'plain =', 'number 12ms']],
  ['{"code": 500}', ['plain {', 'name "code"', 'plain : ', 'number 500', 'plain }']],
  ['said "a \\" b" to v1.2.3', ['plain said ', 'text "a \\" b"', 'plain  to v1.2.3']],
  ['2026-11-22T10:00:00Z 10.0.0.1:80 -5', ['plain 2026-11-22T10:00:00Z 10.0.0.1:80 ', 'number -5']],
  ['', []],
])('the words of %s', (text, want) => {
  expect(colouredParts(text).map((part) => `${part.kind} ${part.text}`)).toEqual(want);
});

test.each([
  ['Disk DISK', 'disk', ['Disk', 'DISK']],
  ['none', 'disk', []],
  // Its lower case is longer than itself.
  ['İdisk', 'disk', []],
])('of "%s" what is searched for by "%s" is marked', (text, part, want) => {
  expect(
    markedParts(text, part)
      .filter(({ kind }) => kind === 'found')
      .map((found) => found.text),
  ).toEqual(want);
});

test('no letter is lost or added by colours or marks', () => {
  const joined = (parts: readonly { readonly text: string }[]) => parts.map(({ text }) => text).join('');
  const line = fc.oneof(fc.string(), fc.stringMatching(/^[a-c"\\=:{}\d ms.]{0,200}$/));
  fc.assert(
    fc.property(line, fc.string({ maxLength: 2 }), (text, part) => {
      expect(joined(colouredParts(text))).toBe(text);
      expect(joined(markedParts(text, part.toLowerCase()))).toBe(text);
    }),
  );
});

test.each([
  ['{"a":1}', '{\n  "a": 1\n}'],
  [' [1]', '[\n  1\n]'],
  ['{broken', undefined],
  ['5', undefined],
])('JSON in %s is laid out', (body, want) => expect(prettyJson(body)).toBe(want));
