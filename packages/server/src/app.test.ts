import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import { describe, expect, test } from 'vitest';
import { matrix } from './testing/fake-store.ts';
import { testApp } from './testing/test-app.ts';

const panel = (id: number, expr: string, spec: object = {}) => ({
  id,
  kind: 'timeseries',
  grid: { x: 0, y: 0, w: 12, h: 8 },
  queries: [{ refId: 'A', spec: { expr, ...spec } }],
});
const training = {
  version: 1,
  uid: 'training',
  title: 'Training',
  panels: [panel(1, 'loss'), panel(2, 'rate(steps[$__rate_interval])')],
};

describe('a signed-in page', () => {
  test('lists dashboards and reads one', async () => {
    const { app, browser } = await testApp({ dashboards: [training, { ...training, uid: 'a', title: 'A', panels: [] }] });
    const list = await app.inject({ url: '/api/dashboards', headers: browser });
    expect(list.json()).toMatchObject({ dashboards: [{ uid: 'a' }, { uid: 'training', panelCount: 2, builtin: true }] });
    const one = await app.inject({ url: '/api/dashboards/training', headers: browser });
    expect(one.json()).toMatchObject({ builtin: true, dashboard: { uid: 'training', x: 'time' } });
  });

  test('gets a panel’s data on a grid that ends at or after the range', async () => {
    const { app, browser, store } = await testApp({ dashboards: [training] });
    store.answer = (request) => matrix(request, [[{ __name__: 'loss', split: 'train' }, () => 1]]);
    const answer = await app.inject({
      method: 'POST',
      url: '/api/panel-data',
      headers: browser,
      payload: { dashboard: 'training', panel: 1, fromMs: 100_500, toMs: 3_700_500, widthPx: 720 },
    });
    expect(answer.statusCode).toBe(200);
    const data = decodePanelData(answer.rawPayload);
    expect(data).toMatchObject({ fromMs: 100_000, toMs: 3_705_000, stepMs: 5_000, traces: [{ executed: 'loss' }] });
    expect(data.frames[0]?.fields.map(({ name }) => name)).toEqual(['Time', 'loss']);
  });
});
