// Answers made to do harm: more series, more options and worse numbers than anything sane, in every kind of panel.
// The page says a sentence or draws, and answers to its reader all the while.
import { expect, test } from '@playwright/test';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { encodePanelData } from '@vitrine/model/frame-wire.ts';
import { panelSpecs } from '@vitrine/plugins/panels/specs.ts';
import { remoteWrite } from './every-page.ts';
import { type HostilePage, openHostilePage } from './hostile-page.ts';

const SERIES = 5_000;
const POINTS = 12;
const BAD = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e308,
  -1e308,
  Number.MAX_VALUE,
  -0,
  0,
  5e-324,
  -2.2e-308,
  1,
  Number.MAX_SAFE_INTEGER + 2,
];
const LONG_LABEL = 'w'.repeat(100_000);
/** What a reader may have to wait for, on a busy machine. */
const ANSWERS_WITHIN_MS = 20_000;

let hostile: HostilePage;

test.describe.configure({ timeout: 180_000 });

test.beforeAll(async ({ browser }) => {
  hostile = await openHostilePage(browser);
  const nowMs = Math.floor(Date.now() / 15_000) * 15_000;
  const samples = (at: number): [number, number][] =>
    Array.from({ length: POINTS }, (_, back) => [BAD[(at + back) % BAD.length] as number, nowMs - (POINTS - back) * 15_000]);
  await remoteWrite(
    hostile.vitrine,
    Array.from({ length: SERIES }, (_, at) => ({
      labels: [
        ['__name__', 'bad'],
        ['id', `s${at}`],
        ['json', `{"k${at}":1}`],
        ['same', 'one'],
      ],
      samples: samples(at),
    })),
  );
});

test.afterAll(async () => {
  await hostile?.end();
});

const kinds = panelSpecs.map(({ kind }) => kind).filter((kind) => !['text', 'dashlist', 'annolist', 'alertlist'].includes(kind));

for (const kind of kinds) {
  test(`${kind} of ${SERIES} series of bad numbers, and one name of 100 kB`, async () => {
    await show(kind, badSeries());
    await show(kind, [badTable()]);
  });
}

for (const [what, transformation, instant] of [
  ['an inner join of all with all', { id: 'joinByField', options: { byField: 'same', mode: 'inner' } }, true],
  ['an outer join of all with all', { id: 'joinByField', options: { byField: 'same', mode: 'outerTabular' } }, true],
  ['a frame for each row', { id: 'partitionByValues', options: { fields: ['id', 'Time'], keepFields: true } }, false],
  ['a column for each row', { id: 'groupingToMatrix', options: { columnField: 'id', rowField: 'json', valueField: 'id' } }, true],
  ['a column for each key', { id: 'extractFields', options: { source: 'json', format: 'json' } }, true],
] as const) {
  test(`a transformation that makes ${what} is left out or cut with a sentence`, async () => {
    const { page, vitrine, ask, expectNoHarm } = hostile;
    const uid = what.replaceAll(' ', '-');
    const queries = (what.includes('join') ? ['A', 'B'] : ['A']).map((refId) => ({
      refId,
      source: { type: 'builtin', uid: 'builtin' },
      spec: { expr: 'bad', format: 'table', instant, range: !instant },
    }));
    const panel = {
      id: 1,
      kind: 'table',
      title: 'Much',
      grid: { x: 0, y: 0, w: 24, h: 12 },
      queries,
      transformations: [transformation],
    };
    const dashboard = { version: 2, uid, title: 'Much', range: { from: 'now-5m', to: 'now' }, panels: [panel] };
    const saved = await ask('PUT', `/api/dashboards/${uid}`, { dashboard });
    expect(saved.status, saved.text.slice(0, 300)).toBe(200);
    await page.goto(`${vitrine.url}/d/${uid}`);
    const notice = page.locator('[data-panel="1"] header button[data-level]');
    await expect(notice).toHaveAttribute('aria-label', /Transformation 1 \(\w+\).*(at most|only the first)/, {
      timeout: ANSWERS_WITHIN_MS,
    });
    await stillAnswers();
    expect((await fetch(`${vitrine.url}/-/healthy`)).status).toBe(200);
    await expectNoHarm(what);
  });
}

test('a variable whose query finds more options than can be listed says so', async () => {
  const { page, vitrine, ask, expectNoHarm } = hostile;
  const nowMs = Date.now();
  for (let from = 0; from < 210_000; from += 30_000) {
    const batch = Array.from({ length: 30_000 }, (_, at) => from + at);
    await remoteWrite(
      vitrine,
      batch.map((at) => ({
        labels: [
          ['__name__', 'crowd'],
          ['one', `o${at}`],
        ],
        samples: [[1, nowMs]],
      })),
    );
  }
  const variable = {
    kind: 'query',
    name: 'one',
    source: { type: 'builtin', uid: 'builtin' },
    spec: { query: 'label_values(crowd, one)' },
  };
  const dashboard = { version: 2, uid: 'crowd', title: 'Crowd', panels: [], variables: [variable] };
  expect((await ask('PUT', '/api/dashboards/crowd', { dashboard })).status).toBe(200);
  await page.goto(`${vitrine.url}/d/crowd`);
  await expect(page.getByText(/200,000/)).toBeVisible({ timeout: ANSWERS_WITHIN_MS });
  await stillAnswers();
  await expectNoHarm('/d/crowd');
});

