import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSearch, writeSearch } from '../time/dashboard-search.ts';
import {
  nextSort,
  readRunsSearch,
  readSmoothing,
  readX,
  runsViewOf,
  USUAL_RUNS_VIEW,
  writeRunsView,
  writeSmoothing,
} from './runs-view.ts';
import type { RunsView } from './runs-view.ts';

const texts = fc.array(fc.string({ minLength: 1 }), { maxLength: 4 });
const views: fc.Arbitrary<RunsView> = fc
  .record({
    q: fc.string(),
    project: texts,
    bin: fc.boolean(),
    by: fc.constantFrom('', 'group', 'params.learning rate'),
    cols: texts,
    run: texts,
    open: texts,
    show: fc.constantFrom(undefined, 'both', 'table', 'charts'),
    split: fc.integer({ min: 20, max: 80 }),
    x: fc.constantFrom('step', 'elapsed', 'metric train/lr'),
    smooth: fc.constantFrom('none', 'ema 0.6', 'gaussian 8', 'twema 0.999'),
    logy: fc.boolean(),
    lines: fc.constantFrom(10, 20, 100),
    size: fc.constantFrom('s', 'm', 'l'),
    from: fc.constantFrom(undefined, -5),
  } as const)
  .map((some) => ({ ...USUAL_RUNS_VIEW, ...some, to: some.from === undefined ? undefined : 1e9 }));

test('what the URL was written from is what it says', () => {
  fc.assert(
    fc.property(views, (view) => {
      expect(runsViewOf(readRunsSearch(parseSearch(writeSearch(writeRunsView(view)))))).toEqual(view);
    }),
  );
});

test('the usual view leaves the URL bare', () => {
  expect(writeSearch(writeRunsView(USUAL_RUNS_VIEW))).toBe('');
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['no range backwards', { from: '5', to: '1' }],
  ['no half of a range', { from: '5' }],
  ['no unknown x', { x: 'metric ' }],
  ['no unknown smoothing', { smooth: 'ema' }],
  ['no count that is not offered', { lines: '999999' }],
  ['no lists of something else', { run: [{}, 4], cols: '' }],
])('%s', (_, raw) => {
  expect(readRunsSearch(raw)).toEqual({});
});

test.each([
  ['ema 0.6', { kind: 'ema', weight: 0.6 }],
  ['twema 5', { kind: 'twema', weight: 0.999 }],
  ['gaussian 0', { kind: 'gaussian', points: 1 }],
  ['mean 9', { kind: 'mean', points: 9 }],
  ['none', { kind: 'none' }],
  ['ema', undefined],
  ['ema 0.6 7', undefined],
  ['loess 3', undefined],
])('smoothing "%s"', (text, want) => {
  const read = readSmoothing(text);
  expect(read).toEqual(want);
  if (read !== undefined) expect(readSmoothing(writeSmoothing(read))).toEqual(read);
});

test.each([
  ['epoch', { kind: 'epoch' }],
  ['metric a b', { kind: 'metric', metric: 'a b' }],
  ['wall', undefined],
])('x "%s"', (text, want) => {
  expect(readX(text)).toEqual(want);
});

test('a head is pressed: the one order, the other, as usual', () => {
  const first = nextSort(['-created'], 'loss', 'ascending');
  expect(first).toEqual(['loss']);
  expect(nextSort(first, 'loss', 'ascending')).toEqual(['-loss']);
  expect(nextSort(['-loss'], 'loss', 'ascending')).toEqual(['-created']);
  expect(nextSort(['loss'], 'acc', 'descending', true)).toEqual(['loss', '-acc']);
  expect(nextSort(['loss', '-acc'], 'acc', 'descending', true)).toEqual(['loss', 'acc']);
  expect(nextSort(['loss', 'acc'], 'acc', 'descending', true)).toEqual(['loss']);
  expect(nextSort(['loss', '-acc'], 'acc', 'descending')).toEqual(['-acc']);
});
