import fc from 'fast-check';
import { expect, test } from 'vitest';
import { likeTest } from './like.ts';

test('says of every text and pattern what a regular expression says', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '%', '_', '\n'), maxLength: 90 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '\n'), maxLength: 90 });
  fc.assert(
    fc.property(pattern, text, fc.boolean(), (wanted, given, ignoresCase) => {
      // Neighbouring wildcards would take a regular expression for ever.
      const simple = wanted.replaceAll(/%+/g, '%').split('%').slice(0, 5).join('%');
      const source = simple.replaceAll('%', '.*').replaceAll('_', '.');
      expect(likeTest(simple, ignoresCase)(given)).toBe(new RegExp(`^(?:${source})$`, ignoresCase ? 'is' : 's').test(given));
    }),
    { numRuns: 300 },
  );
});

test.each([31, 32, 33, 63, 64, 65, 1_000])('meets patterns of %i characters', (length) => {
  const text = Array.from({ length }, (_, i) => String.fromCodePoint(97 + (i % 7))).join('');
  for (const pattern of [text, `%${text.slice(1)}`, `${text.slice(0, -1)}_`, `%${text}%`]) {
    expect(likeTest(pattern, false)(text), pattern.slice(0, 3)).toBe(true);
    expect(likeTest(pattern, false)(text.slice(0, -2))).toBe(false);
  }
  expect(likeTest(text, false)(`${text}x`)).toBe(false);
});
