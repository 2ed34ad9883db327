import { expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

const source = { type: 'prometheus', uid: 'prod' };
const grid = { x: 0, y: 0, w: 12, h: 8 };
const panel = (queries: readonly object[]) => ({ id: 1, kind: 'timeseries', title: 'P', grid, queries });
const query = { refId: 'A', source, hidden: false, spec: { expr: 'up' } };
const variable = { kind: 'query', name: 'v', source, spec: { query: 'label_values(up, job)' } };
const marks = { name: 'Marks', source, enable: true, spec: { expr: 'up' }, color: 'blue' };

test('the dashboards that name a data source are told by title, and no others', async () => {
  const { app, browser } = await testApp();
  const dashboards = [
    { uid: 'c', title: 'C panel', panels: [panel([query])] },
    { uid: 'b', title: 'B variable', panels: [], variables: [variable] },
    { uid: 'a', title: 'A annotation', panels: [], annotations: [marks] },
    { uid: 'prod', title: 'Of the same uid', panels: [panel([{ ...query, source: { type: 'builtin', uid: 'builtin' } }])] },
    { uid: 'e', title: 'Of another uid', panels: [panel([{ ...query, source: { ...source, uid: 'prod2' } }])] },
  ];
  for (const dashboard of dashboards) {
    const payload = { dashboard: { version: 2, ...dashboard } };
    const saved = await app.inject({ method: 'PUT', url: `/api/dashboards/${dashboard.uid}`, headers: browser, payload });
    expect(saved.statusCode, saved.body).toBe(200);
  }
  const ask = async (uid: string) =>
    (await app.inject({ url: `/api/datasources/uid/${uid}/dashboards`, headers: browser })).json();
  const titles = ({ dashboards: found }: { dashboards: { title: string }[] }) => found.map(({ title }) => title);
  expect(titles(await ask('prod'))).toEqual(['A annotation', 'B variable', 'C panel']);
  expect(titles(await ask('nobody'))).toEqual([]);
  expect(titles(await ask('builtin'))).toEqual(['Of the same uid']);
  expect((await ask('..%2f')).error.code).toBe('bad_request');
});
