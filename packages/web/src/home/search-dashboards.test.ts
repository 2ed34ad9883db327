import { expect, test } from 'vitest';
import { searchDashboards, tagsOf } from './search-dashboards.ts';

const summary = (title: string, tags: string[], description = '') => ({
  uid: title.toLowerCase(),
  title,
  tags,
  description,
  panelCount: 1,
  builtin: false,
  folder: undefined,
  starred: false,
  updatedMs: 0,
});
const dashboards = [
  summary('Host', ['host'], 'beside a training'),
  summary('Training', ['ml', 'host']),
  summary('Inference', ['ml']),
];

test.each([
  ['', undefined, ['Host', 'Training', 'Inference']],
  ['train', undefined, ['Training', 'Host']],
  ['TRAIN host', undefined, ['Host', 'Training']],
  ['', 'ml', ['Training', 'Inference']],
  ['inf', 'host', []],
])('"%s" with tag %s finds %j', (query, tag, want) => {
  expect(searchDashboards(dashboards, query, tag).map(({ title }) => title)).toEqual(want);
});

test('all tags, once', () => expect(tagsOf(dashboards)).toEqual(['host', 'ml']));
