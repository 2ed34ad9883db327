import type { LabelSearch } from '@vitrine/model/sample-store.ts';
import { expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

const source = { type: 'builtin', uid: 'builtin' };
const DASHBOARD = {
  version: 2,
  uid: 'd',
  title: 'D',
  panels: [{ id: 1, kind: 'table', grid: { x: 0, y: 0, w: 12, h: 8 }, queries: [] }],
  variables: [
    { kind: 'adhoc', name: 'by', source, filters: [] },
    { kind: 'query', name: 'pods', source, spec: { query: 'label_values(pod)' } },
  ],
};

test('values for a filter are searched in the store where they are too many to be listed', async () => {
  const { app, browser, store } = await testApp({ dashboards: [DASHBOARD] });
  const searched: LabelSearch[] = [];
  store.labelValues = async () => Array.from({ length: 200_001 }, (_, i) => `pod-${i}`);
  store.searchLabels = async (search) => {
    searched.push(search);
    return { found: [{ text: 'pod-7', score: 1 }], hasMore: true, total: 12_345 };
  };
  const ask = async (more: object) =>
    app.inject({
      method: 'POST',
      url: '/api/variable-options',
      headers: browser,
      payload: { dashboard: 'd', fromMs: 0, toMs: 60_000, ...more },
    });
  const filters = { by: [{ key: 'job', operator: '=', value: 'api' }] };
  const answer = await ask({ variable: 'by', key: 'pod', search: 'od-7', limit: 1, filters });
  expect([answer.statusCode, answer.json()]).toEqual([200, { options: [{ text: 'pod-7', value: 'pod-7' }], total: 12_345 }]);
  expect(searched).toMatchObject([
    {
      label: 'pod',
      texts: ['od-7'],
      selectors: [
        [
          { label: 'pod', op: '!=', value: '' },
          { label: 'job', op: '=', value: 'api' },
        ],
      ],
      fromMs: 0,
      toMs: 60_000,
      limit: 1,
    },
  ]);
  // What a variable stands for has to be known whole.
  expect((await ask({ variable: 'pods' })).json()).toMatchObject({
    error: { message: expect.stringContaining('200,000 values') },
  });
});