test('a custom variable of a million values is refused with the limit, or cut', async () => {
  const { page, vitrine, ask, expectNoHarm } = hostile;
  const values = Array.from({ length: 1_000_000 }, (_, at) => `v${at}`);
  const dashboard = {
    version: 2,
    uid: 'million',
    title: 'Million',
    panels: [],
    variables: [{ kind: 'custom', name: 'v', options: values.map((value) => ({ text: value, value })), current: 'v1' }],
  };
  const native = await ask('PUT', '/api/dashboards/million', { dashboard });
  expect([400, 413], native.text.slice(0, 300)).toContain(native.status);
  const grafana = {
    uid: 'million',
    title: 'Million',
    schemaVersion: 39,
    panels: [],
    templating: { list: [{ type: 'custom', name: 'v', query: values.join(',') }] },
  };
  const imported = await ask('POST', '/api/import', { text: JSON.stringify(grafana), uid: 'million' });
  if (imported.status === 200) {
    await page.goto(`${vitrine.url}/d/million`);
    await page.getByRole('button', { name: /^v/ }).first().click();
    await expect(page.getByRole('option').first()).toBeVisible();
    expect(imported.text).toMatch(/100,?000/);
  } else expect(imported.text.slice(0, 500)).toMatch(/limit|at most|large|MiB/);
  await stillAnswers();
  await expectNoHarm('/d/million');
});

/** Frames that no source has answered, through a snapshot: panels must not rely on what a server leaves out. */
async function show(kind: string, frames: readonly Frame[]): Promise<void> {
  const { page, vitrine, ask, expectNoHarm } = hostile;
  const toMs = Date.now();
  const data = encodePanelData({
    frames,
    notices: [],
    traces: [],
    fromMs: toMs - POINTS * 15_000,
    toMs,
    stepMs: 15_000,
    growable: false,
  });
  const panel = {
    id: 1,
    kind,
    title: kind,
    grid: { x: 0, y: 0, w: 24, h: 16 },
    queries: [{ refId: 'A', source: { type: 'builtin', uid: 'builtin' }, spec: { expr: 'bad' } }],
    fieldConfig: { defaults: { unit: 'bytes', color: { mode: 'continuous-GrYlRd' } } },
  };
  const snapshot = {
    dashboard: { version: 2, uid: 'bad', title: kind, range: { from: 'now-5m', to: 'now' }, panels: [panel] },
    data: { 1: Buffer.from(data).toString('base64') },
  };
  let saved = await ask('POST', '/api/snapshots', snapshot);
  // So many snapshots a minute are refused, and there is one for each kind of panel.
  await expect(async () => {
    if (saved.status === 429) saved = await ask('POST', '/api/snapshots', snapshot);
    expect(saved.status).not.toBe(429);
  }).toPass({ intervals: [5_000], timeout: 70_000 });
  expect(saved.status, saved.text.slice(0, 300)).toBe(200);
  const { key } = JSON.parse(saved.text) as { key: string };
  await page.goto(`${vitrine.url}/dashboard/snapshot/${key}`);
  const drawn = page.locator('[data-panel="1"]');
  await expect(drawn).toHaveAttribute('data-state', /ready|empty|failed/, { timeout: ANSWERS_WITHIN_MS });
  await stillAnswers();
  const box = await drawn.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 200);
  await page.mouse.move((box?.x ?? 0) + 500, (box?.y ?? 0) + 260, { steps: 4 });
  await stillAnswers();
  await expectNoHarm(kind);
}

/** Two frames drawn, and nothing keeping the page from it. */
async function stillAnswers(): Promise<void> {
  const answered = hostile.page.evaluate(
    () => new Promise<true>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))),
  );
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), ANSWERS_WITHIN_MS).unref());
  expect(await Promise.race([answered, late]), `the page draws within ${ANSWERS_WITHIN_MS} ms`).toBe(true);
}

function badSeries(): Frame[] {
  const toMs = Date.now();
  const time: Field = {
    name: 'Time',
    type: 'time',
    values: Float64Array.from({ length: POINTS }, (_, at) => toMs - (POINTS - at) * 15_000),
  };
  return Array.from({ length: SERIES }, (_, at) => ({
    refId: 'A',
    shape: 'series',
    length: POINTS,
    fields: [
      time,
      {
        name: 'bad',
        type: 'number',
        labels: { id: at === 0 ? LONG_LABEL : `s${at}`, le: String(at) },
        values: Float64Array.from({ length: POINTS }, (__, back) => BAD[(at + back) % BAD.length] as number),
      },
    ],
  }));
}

function badTable(): Frame {
  const rows = Array.from({ length: SERIES }, (_, at) => at);
  const numbers = (name: string, shift: number): Field => ({
    name,
    type: 'number',
    values: Float64Array.from(rows, (at) => BAD[(at + shift) % BAD.length] as number),
  });
  return {
    refId: 'A',
    shape: 'table',
    length: SERIES,
    fields: [
      { name: 'Time', type: 'time', values: Float64Array.from(rows, (at) => BAD[at % BAD.length] as number) },
      { name: 'id', type: 'string', values: rows.map((at) => (at === 0 ? LONG_LABEL : `s${at}`)) },
      numbers('level', 0),
      numbers('value', 3),
      numbers('self', 5),
      { name: 'label', type: 'string', values: rows.map((at) => `s${at}`) },
      { name: 'source', type: 'string', values: rows.map((at) => `s${at % 70}`) },
      { name: 'target', type: 'string', values: rows.map((at) => `s${(at * 7) % 90}`) },
    ],
  };
}
