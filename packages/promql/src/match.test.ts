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
