import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VARIABLE_FORMATS } from './format.ts';
import { replaceVariables } from './replace.ts';
import { variableScope } from './resolve.ts';

const page = readFileSync(new URL('../../../../docs/variables.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `(\$\{v:[^`]*\})` \| `(.*)` \|$/gm)].map(([, reference, becomes]) => [
  reference as string,
  // A bar ends a table's cell.
  (becomes as string).replaceAll(String.raw`\|`, '|'),
]);
const value = ['a.b', 'c'];
const scope = variableScope({
  resolved: new Map([['v', { name: 'v', value, text: value, multi: true }]]),
  builtins: { fromMs: 0, toMs: 1, timeZone: 'UTC' },
});

test.each(rows)('docs/variables.md: %s', (reference, becomes) => {
  expect(replaceVariables(reference, scope)).toBe(becomes);
});

test('docs/variables.md names every format', () => {
  const named = new Set(rows.map(([reference]) => /:(\w+)/.exec(reference as string)?.[1]));
  expect(VARIABLE_FORMATS.filter((format) => !named.has(format) && format !== 'date')).toEqual([]);
});
