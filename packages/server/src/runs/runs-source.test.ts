import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { FoundEvents } from '../query/annotation-events.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testApp, type TestApp } from '../testing/test-app.ts';

/** What an annotation query asks, and the titles and stretches that it marks. */
const SPANS: [spec: object, want: [string, number, number][]][] = [
  [
    {},
    [
      ['early', 1_000, 2_000],
      ['late', 1_500, 3_000],
    ],
  ],
  [{ runs: 'name = "late"' }, [['late', 1_500, 3_000]]],
  [{ host: '$host' }, [['early', 1_000, 2_000]]],
  [{ host: 'nowhere' }, []],
];

/** Dashboards with one of these each. */
const dashboards = SPANS.map(([spec], index) => ({
  version: 2,
  uid: `spans-${index}`,
  title: 'Spans',
  panels: [{ id: 1, kind: 'text', grid: { x: 0, y: 0, w: 12, h: 8 }, queries: [] }],
  variables: [{ name: 'host', kind: 'constant', current: 'gpu-07:9400' }],
  annotations: [{ name: 'Training', source: { type: 'runs', uid: 'runs' }, enable: true, color: 'green', spec }],
}));

let server: TestApp;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await testApp({ dashboards, until: (end) => ends.push(end) });
  const { runs } = server.needs;
  for (const [id, lr] of [
    ['a', '0.1'],
    ['b', '0.1'],
    ['c', '1'],
  ] as const) {
    await runs.create({ id, name: `run ${id}`, project: 'demo', source: 'api', params: { lr } });
    await runs.curves.append({
      curves: ['train/loss', 'val/loss', 'lr'].map((metric) => ({ run: id, metric })),
      curveIndex: Uint32Array.of(0, 1, 2),
      steps: Float64Array.of(1, 1, 1),
      timesMs: Float64Array.of(1_000, 1_000, 1_000),
      values: Float64Array.of(1, 2, 3),
    });
  }
});
afterAll(async () => {
  for (const end of ends) await end();
});

async function ask(spec: Readonly<Record<string, unknown>>, x?: string, zoom?: { readonly from: number; readonly to: number }) {
  const { app, browser } = server;
  const panel = {
    ...(x === undefined ? {} : { x }),
    id: 1,
    kind: 'curve',
    title: 'Loss',
    grid: { x: 0, y: 0, w: 12, h: 8 },
    queries: [{ refId: 'A', source: { type: 'runs', uid: 'runs' }, spec }],
  };
  const payload = {
    dashboard: '',
    panel: 1,
    fromMs: 0,
    toMs: 60_000,
    widthPx: 500,
    draft: { panel },
    ...(zoom === undefined ? {} : { zoom }),
  };
  return app.inject({ method: 'POST', url: '/api/panel-data', headers: browser, payload });
}

