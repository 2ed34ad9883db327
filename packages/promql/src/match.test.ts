import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import type { Matcher } from '@vitrine/model/sample-store.ts';
import { compileMatchers, compileRegex, literalValues } from './match.ts';

test.each([
  ['.*', ['', 'a', 'a\nb'], []],
  ['.+', ['a', '\n'], ['']],
  ['', [''], ['a']],
  ['api', ['api'], ['', 'apis', 'xapi']],
  ['a|b|c', ['a', 'b', 'c'], ['', 'ab', 'd']],
  ['a||b', ['', 'a', 'b'], ['ab']],
  ['(a|b)', ['a', 'b'], ['', '(a|b)']],
  ['(?:a|b|c|d|e|f)', ['f'], ['g']],
  ['api.*', ['api', 'api-1', 'api\n'], ['xapi']],
  ['api.+', ['api-1'], ['api', 'xapi1']],
  ['.*api', ['api', 'x-api'], ['apix']],
  ['.+api', ['x-api', 'apiapi'], ['api']],
  ['.*api.*', ['api', 'xapix'], ['ap']],
  ['(?i).*api.*', ['api', 'xAPIx', 'Api'], ['ap']],
  [String.raw`(?i).*a\.b.*`, ['xA.By'], ['axb']],
  ['/v1/(a|b)/x', ['/v1/a/x', '/v1/b/x'], ['/v1/a', '/v1/c/x']],
  ['pod-[0-9]+', ['pod-12'], ['pod-', 'xpod-1']],
  ['pods?', ['pod', 'pods'], ['po']],
  ['.+api.+', ['xapix', 'apiapix'], ['api', 'xapi', 'apix']],
  ['a.c', ['abc', 'a\nc'], ['ac']],
  ['a|b.', ['a', 'bc'], ['ac', 'b']],
  ['(?i:API)', ['api', 'Api'], ['ap']],
  ['5..', ['500', '503'], ['50', '5000']],
  ['[0-9]+', ['12'], ['', '1a']],
  ['a\\.b', ['a.b'], ['axb']],
] as const)('%s matches what RE2 anchored at both ends would', (expression, yes, no) => {
  const matches = compileRegex(expression);
  for (const text of yes) expect(matches(text), JSON.stringify(text)).toBe(true);
  for (const text of no) expect(matches(text), JSON.stringify(text)).toBe(false);
});

test('property: the short ways around the engine answer as it does', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    'ab',
    'K',
    '|',
    '(',
    ')',
    '(?:',
    '.*',
    '.+',
    '*',
    '?',
    '+',
    '[ab]',
    '[|]',
    String.raw`\.`,
    '.',
    '(?i)',
    '{2}',
    '😀',
  );
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'k', 'K', 'A', '.', '|', '\n', '\u212a', '😀'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 7 }), fc.array(text, { minLength: 3, maxLength: 8 }), (parts, texts) => {
      const expression = parts.join('');
      let engine: RE2JS;
      try {
        engine = RE2JS.compile(expression, RE2JS.DOTALL);
      } catch {
        expect(() => compileRegex(expression)).toThrow();
        return;
      }
      const matches = compileRegex(expression);
      for (const one of texts) expect(matches(one), `${JSON.stringify(one)} by ${expression}`).toBe(engine.matches(one));
      const literals = literalValues({ label: 'l', op: '=~', value: expression });
      for (const literal of literals ?? []) expect(engine.matches(literal)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test.each(['(', ')', 'a)(b', '*', '[a', '(?<=a)b'])('refuses %s', (expression) => {
  expect(() => compileRegex(expression)).toThrow();
});

test('every matcher must hold, and an absent label has the empty value', () => {
  const labels = Labels.from({ __name__: 'up', job: 'api' });
  const holds = (...matchers: Matcher[]): boolean => compileMatchers(matchers)(labels);
  expect(holds()).toBe(true);
  expect(holds({ label: 'job', op: '=', value: 'api' }, { label: 'pod', op: '=', value: '' })).toBe(true);
  expect(holds({ label: 'job', op: '!~', value: 'a.*' })).toBe(false);
  expect(holds({ label: 'job', op: '=~', value: 'a.*' }, { label: 'pod', op: '!=', value: '' })).toBe(false);
});

test.each([
  [{ label: 'a', op: '=', value: 'x.' }, ['x.']],
  [{ label: 'a', op: '=~', value: 'x|y' }, ['x', 'y']],
  [{ label: 'a', op: '=~', value: 'x.' }, undefined],
  [{ label: 'a', op: '!=', value: 'x' }, undefined],
] as const)('lists the values that can match', (matcher, values) => {
  expect(literalValues(matcher)).toEqual(values);
});
