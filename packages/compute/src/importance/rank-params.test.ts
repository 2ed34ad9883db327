import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankParams } from './rank-params.ts';
import type { RankedParam } from './rank-params.ts';
import { spearman } from './spearman.ts';

// scipy.stats.spearmanr of the same numbers.
test.each([
  ['a rising pair', [1, 2, 3, 4], [10, 20, 25, 90], 1],
  ['a falling pair', [1, 2, 3, 4], [9, 3, 2, -5], -1],
  ['ties', [1, 2, 2, 3, 4], [2, 1, 3, 3, 5], 0.7631578947368421],
  ['an unrelated pair', [1, 2, 3, 4, 5], [2, 5, 1, 4, 3], 0.1],
  ['pairs without a number are left out', [1, Number.NaN, 2, 3, 4], [10, 5, 20, 25, 90], 1],
])('correlates %s', (_, xs, ys, want) => {
  expect(spearman(xs, ys)).toBeCloseTo(want, 12);
});

test.each([
  ['two pairs', [1, 2], [1, 2]],
  ['no variation', [1, 1, 1], [1, 2, 3]],
  ['nothing', [], []],
])('has no correlation of %s', (_, xs, ys) => {
  expect(spearman(xs, ys)).toBeNaN();
});

/** A sweep of 40 runs in which the learning rate does all, through its logarithm. */
const sweep = Array.from({ length: 40 }, (_, run) => {
  const lr = 10 ** (-5 + (run % 8) * 0.5);
  return { lr, seed: (run * 7919) % 40, optimizer: ['sgd', 'adam', 'lion'][run % 3]!, loss: Math.log10(lr / 1e-3) ** 2 + 0.1 };
});
const ofSweep = (name: 'lr' | 'seed' | 'optimizer') => ({ name, values: sweep.map((run) => String(run[name])) });
const losses = sweep.map(({ loss }) => loss);

function ranked(...given: Parameters<typeof rankParams>): readonly RankedParam[] {
  const answer = rankParams(...given);
  if (answer.kind === 'refused') throw new Error(answer.sentence);
  return answer.params;
}

test('finds what moves the metric though its correlation is weak, and little in chance', () => {
  const params = ranked([ofSweep('seed'), ofSweep('optimizer'), ofSweep('lr')], losses);
  expect(params[0]!.name).toBe('lr');
  expect(params[0]!.importance).toBeGreaterThan(0.8);
  expect(params.reduce((sum, { importance }) => sum + importance, 0)).toBeCloseTo(1);
});

test('ranks a category that decides', () => {
  const target = sweep.map(({ optimizer, seed }) => (optimizer === 'adam' ? 0 : 1) + seed / 1000);
  const params = ranked([ofSweep('lr'), ofSweep('optimizer')], target);
  expect(params[0]).toMatchObject({ name: 'optimizer', kind: 'category', correlation: undefined });
});

test('says how much it explains of runs that it has not seen', () => {
  const good = rankParams([ofSweep('lr')], losses);
  const none = rankParams([ofSweep('seed')], losses);
  expect(good).toMatchObject({ kind: 'ranked', runs: 40 });
  expect(good.kind === 'ranked' && good.explained).toBeGreaterThan(0.9);
  expect(none.kind === 'ranked' && none.explained).toBeLessThan(0.3);
});

test.each([
  ['fewer than 5 runs', [{ name: 'lr', values: ['1', '2', '3', '4'] }], [1, 2, 3, 4], /at least 5 runs .* here are 4/],
  ['runs that lack the metric', [{ name: 'lr', values: ['1', '2', '3', '4', '5'] }], [1, Number.NaN, 3, 4, 5], /here are 4/],
  ['a metric that does not differ', [{ name: 'lr', values: ['1', '2', '3', '4', '5'] }], [1, 1, 1, 1, 1], /same in all/],
  ['parameters that do not differ', [{ name: 'lr', values: ['1', '1', '1', '1', '1'] }], [1, 2, 3, 4, 5], /same parameters/],
])('refuses %s by a sentence', (_, params, target, sentence) => {
  const answer = rankParams(params, target);
  expect(answer.kind === 'refused' && answer.sentence).toMatch(sentence);
});

test('says how many parameters that differ it did not look at', () => {
  const values = ['1', '2', '3', '4', '5'];
  const params = Array.from({ length: 63 }, (_, index) => ({ name: `p${index}`, values }));
  const same = { name: 'same', values: values.map(() => '7') };
  expect(rankParams([...params, same], [5, 3, 4, 1, 2])).toMatchObject({ leftOut: 3 });
  expect(rankParams([params[0]!, same], [5, 3, 4, 1, 2])).toMatchObject({ leftOut: 0 });
});

test('takes any runs, and answers the same twice', () => {
  const value = fc.option(fc.oneof(fc.double().map(String), fc.constantFrom('', 'adam', 'NaN', '1e308', '-1e308')), {
    nil: undefined,
  });
  fc.assert(
    fc.property(
      fc.array(fc.record({ a: value, b: value, target: fc.double({ min: -1e6, max: 1e6 }) }), { maxLength: 24 }),
      (runs) => {
        const params = [
          { name: 'a', values: runs.map(({ a }) => a) },
          { name: 'b', values: runs.map(({ b }) => b) },
        ];
        const target = runs.map((run) => run.target);
        const answer = rankParams(params, target);
        expect(rankParams(params, target)).toEqual(answer);
        if (answer.kind === 'refused') return;
        for (const { importance } of answer.params) {
          expect(importance).toBeGreaterThanOrEqual(0);
          expect(importance).toBeLessThanOrEqual(1 + 1e-9);
        }
      },
    ),
    { numRuns: 40 },
  );
});