test.each([
  [{ runs: '', metrics: ['train/loss'], smoothing: 'none' }, ['run a', 'run b', 'run c']],
  [{ runs: 'params.lr = 1', metrics: ['/loss$/'], smoothing: 'none' }, ['train/loss', 'val/loss']],
  [
    { runs: 'params.lr = 0.1', metrics: ['val/loss'], smoothing: 'none', groupBy: 'params.lr', band: 'std' },
    ['lr=0.1', 'lr=0.1', 'lr=0.1'],
  ],
  [{ runs: 'name = "nobody"', metrics: ['/./'] }, []],
  [{ metrics: ['train/loss'], x: 'time', smoothing: 'none', runs: 'id = "a"' }, ['run a']],
])('a panel that asks for %j draws %j', async (spec, names) => {
  const answer = await ask(spec);
  expect(answer.statusCode, answer.body.slice(0, 500)).toBe(200);
  const { frames } = decodePanelData(answer.rawPayload);
  expect(frames.map(({ name = '' }) => name).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(names);
});

test.each([
  [{}, undefined, 'step'],
  [{ x: '' }, 'elapsed', 'elapsed'],
  [{ x: 'step' }, 'elapsed', 'step'],
])('a query of %j in a panel over %s goes over %s', async (spec, panelX, x) => {
  const { frames } = decodePanelData((await ask({ metrics: ['lr'], ...spec }, panelX)).rawPayload);
  expect(frames[0]!.fields[0]!.name).toBe(x);
});

test('what a panel zooms into is answered point by point, between its neighbours', async () => {
  const { runs } = server.needs;
  await runs.create({ id: 'long', name: 'long', project: 'demo', source: 'api' });
  const steps = Float64Array.from({ length: 50_000 }, (_, step) => step);
  const values = steps.map((step) => step % 7);
  await runs.curves.append({
    curves: [{ run: 'long', metric: 'score' }],
    curveIndex: new Uint32Array(steps.length),
    steps,
    timesMs: steps,
    values,
  });
  const query = { runs: 'id = "long"', metrics: ['score'], smoothing: 'none' };
  const stepsOf = async (zoom?: { readonly from: number; readonly to: number }, more = {}) => {
    const { frames } = decodePanelData((await ask({ ...query, ...more }, undefined, zoom)).rawPayload);
    return frames[0]!.fields[0]!.values as Float64Array;
  };
  expect((await stepsOf()).filter((step) => step >= 20_000 && step < 20_300).length).toBeLessThan(300);
  expect(await stepsOf({ from: 20_000, to: 20_299 })).toEqual(steps.slice(19_999, 20_301));
  // Over time the page's range counts.
  expect((await stepsOf({ from: 20_000, to: 20_299 }, { x: 'time' }))[0]).toBe(0);
  expect((await ask(query, undefined, { from: 2, to: 1 })).json().error.message).toContain('zoom');
});

test.each([
  [{ metrics: ['loss'], smoothing: 'ema', amount: 2 }, 'amount'],
  [{ metrics: ['loss'], from: 5, to: 5 }, 'to'],
  [{ metrics: ['loss'], x: 'metric' }, 'xMetric'],
  [{ metrics: ['/(/'] }, 'metrics'],
  [{ metrics: ['loss'], runs: 'params.lr >' }, 'filter'],
])('what is wrong with %j is said with the field', async (spec, field) => {
  const answer = await ask(spec);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.message).toContain(field);
});

test('the editor is told names', async () => {
  const { app, browser } = server;
  const answer = await app.inject({ url: '/api/datasources/uid/runs/suggest/names?text=l', headers: browser });
  expect(answer.json()).toEqual({ metrics: ['lr', 'train/loss', 'val/loss'], groups: ['group', 'project', 'params.lr'] });
});

test.each(SPANS)('a dashboard marks when runs ran: %j', async (spec, want) => {
  const { app, browser, needs } = server;
  for (const [name, startedMs, endedMs, hosts] of [
    ['early', 1_000, 2_000, ['gpu-07']],
    ['late', 1_500, 3_000, []],
  ] as const) {
    const { id } = await needs.runs.ensure({ id: name, name, project: 'spans', source: 'api', startedMs, hosts });
    await needs.runs.edit(id, { status: 'finished', endedMs });
  }
  const answer = await app.inject({
    method: 'POST',
    url: '/api/annotation-events',
    headers: browser,
    payload: { dashboard: `spans-${SPANS.findIndex(([each]) => each === spec)}`, fromMs: 500, toMs: 2_500 },
  });
  const { events, notices } = answer.json<FoundEvents>();
  expect(notices).toEqual([]);
  expect(events.map(({ title, timeMs, endMs }) => [title, timeMs, endMs])).toEqual(want);
  for (const { tags } of events) expect(tags).toEqual(['run', 'finished', 'spans']);
});

test('patterns find what comes late among very many names, and say how many of those found are not drawn', async () => {
  const { runs } = server.needs;
  await runs.create({ id: 'wide', name: 'wide', project: 'demo', source: 'api' });
  const names = Array.from({ length: 6_000 }, (_, index) => `layer${String(index).padStart(5, '0')}`);
  await runs.curves.append({
    curves: names.map((metric) => ({ run: 'wide', metric })),
    curveIndex: Uint32Array.from(names.keys()),
    steps: new Float64Array(names.length),
    timesMs: new Float64Array(names.length),
    values: new Float64Array(names.length),
  });
  const found = async (pattern: string) => {
    const answer = await ask({ runs: 'id = "wide"', metrics: [pattern], smoothing: 'none' });
    return decodePanelData(answer.rawPayload);
  };
  expect((await found('/5999$/')).frames.map(({ fields }) => fields[1]!.name)).toEqual(['layer05999']);
  const all = await found('/^layer/');
  expect(all.frames).toHaveLength(1_000);
  expect(all.notices.map(({ text }) => text)).toEqual([
    'Showing the first 1,000 of 6,000 metrics: a chart is drawn from at most so many.',
  ]);
});
