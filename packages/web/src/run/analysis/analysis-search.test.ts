import { expect, test } from 'vitest';
import { parseSearch, writeSearch } from '../../time/dashboard-search.ts';
import { questionOf, readAnalysisSearch } from './analysis-search.ts';

test('what the URL says is read back the same', () => {
  const search = {
    run: ['a', 'b'],
    view: 'scatter',
    metric: 'val/loss',
    stat: 'last',
    axes: ['params.lr', 'metrics.val/loss'],
    sx: 'params.lr',
    sy: 'duration',
    same: true,
  };
  expect(readAnalysisSearch(parseSearch(writeSearch(search)))).toEqual(search);
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['views and statistics that there are not', { view: 'pie', stat: 'mode' }],
  ['what is as usual', { view: 'params', stat: 'best' }],
  ['keys of something else', { axes: ['lr', 'params.', 7], sx: 'tags.a' }],
])('leaves %s out', (_, raw) => {
  expect(readAnalysisSearch(raw)).toEqual({});
});

test.each([
  [{ q: 'params.lr > 1' }, { filter: 'params.lr > 1' }],
  [
    { q: 'params.lr > 1', project: ['p'] },
    { filter: 'params.lr > 1', projects: ['p'] },
  ],
  [
    { q: 'params.lr > 1', project: ['p'], run: ['a', 'b-1'] },
    { filter: '', runs: ['a', 'b-1'] },
  ],
  [{}, { filter: '' }],
])('%j asks for %j', (search, want) => {
  expect(questionOf(search)).toEqual(want);
});
