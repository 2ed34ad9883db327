import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

test('the store’s exemplars lead where query.trace-link says', async () => {
  const { app, store, browser } = await testApp({ traceLink: 'https://traces/${__value.raw}' });
  const exemplar = { labels: Labels.from({ trace_id: 'abc' }), value: 0.5, timestampMs: 20_000 };
  store.exemplars = () => Promise.resolve([{ labels: Labels.from({ __name__: 'latency' }), exemplars: [exemplar] }]);
  const queries = [{ refId: 'A', source: { type: 'builtin', uid: 'builtin' }, spec: { expr: 'latency', exemplar: true } }];
  const panel = { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries };
  const answer = await app.inject({
    method: 'POST',
    url: '/api/panel-data',
    headers: browser,
    payload: { dashboard: '', panel: 1, fromMs: 0, toMs: 60_000, widthPx: 100, draft: { panel, variables: [] } },
  });
  const frame = decodePanelData(answer.rawPayload).frames.find(({ shape }) => shape === 'exemplars');
  expect(frame?.fields).toMatchObject([
    { name: 'Time', values: Float64Array.of(20_000) },
    { name: 'Value', values: Float64Array.of(0.5) },
    { name: 'trace_id', values: ['abc'], config: { links: [{ url: 'https://traces/${__value.raw}', targetBlank: true }] } },
  ]);
});
