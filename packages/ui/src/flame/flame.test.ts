import fc from 'fast-check';
import { expect, test } from 'vitest';

import { callAt, changeOf, findCalls, flameTree, functionsOf, sandwich } from './flame-tree.ts';
import type { FlameTree } from './flame-tree.ts';
import { barOf, packageOf } from './paint-flame.ts';
import { changeText } from './top-table.tsx';

/** main → a → b, main → b → a: one line a call, indented by its level. */
function profile(text: string): FlameTree {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => /^( *)(\S+) (\d+) (\d+)$/.exec(line)!);
  return flameTree({
    level: lines.map(([, indent]) => indent!.length),
    label: lines.map(([, , name]) => name!),
    value: lines.map(([, , , value]) => Number(value)),
    self: lines.map(([, , , , self]) => Number(self)),
  });
}

const tree = profile(`
main 100 10
 a 50 20
  b 30 30
 b 40 10
  a 30 10
   b 20 20
`);

test('bars stand side by side below what called them', () => {
  expect([...tree.parent]).toEqual([-1, 0, 1, 0, 3, 4]);
  expect([...tree.end]).toEqual([6, 3, 3, 6, 6, 6]);
  expect([...tree.x].map((x) => Math.round(x * 100))).toEqual([0, 0, 0, 50, 50, 50]);
  expect(tree.depth).toBe(4);
});

test('functions are counted once where they call themselves', () => {
  expect(functionsOf(tree).map(({ label, self, total }) => [tree.labels[label], self, total])).toEqual([
    ['main', 10, 100],
    ['a', 30, 80],
    ['b', 60, 70],
  ]);
});

test.each([
  [0.1, 0, 0],
  [0.1, 1, 1],
  [0.6, 3, 5],
  [0.95, 1, -1],
  [1.2, 0, -1],
])('at %d of the width on level %i is call %i', (x, level, want) => expect(callAt(tree, x, level)).toBe(want));

test('a focused call has the whole width, and its callers too', () => {
  expect([0, 3, 4, 1].map((row) => barOf(tree, 3, row, 400))).toEqual([
    [0, 400],
    [0, 400],
    [0, 300],
    [0, 0],
  ]);
});

test('a search says its share, counting no call twice', () => {
  expect(findCalls(tree, 'B')?.share).toBeCloseTo(0.7);
  expect(findCalls(tree, ' ')).toBeUndefined();
});

test('a function between its callers and what it calls', () => {
  const { callers, callees } = sandwich(tree, tree.labels.indexOf('a'));
  const lines = (of: FlameTree) =>
    [...of.label].map((label, row) => `${' '.repeat(of.level[row]!)}${of.labels[label]} ${of.value[row]}`);
  expect(lines(callees)).toEqual(['a 80', ' b 50']);
  expect(lines(callers)).toEqual(['a 80', ' main 50', ' b 30', '  main 30']);
});

test.each([
  [8, 12, 64, 64, 0.5],
  [10, 10, 100, 200, -0.5],
  [0, 5, 100, 100, Infinity],
  [5, 0, 100, 100, -1],
  [0, 0, 0, 0, undefined],
])('from %i to %i of %i and %i is a change of %s', (left, right, totalLeft, totalRight, want) => {
  expect(changeOf(left, right, totalLeft, totalRight)).toBe(want);
});

test.each([
  [0.5, '+50 %'],
  [-1, '−100 %'],
  [0, '0 %'],
  [Infinity, 'new'],
  [undefined, '–'],
])('a change of %s reads %s', (change, want) => expect(changeText(change)).toBe(want));

test.each([
  ['net/http.(*conn).serve', 'net/http'],
  ['torch.nn.forward', 'torch.nn'],
  ['main', 'main'],
])('%s belongs to %s', (name, want) => expect(packageOf(name)).toBe(want));

test('whatever the numbers, bars lie within what called them and sums agree', () => {
  const rows = fc.array(fc.tuple(fc.nat(3), fc.constantFrom('a', 'b', 'c'), fc.nat(20), fc.nat(5)), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(rows, (made) => {
      let last = -1;
      const level = made.map(([drop], row) => (last = row === 0 ? 0 : Math.max(1, last + 1 - drop)));
      const any = flameTree({
        level,
        label: made.map(([, name]) => name),
        value: made.map(([, , value]) => value),
        self: made.map(([, , , self]) => self),
      });
      any.parent.forEach((above, row) => {
        if (above < 0) return;
        expect(any.x[row]!).toBeGreaterThanOrEqual(any.x[above]! - 1e-9);
        expect(any.x[row]! + any.width[row]!).toBeLessThanOrEqual(any.x[above]! + any.width[above]! + 1e-9);
      });
      const selves = functionsOf(any).reduce((sum, { self }) => sum + self, 0);
      expect(selves).toBe(made.reduce((sum, [, , , self]) => sum + self, 0));
      for (const { label, total } of functionsOf(any)) expect(sandwich(any, label).callees.value[0]).toBe(total);
    }),
  );
});
