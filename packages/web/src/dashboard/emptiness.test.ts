import { expect, test } from 'vitest';
import { createEmptiness } from './emptiness.ts';

test.each<[string, [panelKey: string, isEmpty: boolean | undefined][], boolean]>([
  ['nothing has answered', [], false],
  ['one is empty', [['1', true]], true],
  [
    'all are',
    [
      ['1', true],
      ['2', true],
    ],
    true,
  ],
  [
    'one has something',
    [
      ['1', true],
      ['2', false],
    ],
    false,
  ],
  [
    'the one that had something has gone',
    [
      ['1', true],
      ['2', false],
      ['2', undefined],
    ],
    true,
  ],
])('%s: all empty is %s', (_, reports, want) => {
  const emptiness = createEmptiness();
  for (const [panel, isEmpty] of reports) emptiness.report(panel, isEmpty);
  expect(emptiness.isAll()).toBe(want);
});
