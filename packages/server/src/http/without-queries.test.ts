import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { expect, test } from 'vitest';
import { withoutQueries } from './without-queries.ts';

const source = { type: 'prometheus', uid: 'secret-source' };

test.each([
  ['query', { source, spec: { query: 'secret' }, regex: '/secret/', staticOptions: [{ text: 'secret', value: 'secret' }] }],
  ['groupby', { source }],
  ['adhoc', { source, baseFilters: [{ key: 'secret', operator: '=', value: 'secret' }] }],
  ['datasource', { type: 'prometheus', regex: '/secret/' }],
  ['custom', { options: [{ text: 'a', value: 'a' }] }],
  ['interval', { values: ['1m'] }],
  ['constant', { current: 'a' }],
  ['textbox', { current: 'a' }],
  ['switch', { enabledValue: 'a', disabledValue: 'b', current: 'a' }],
])('a %s variable keeps its name, and nothing of what it asks', (kind, more) => {
  const variable = { kind, name: 'v', extra: { note: 'secret' }, ...more };
  const { variables } = withoutQueries(parseDashboard({ version: 2, uid: 'd', title: 'D', panels: [], variables: [variable] }));
  expect(variables).toMatchObject([{ kind, name: 'v' }]);
  expect(JSON.stringify(variables)).not.toContain('secret');
});

test('panels, annotations and the dashboard itself keep nothing of what they ask', () => {
  const { panels, annotations, extra } = withoutQueries(
    parseDashboard({
      version: 2,
      uid: 'd',
      title: 'D',
      panels: [
        {
          id: 1,
          kind: 'stat',
          title: 'P',
          grid: { x: 0, y: 0, w: 6, h: 4 },
          queries: [{ refId: 'A', source, spec: { expr: 'secret' } }],
          transformations: [{ id: 'organize', options: { renameByName: { secret: 'b' } } }],
          libraryPanel: { uid: 'secret', name: 'secret' },
          extra: { note: 'secret' },
        },
      ],
      annotations: [{ name: 'Marks', source, spec: { expr: 'secret' }, extra: { note: 'secret' } }],
      extra: { note: 'secret' },
    }),
  );
  expect(panels).toMatchObject([{ id: 1, title: 'P', queries: [{ refId: 'A', source: { type: 'prometheus', uid: '' } }] }]);
  expect(annotations).toMatchObject([{ name: 'Marks' }]);
  expect(JSON.stringify([panels, annotations, extra])).not.toContain('secret');
});
