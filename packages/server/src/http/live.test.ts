import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

const dashboard = {
  version: 1,
  uid: 'training',
  title: 'Training',
  panels: ['loss', 'rate(steps_total[1m]) * on() loss', 'broken('].map((expr, i) => ({
    id: i + 1,
    kind: 'timeseries',
    grid: { x: 0, y: 8 * i, w: 12, h: 8 },
    queries: [{ refId: 'A', spec: { expr } }],
  })),
};

/** A page's event stream over a real connection. */
async function listen(saved: { readonly uid: string } = dashboard, chosen = '') {
  const made = await testApp({ dashboards: [saved] });
  await made.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = made.app.server.address() as { port: number };
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const response = await fetch(`http://127.0.0.1:${port}/api/live?dashboard=${saved.uid}${chosen}`, {
    headers: { cookie: made.browser.cookie },
    signal: controller.signal,
  });
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  /** Reads until `count` events have come, and answers them. */
  const events = async (count: number): Promise<unknown[]> => {
    for (;;) {
      const found = [...text.matchAll(/event: growth\ndata: (.*)\n\n/g)].map(([, json]) => JSON.parse(json as string) as unknown);
      if (found.length >= count) return found;
      const { done, value } = await reader.read();
      if (done) throw new Error(`the stream ended after: ${text}`);
      text += value;
    }
  };
  return { ...made, port, response, events, leave: () => controller.abort(), reader };
}

describe('an event stream of growth', () => {
  test('tells which panels read the series that grew', async () => {
    const { store, events, response } = await listen();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    store.grow('steps_total', { fromMs: 0, toMs: 5 });
    expect(await events(1)).toEqual([{ panels: [2], toMs: 5 }]);
  });

  test('tells of one commit at once, and of what comes soon after together', async () => {
    const { store, events } = await listen();
    store.grow('loss', { fromMs: 0, toMs: 5 });
    expect(await events(1)).toEqual([{ panels: [1, 2], toMs: 5 }]);
    for (let toMs = 6; toMs <= 20; toMs++) store.grow('steps_total', { fromMs: 0, toMs });
    store.grow('loss', { fromMs: 0, toMs: 9 });
    expect((await events(2)).slice(1)).toEqual([{ panels: [1, 2], toMs: 20 }]);
  });

  test.each<[string, string, number[]]>([
    ['', 'loss_total', [1, 3, 4]],
    ['&var-metric=other', 'other_total', [1, 3, 4]],
    ['&var-metric=other', 'fixed', [2]],
  ])('fills in variables and follows data from panel to panel: %s', async (chosen, metric, want) => {
    const panel = (id: number, queries: object[]) => ({
      id,
      kind: 'timeseries',
      grid: { x: 0, y: 8 * id, w: 12, h: 8 },
      queries,
    });
    const query = (expr: string) => ({ refId: 'A', source: { type: 'prometheus', uid: '$ds' }, spec: { expr } });
    const from = (panelId: number) => ({
      refId: 'A',
      source: { type: 'datasource', uid: '-- Dashboard --' },
      spec: { panelId },
    });
    const saved = {
      version: 2,
      uid: 'chosen',
      title: 'Chosen',
      variables: [
        { kind: 'datasource', name: 'ds', type: 'prometheus' },
        { kind: 'custom', name: 'metric', options: [{ value: 'loss' }, { value: 'other' }], current: 'loss' },
      ],
      panels: [panel(1, [query('${metric}_total')]), panel(2, [query('fixed')]), panel(3, [from(1)]), panel(4, [from(3)])],
    };
    const { store, events } = await listen(saved, chosen);
    store.grow('loss_total_not', { fromMs: 0, toMs: 4 });
    store.grow(metric, { fromMs: 0, toMs: 5 });
    expect(await events(1)).toEqual([{ panels: want, toMs: 5 }]);
  });

  test('stops watching when the page goes', async () => {
    const { store, leave, needs } = await listen();
    const inFlight = async () => (await needs.metrics.requestsInFlight.get()).values[0]?.value;
    await expect.poll(() => store.watchers.size).toBe(2);
    expect(await inFlight()).toBe(1);
    leave();
    await expect.poll(() => store.watchers.size).toBe(0);
    await expect.poll(inFlight).toBe(0);
  });

  test('ends when the server stops', async () => {
    const { app, reader } = await listen();
    const closed = app.close();
    for (;;) if ((await reader.read()).done) break;
    await closed;
  });

  test.each<[string, string, number]>([
    ['for a dashboard that is not there', '/api/live?dashboard=x', 404],
    ['for none', '/api/live', 400],
  ])('%s is refused', async (_, url, status) => {
    const { app, browser } = await testApp();
    expect((await app.inject({ url, headers: browser })).statusCode).toBe(status);
  });

  test('is refused to another site’s page', async () => {
    const { app, browser } = await testApp({ dashboards: [dashboard] });
    const headers = { ...browser, origin: 'http://localhost:3000' };
    expect((await app.inject({ url: '/api/live?dashboard=training', headers })).statusCode).toBe(403);
  });
});

test('a query is given up when its asker goes', async () => {
  const { app, store } = await testApp();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const gaveUp = Promise.withResolvers<void>();
  store.answer = (_, signal) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        gaveUp.resolve();
        reject(signal.reason);
      });
      socket.destroy();
    });
  const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1');
  socket.write('GET /api/v1/query?query=up HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await gaveUp.promise;
});
