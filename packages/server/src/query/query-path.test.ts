import { Labels } from '@vitrine/model/labels.ts';
import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { Frame, PanelData } from '@vitrine/model/frame.ts';
import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import { openStore } from '@vitrine/tsdb/open-store.ts';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';

/** A day ago, so that nothing of the range lies ahead of the clock; on a step of any panel. */
const END = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000;
const MINUTE = 60_000;

type Series = readonly [labels: Record<string, string>, value: (timeMs: number) => number | undefined];

/** Samples every 15 s over the hour before END, and over the same hour a day earlier. */
function batch(series: readonly Series[]): SampleBatch {
  const samples: [number, number, number][] = [];
  for (const [index, [, value]] of series.entries()) {
    for (const end of [END - 86_400_000, END]) {
      for (let timeMs = end - 60 * MINUTE; timeMs <= end; timeMs += 15_000) {
        const at = value(timeMs);
        if (at !== undefined) samples.push([index, timeMs, at]);
      }
    }
  }
  return {
    seriesKeys: series.map(([labels]) => Labels.from(labels).key),
    seriesIndex: Uint32Array.from(samples, ([index]) => index),
    timestampsMs: Float64Array.from(samples, ([, timeMs]) => timeMs),
    values: Float64Array.from(samples, ([, , value]) => value),
  };
}

const isToday = (timeMs: number): boolean => timeMs >= END - 60 * MINUTE;

let made: TestApp;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-query-'));
  const samples = await openStore({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10_000 });
  await samples.append(
    batch([
      [{ __name__: 'up', job: 'api', instance: 'a.b:1' }, () => 1],
      [{ __name__: 'up', job: 'api', instance: 'axb:1' }, () => 0],
      [{ __name__: 'up', job: 'db', instance: 'c:1' }, () => 1],
      [{ __name__: 'load', job: 'api' }, (timeMs) => (isToday(timeMs) ? 4 : 3)],
      [{ __name__: 'load', job: 'db' }, (timeMs) => (isToday(timeMs) ? 10 : 5)],
      [{ __name__: 'gpu_temp', 'k8s.pod': 'p"1' }, () => 60],
      [{ __name__: 'gpu_temp', 'k8s.pod': 'p2' }, () => 70],
      [{ __name__: 'deploys', version: '1.2', env: 'prod' }, (timeMs) => Number(timeMs % (20 * MINUTE) < 2 * MINUTE)],
      ...Array.from({ length: 300 }, (_, i): Series => [{ __name__: 'wide', i: String(i) }, () => i]),
    ]),
  );
  made = await testApp({
    samples,
    limits: {
      maxSamples: 10_000_000,
      maxSeries: 10_000,
      timeoutMs: 10_000,
      maxPoints: 11_000,
      bodyBytes: 1_000_000,
      artifactBytes: 0,
    },
    dashboards: [DASHBOARD],
    until: (end) => ends.push(end),
  });
  ends.push(async () => {
    await samples.close();
    rmSync(folder, { recursive: true, force: true });
  });
}, 30_000);
afterAll(async () => {
  for (const end of ends) await end();
});

const query = (refId: string, spec: object, more: object = {}) => ({
  refId,
  source: { type: 'prometheus', uid: '' },
  spec,
  ...more,
});
const expression = (refId: string, spec: object, more: object = {}) =>
  query(refId, spec, { source: { type: '__expr__', uid: '__expr__' }, ...more });
const choice = { source: { type: 'prometheus', uid: '${ds}' } };

const DASHBOARD = {
  version: 2,
  uid: 'd1',
  title: 'Jobs',
  variables: [
    {
      kind: 'query',
      name: 'instance',
      ...choice,
      multi: true,
      includeAll: true,
      current: '$__all',
      spec: { query: 'label_values(up{job=~"$job"}, instance)' },
    },
    { kind: 'query', name: 'job', ...choice, sort: 'alphabetical', spec: { query: 'label_values(up, job)', qryType: 1 } },
    { kind: 'datasource', name: 'ds', type: 'prometheus' },
    { kind: 'custom', name: 'how', options: [{ value: 'sum' }, { value: 'avg' }], current: 'sum' },
    {
      kind: 'custom',
      name: 'labels',
      multi: true,
      options: [{ value: 'job' }, { value: 'instance' }],
      current: ['job', 'instance'],
    },
    { kind: 'interval', name: 'window', values: ['1m', '5m'], current: '5m' },
    { kind: 'textbox', name: 'quote', current: 'p"1' },
    { kind: 'adhoc', name: 'where', ...choice, filters: [] },
    { kind: 'query', name: 'circle', ...choice, spec: { query: 'label_values($square, x)' } },
    { kind: 'query', name: 'square', ...choice, spec: { query: 'label_values($circle, x)' } },
    { kind: 'query', name: 'second', ...choice, spec: { query: 'label_values($second, x)' } },
  ],
  annotations: [
    {
      name: 'Own',
      source: { type: 'grafana', uid: '-- Grafana --' },
      enable: true,
      hide: false,
      builtIn: true,
      color: 'blue',
      spec: {},
      extra: {},
    },
    {
      name: 'Deploys',
      source: { type: 'prometheus', uid: '$ds' },
      enable: true,
      hide: false,
      builtIn: false,
      color: 'red',
      spec: { expr: 'deploys{env="prod"}', step: '60s', titleFormat: 'Deploy {{version}}', tagKeys: 'env,nothing' },
      extra: {},
    },
    {
      name: 'Nightly',
      source: { type: 'grafana', uid: '-- Grafana --' },
      enable: false,
      hide: true,
      builtIn: false,
      color: 'grey',
      spec: { target: { queryType: 'timeRegions', timeRegion: { mode: 'simple', from: '23:00', to: '01:00' } } },
      extra: {},
    },
    {
      name: 'Broken',
      source: { type: 'prometheus', uid: '' },
      enable: false,
      hide: false,
      builtIn: false,
      color: 'red',
      spec: { expr: 'sum(' },
      extra: {},
    },
    {
      name: 'Tagged',
      source: { type: 'grafana', uid: '-- Grafana --' },
      enable: true,
      hide: false,
      builtIn: false,
      color: 'green',
      spec: { target: { type: 'tags', tags: ['release', '$job'], matchAny: true } },
      extra: {},
    },
  ],
  panels: [
    { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries: [query('A', { expr: 'load' })] },
    {
      id: 2,
      kind: 'timeseries',
      grid: { x: 0, y: 8, w: 12, h: 8 },
      queries: [{ refId: 'A', source: { type: 'datasource', uid: '-- Dashboard --' }, spec: { panelId: 1 } }],
    },
  ],
};

/** Tries out a panel of these queries on the dashboard. */
async function ask(queries: readonly object[], more: object = {}, panel: object = {}) {
  const payload = {
    dashboard: 'd1',
    panel: 99,
    fromMs: END - 60 * MINUTE,
    toMs: END,
    widthPx: 60,
    draft: {
      panel: { id: 99, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries, ...panel },
      variables: DASHBOARD.variables,
    },
    ...more,
  };
  const answer = await made.app.inject({ method: 'POST', url: '/api/panel-data', headers: made.browser, payload });
  return { answer, data: answer.statusCode === 200 ? decodePanelData(answer.rawPayload) : undefined };
}

async function data(queries: readonly object[], more: object = {}, panel: object = {}): Promise<PanelData> {
  const { answer, data: found } = await ask(queries, more, panel);
  if (found === undefined) throw new Error(answer.body);
  return found;
}

async function failure(queries: readonly object[], more: object = {}, panel: object = {}): Promise<string> {
  const { answer } = await ask(queries, more, panel);
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  return answer.json<{ error: { message: string } }>().error.message;
}

/** What was asked of the store. */
const executed = async (spec: object, more: object = {}): Promise<string | undefined> =>
  (await data([query('A', spec)], more)).traces[0]?.executed;

/** The last value of each column by its name. */
function last(frames: readonly Frame[]): Record<string, unknown> {
  return Object.fromEntries(frames.flatMap(({ fields }) => fields.slice(1).map(({ name, values }) => [name, values.at(-1)])));
}

describe('variables in a query', () => {
  test.each<[string, object, string]>([
    ['up{job="$job"}', {}, 'up{job="api"}'],
    ['up{job="$job"}', { job: 'db' }, 'up{job="db"}'],
    ['up{instance=~"$instance"}', { instance: ['a.b:1', 'c:1'] }, String.raw`up{instance=~"(a\\.b:1|c:1)"}`],
    ['up{instance=~"$instance"}', { instance: ['a.b:1'] }, String.raw`up{instance=~"a\\.b:1"}`],
    ['up{instance="$instance"}', { instance: ['a.b:1'] }, 'up{instance="a.b:1"}'],
    ['up{instance=~"$instance"}', {}, String.raw`up{instance=~"(a\\.b:1|axb:1)"}`],
    ['up{instance=~"$instance"}', { job: 'db' }, 'up{instance=~"c:1"}'],
    ['up{instance=~"^${instance:pipe}$"}', { instance: ['a', 'b'] }, 'up{instance=~"^a|b$"}'],
    ['$how by ($labels) (up)', { how: 'avg' }, 'avg by (job, instance) (up)'],
    ['[[how]](max_over_time(${job}_x[$window]))', {}, 'sum(max_over_time(api_x[5m]))'],
    ['gpu_temp{"k8s.pod"="$quote"}', {}, String.raw`gpu_temp{"k8s.pod"="p\"1"}`],
    ['rate(up[$__rate_interval]) + $__interval_ms + $__range_s', {}, 'rate(up[1m15s]) + 60000 + 3600'],
    ['up # $job\n + up', {}, 'up # $job\n + up'],
    ['up{job="${none}"}', {}, 'up{job="${none}"}'],
    ['rate(up[$__rate_interval])', { __rate_interval: '5m]) or secret or rate(up[1m' }, 'rate(up[1m15s])'],
    ['label_replace(up, "a", "$1", "job", "(.*)")', { 1: '") or secret' }, 'label_replace(up, "a", "$1", "job", "(.*)")'],
  ])('%s with %j', async (expr, variables, want) => {
    expect(await executed({ expr }, { variables })).toBe(want);
  });

  test.each<[object, object, string]>([
    [{ multi: true }, {}, 'up{job=~"api"}'],
    [{ multi: true, includeAll: true }, {}, 'up{job=~"(api|db)"}'],
    [{ includeAll: true, allValue: '.*' }, {}, 'up{job=~".*"}'],
    [{ current: 'db' }, {}, 'up{job=~"db"}'],
    [{ current: 'of another server' }, {}, 'up{job=~"api"}'],
    [{ current: 'of another server', includeAll: true }, {}, 'up{job=~"(api|db)"}'],
    [{ current: ['gone', 'db'], multi: true }, {}, 'up{job=~"db"}'],
    [{ current: 'not looked up', refresh: 'never' }, {}, 'up{job=~"not looked up"}'],
    [{ current: 'cannot be looked up', spec: { query: 'label_values(up{, job)' } }, {}, 'up{job=~"cannot be looked up"}'],
    [{ current: 'db' }, { v: 'chosen' }, 'up{job=~"chosen"}'],
    [{ multi: true }, { v: [] }, 'up{job=~"()"}'],
    [{ options: [{ value: 'a' }, { value: 'b' }], multi: true }, {}, 'up{job=~"a"}'],
    [{ options: [{ value: 'a' }], current: 'b', multi: true, includeAll: true }, {}, 'up{job=~"a"}'],
  ])('%j with %j stands for what is saved as long as that can be chosen', async (more, variables, want) => {
    const ofJobs = {
      kind: 'query',
      source: { type: 'prometheus', uid: '' },
      spec: { query: 'label_values(up, job)' },
      refresh: 'load',
    };
    const variable = { name: 'v', ...('options' in more ? { kind: 'custom' } : ofJobs), ...more };
    const queries = [query('A', { expr: 'up{job=~"$v"}' })];
    const panel = { id: 99, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries };
    const { traces } = await data([], { variables, draft: { panel, variables: [variable] } });
    expect(traces[0]?.executed).toBe(want);
  });

  test('an interval that is longer than the step makes the steps longer', async () => {
    const { frames, traces } = await data([query('A', { expr: 'rate(up[$__interval])', interval: '$window' })]);
    expect(traces).toMatchObject([{ executed: 'rate(up[5m])', stepMs: 300_000 }]);
    expect(frames[0]?.length).toBe(13);
  });

  test('a legend may name them', async () => {
    const { frames } = await data([query('A', { expr: 'load', legendFormat: '$how of {{job}}' })]);
    expect(last(frames)).toEqual({ 'sum of api': 4, 'sum of db': 10 });
  });

  test.each<[object, RegExp]>([
    [{ expr: 'up{x="$circle"}' }, /\$circle → \$square → \$circle refer to each other in a circle/],
    [{ expr: 'up{x="$job"' }, /./],
  ])('%j is refused with a sentence', async (spec, sentence) => {
    expect(await failure([query('A', spec)])).toMatch(sentence);
  });

  test.each<[object, RegExp]>([
    [{ variables: { job: 'x'.repeat(10_001) } }, /variables\.job: a value has more than 10,000/],
    [{ variables: { instance: Array.from({ length: 5_001 }, () => 'x') } }, /at most 5,000/],
    [{ variables: { job: { a: 1 } } }, /^variables\.job: /],
    [{ timeZone: 'Mars/Base' }, /is not a time zone/],
  ])('%# beyond the limits are refused', async (more, sentence) => {
    expect(await failure([query('A', { expr: 'up' })], more)).toMatch(sentence);
  });

  test('who may only read chooses values, and tries out nothing', async () => {
    const { token } = await made.needs.tokens.create({ name: 'reader', scopes: ['read'], expiresMs: undefined });
    const headers = { authorization: `Bearer ${token}` };
    const saved = { dashboard: 'd1', panel: 1, fromMs: END - MINUTE, toMs: END, widthPx: 60, variables: { job: 'db' } };
    const post = (payload: object) => made.app.inject({ method: 'POST', url: '/api/panel-data', headers, payload });
    expect((await post(saved)).statusCode).toBe(200);
    const refused = await post({ ...saved, draft: { panel: DASHBOARD.panels[0], variables: [] } });
    expect([refused.statusCode, refused.json().error.message]).toEqual([403, expect.stringMatching(/^Only those who may edit/)]);
  });

  test('without a dashboard are those of the draft', async () => {
    expect(await executed({ expr: 'up{job="$job"}' }, { dashboard: '', variables: { job: 'db' } })).toBe('up{job="db"}');
  });
});

describe('filters', () => {
  const filter = (key: string, operator: string, value: string, values?: string[]) => ({
    filters: { where: [{ key, operator, value, ...(values && { values }) }] },
  });
  test.each<[string, object, string]>([
    [
      'sum(rate(up[5m])) / on() sum(load{job="api"} offset 5m)',
      filter('job', '=', 'db'),
      'sum(rate(up{job="db"}[5m])) / on () sum(load{job="api",job="db"} offset 5m)',
    ],
    [
      'max_over_time(sum(up)[10m:1m])',
      filter('k8s.pod', '!=', 'a"b'),
      String.raw`max_over_time(sum(up{"k8s.pod"!="a\"b"})[10m:1m])`,
    ],
    ['up', filter('job', '=|', '', ['a.b', 'c']), String.raw`up{job=~"a\\.b|c"}`],
    ['up', filter('job', '!~', '$how'), 'up{job!~"sum"}'],
    ['up', { filters: { where: [] } }, 'up'],
  ])('%s with %j', async (expr, more, want) => {
    expect(await executed({ expr }, more)).toBe(want);
  });
  test('that PromQL does not know are refused', async () => {
    expect(await failure([query('A', { expr: 'up' })], filter('a', '<', '1'))).toMatch(/compared with =, !=, =~ and !~ only/);
  });
});

describe('several queries', () => {
  test('are shown together, tables with their values told apart', async () => {
    const table = { format: 'table', instant: true };
    const { frames, growable } = await data([
      query('A', { expr: 'sum(up)', ...table }),
      query('B', { expr: 'sum(load)', ...table }),
      query('C', { expr: 'up', ...table }, { hidden: true }),
    ]);
    expect(frames.map(({ refId, fields }) => [refId, fields.at(-1)?.name])).toEqual([
      ['A', 'Value #A'],
      ['B', 'Value #B'],
    ]);
    expect(growable).toBe(true);
  });

  test('a hidden one runs only where it is needed', async () => {
    const hidden = query('A', { expr: 'load' }, { hidden: true });
    expect((await data([hidden, query('B', { expr: 'up' })])).traces.map(({ refId }) => refId)).toEqual(['B']);
    const { frames, growable } = await data([hidden, expression('B', { type: 'math', expression: '$A * 2' })]);
    expect(last(frames)).toEqual({ 'B {job="api"}': 8, 'B {job="db"}': 20 });
    expect(growable).toBe(false);
  });

  test('one that nobody has written yet is passed over', async () => {
    expect((await data([query('A', { expr: '' }), query('B', { expr: 'load' })])).notices).toEqual([]);
  });

  test('one that names no variable of the dashboard says so', async () => {
    const { notices } = await data([query('A', { expr: 'up{job="$nobody", instance=~".*$"}' })]);
    expect(notices.map(({ text }) => text)).toEqual(['Query A: $nobody is no variable of this dashboard.']);
  });

  test('instant and range at once give both', async () => {
    const { frames } = await data([query('A', { expr: 'load', instant: true, range: true })]);
    expect(frames.map(({ length }) => length)).toEqual([61, 1]);
  });

  test.each<[string, object[], object]>([
    [
      'reduce and compare',
      [
        query('A', { expr: 'load' }, { hidden: true }),
        expression('B', { type: 'reduce', expression: 'A', reducer: 'max' }, { hidden: true }),
        expression('C', { type: 'threshold', expression: 'B', conditions: [{ evaluator: { type: 'gt', params: [5] } }] }),
      ],
      { 'C {job="api"}': 0, 'C {job="db"}': 1 },
    ],
    [
      'divide an instant by another',
      [
        query('A', { expr: 'sum by (job) (load)', instant: true }, { hidden: true }),
        query('B', { expr: 'sum(load)', instant: true }, { hidden: true }),
        expression('C', { type: 'math', expression: '$A / $B * 100' }),
      ],
      { 'C {job="api"}': (4 / 14) * 100, 'C {job="db"}': (10 / 14) * 100 },
    ],
    [
      'fill variables in',
      [query('A', { expr: 'sum(up)' }, { hidden: true }), expression('B', { type: 'math', expression: '$A + ${__range_s}' })],
      { B: 3_602 },
    ],
  ])('expressions %s', async (_, queries, want) => {
    expect(last((await data(queries)).frames)).toEqual(want);
  });

  test.each<[string, object[], RegExp]>([
    [
      'in a circle',
      [expression('A', { type: 'math', expression: '$B' }), expression('B', { type: 'math', expression: '$A' })],
      /A → B → A need each other in a circle/,
    ],
    ['of nothing', [expression('A', { type: 'math', expression: '$Z' })], /no query Z/],
    [
      'of what fails',
      [query('A', { expr: 'sum(' }, { hidden: true }), expression('B', { type: 'math', expression: '$A' })],
      /needs query A, which failed: /,
    ],
    ['in SQL', [expression('A', { type: 'sql', expression: 'select 1' })], /SQL expressions are not run here/],
  ])('expressions %s are refused with a sentence', async (_, queries, sentence) => {
    expect(await failure(queries)).toMatch(sentence);
  });

  test('a hundred expressions on one another are each computed once', async () => {
    const chain = Array.from({ length: 100 }, (_, i) =>
      expression(`E${i}`, { type: 'math', expression: i < 2 ? '1' : `($E${i - 1} + $E${i - 2}) * 0 + 1` }),
    );
    expect(last((await data(chain)).frames)['E99']).toBe(1);
  });
});

test('the example of docs/queries.md is computed', async () => {
  const docs = readFileSync(new URL('../../../../docs/queries.md', import.meta.url), 'utf8');
  const queries = JSON.parse(/```json\n([^`]*)```/.exec(docs)?.[1] ?? '[]') as object[];
  expect(last((await data(queries)).frames)).toEqual({ 'C {job="api"}': (4 / 14) * 100, 'C {job="db"}': (10 / 14) * 100 });
});

describe('the data of another panel', () => {
  const from = (panelId: number, more: object = {}) => ({
    refId: 'A',
    source: { type: 'datasource', uid: '-- Dashboard --' },
    spec: { panelId, ...more },
  });
  test('is what that panel asks', async () => {
    expect(last((await data([from(1)])).frames)).toEqual({ api: 4, db: 10 });
    expect(last((await data([from(2)])).frames)).toEqual({ api: 4, db: 10 });
  });
  test.each([
    [from(7), /no panel 7 to take data from/],
    [from(99), /in a circle: 99 → 99/],
  ])('%j is refused', async (asked, sentence) => {
    expect(await failure([asked])).toMatch(sentence);
  });
});

describe('time', () => {
  const options = (queryOptions: object) => ({ queryOptions });
  test('of its own ends where the page’s does', async () => {
    const { fromMs, toMs } = await data([query('A', { expr: 'up' })], {}, options({ timeFrom: '30m' }));
    expect([fromMs, toMs]).toEqual([END - 30 * MINUTE, END]);
  });
  test('is moved into the past', async () => {
    const found = await data([query('A', { expr: 'load' })], {}, options({ timeShift: '1d' }));
    expect([found.fromMs, found.toMs]).toEqual([END - 25 * 60 * MINUTE, END - 24 * 60 * MINUTE]);
    expect(last(found.frames)).toEqual({ api: 3, db: 5 });
  });
  test('is compared with the day before', async () => {
    const found = await data([query('A', { expr: 'load' })], {}, options({ timeCompare: '1d' }));
    expect(last(found.frames)).toEqual({ api: 4, db: 10, 'api (1d earlier)': 3, 'db (1d earlier)': 5 });
    expect(found.frames.map(({ refId, fields }) => [refId, fields[0]?.values.at(-1)])).toEqual([
      ['A', END],
      ['A-compare', END],
    ]);
    expect(found.growable).toBe(false);
  });
  test.each<[object, number]>([
    [{ maxDataPoints: 10 }, 600_000],
    [{ minInterval: '>2m' }, 120_000],
    [{ minInterval: '$window' }, 300_000],
  ])('in steps by %j', async (given, want) => {
    expect((await data([query('A', { expr: 'up' })], {}, options(given))).stepMs).toBe(want);
  });
  test.each<[object, RegExp]>([
    [{ timeFrom: 'soon' }, /^queryOptions\.timeFrom: /],
    [{ timeShift: 'later' }, /^queryOptions\.timeShift: /],
    [{ timeCompare: 'x' }, /^queryOptions\.timeCompare: /],
    [{ minInterval: 'x' }, /^queryOptions\.minInterval: /],
  ])('%j is refused', async (given, sentence) => {
    expect(await failure([query('A', { expr: 'up' })], {}, options(given))).toMatch(sentence);
  });
});

describe('transformations', () => {
  const rename = { id: 'renameByRegex', options: { regex: '(.*)', renamePattern: '$how-$1' } };
  const reduce = { id: 'reduce', options: { reducers: ['max'] } };
  test('run over the answers', async () => {
    const { frames, growable } = await data([query('A', { expr: 'load' })], {}, { transformations: [reduce] });
    expect(frames.map(({ shape, length }) => [shape, length])).toEqual([['table', 2]]);
    expect(growable).toBe(false);
  });
  test('are whole where only the newest part was asked for', async () => {
    const { fromMs } = await data(
      [query('A', { expr: 'load' })],
      { sinceMs: END - MINUTE, stepMs: MINUTE },
      { transformations: [reduce] },
    );
    expect(fromMs).toBe(END - 60 * MINUTE);
  });
  test('look places up', async () => {
    const expr = 'label_replace(load{job="api"}, "country", "DEU", "", "")';
    const { frames, notices } = await data(
      [query('A', { expr })],
      {},
      {
        transformations: [
          { id: 'labelsToFields', options: {} },
          { id: 'limit', options: { limitField: 1 } },
          { id: 'fieldLookup', options: { lookupField: 'country', gazetteer: 'public/gazetteer/countries.json' } },
          { id: 'spatial', options: { source: { mode: 'lookup', lookup: 'country' } } },
        ],
      },
    );
    expect(notices).toEqual([]);
    const values = (name: string) => frames[0]?.fields.find((field) => field.name === name)?.values;
    expect([values('ID'), values('Name')]).toEqual([['DE'], ['Germany']]);
    expect(values('Point')).toEqual([{ type: 'Point', coordinates: [values('Lng')?.[0], values('Lat')?.[0]] }]);
  });
  test('that are switched off do not count', async () => {
    const found = await data([query('A', { expr: 'load' })], {}, { transformations: [{ ...rename, disabled: true }] });
    expect([found.growable, Object.keys(last(found.frames))]).toEqual([true, ['api', 'db']]);
  });
});

describe('of many series', () => {
  test('the highest are shown, and how many there are is said', async () => {
    const { frames, notices, growable } = await data([query('A', { expr: 'wide' })], {
      top: { limit: 3, by: 'max', envelope: false },
    });
    expect(Object.values(last(frames))).toEqual([297, 298, 299]);
    expect(notices).toMatchObject([{ text: 'Showing 3 of 300 series, those with the highest maximum.' }]);
    expect(growable).toBe(false);
  });
  test('the rest may be shown as a range', async () => {
    const { frames } = await data([query('A', { expr: 'wide' })], { top: { limit: 2, by: 'last', envelope: true } });
    expect(Object.values(last(frames))).toEqual([298, 299, 0, 297]);
  });
  test('the rest may be shown where every series has a frame of its own', async () => {
    const split = { id: 'prepareTimeSeries', options: { format: 'multi' } };
    const { frames } = await data(
      [query('A', { expr: 'wide > 250 or wide < 2' })],
      { top: { limit: 2, by: 'last', envelope: true } },
      { transformations: [split] },
    );
    expect(frames.map(({ fields }) => fields.slice(1).map(({ values }) => values.at(-1)))).toEqual([[298], [299], [0, 297]]);
  });
  test.each([
    ['all of 200', 'wide < 200', [201]],
    ['of more the 50 highest and the range of the rest', 'wide', [51, 3]],
  ])('%s are shown without being asked', async (_, expr, want) => {
    expect((await data([query('A', { expr })])).frames.map(({ fields }) => fields.length)).toEqual(want);
  });
  test('the newest part is asked for whole', async () => {
    expect((await data([query('A', { expr: 'wide' })], { sinceMs: END - MINUTE, stepMs: MINUTE })).fromMs).toBe(
      END - 60 * MINUTE,
    );
  });
});

describe('what can be chosen', () => {
  async function options(payload: object) {
    const answer = await made.app.inject({
      method: 'POST',
      url: '/api/variable-options',
      headers: made.browser,
      payload: { dashboard: 'd1', fromMs: END - 60 * MINUTE, toMs: END, ...payload },
    });
    return answer.json<{
      options?: { text: string; value: string }[];
      settled?: unknown;
      total?: number;
      error?: { message: string };
    }>();
  }
  const texts = async (payload: object) => (await options(payload)).options?.map(({ text }) => text);
  const draft = (more: object) => ({
    dashboard: '',
    variable: 'x',
    drafts: [{ kind: 'query', name: 'x', source: { type: 'prometheus', uid: '' }, ...more }],
  });

  const where = (key: string, operator: string, value: string) => ({ where: [{ key, operator, value }] });
  /** Beside a filter that is saved with the dashboard, over one of its sources. */
  const filtered = (more: object, source = { type: 'prometheus', uid: '' }) => {
    const filters = [{ key: 'job', operator: '=', value: 'db' }];
    const { drafts, ...rest } = draft(more);
    return { ...rest, drafts: [...drafts, { kind: 'adhoc', name: 'f', source, filters }] };
  };

  test.each<[object, string[]]>([
    [{ variable: 'job' }, ['api', 'db']],
    [{ variable: 'instance' }, ['a.b:1', 'axb:1']],
    [{ variable: 'instance', variables: { job: 'db' } }, ['c:1']],
    [{ variable: 'instance', variables: { job: 'db' }, search: 'C' }, ['c:1']],
    [{ variable: 'ds' }, ['Vitrine']],
    [{ variable: 'how' }, ['sum', 'avg']],
    [{ variable: 'window' }, ['1m', '5m']],
    [{ variable: 'where' }, ['__name__', 'env', 'i', 'instance', 'job', 'k8s.pod', 'version']],
    [{ variable: 'where', key: 'k8s.pod' }, ['p"1', 'p2']],
    [draft({ spec: { query: 'label_values(job)' } }), ['api', 'db']],
    [{ variable: 'job', filters: where('job', '=', 'db') }, ['db']],
    [{ variable: 'job', filters: where('job', '!=', 'db') }, ['api']],
    [{ variable: 'instance', variables: { job: ['api', 'db'] }, filters: where('instance', '=~', 'a.*') }, ['a.b:1', 'axb:1']],
    [{ variable: 'where', key: 'instance', filters: where('job', '=', 'db') }, ['c:1']],
    [{ variable: 'where', key: 'job', filters: where('instance', '=|', 'c:1') }, ['db']],
    [{ variable: 'where', key: 'job', filters: where('job', '=', '$job'), variables: { job: 'db' } }, ['db']],
    [{ variable: 'where', key: 'job', filters: where('job', '>', '1') }, ['api', 'db']],
    [{ variable: 'job', filters: where('job', '=', '$job'), variables: { job: 'db' } }, ['api', 'db']],
    [{ variable: 'job', filters: where('job', '=', '${how}b'), variables: { how: 'd' } }, ['db']],
    [filtered({ spec: { query: 'label_values(job)' } }), ['db']],
    [filtered({ spec: { query: 'metrics(up)' } }), ['up']],
    [filtered({ spec: { query: 'query_result(count(up))' } }), [`{} 1 ${END}`]],
    [filtered({ kind: 'groupby' }), ['__name__', 'instance', 'job']],
    [filtered({ spec: { query: 'label_values(job)' } }, { type: 'prometheus', uid: 'elsewhere:1' }), ['db']],
    [draft({ spec: { query: 'label_values(up{instance=~"a.*"}, instance)' } }), ['a.b:1', 'axb:1']],
    [draft({ spec: { query: 'label_values({__name__="up", job=~"a,b|db"}, "instance")' } }), ['c:1']],
    [
      draft({ spec: { qryType: 1, label: 'instance', metric: 'up', labelFilters: [{ label: 'job', op: '=', value: 'db' }] } }),
      ['c:1'],
    ],
    [draft({ spec: { qryType: 0, query: 'label_names()' } }), ['__name__', 'env', 'i', 'instance', 'job', 'k8s.pod', 'version']],
    [draft({ spec: { query: 'label_names(up)' } }), ['__name__', 'instance', 'job']],
    [draft({ spec: { query: 'metrics(oa|gpu)' } }), ['gpu_temp', 'load']],
    [draft({ spec: { qryType: 3, query: 'query_result(sum by (job) (up))' }, regex: '/job="([^"]+)"} (\\d)/' }), ['api', 'db']],
    [draft({ spec: { query: 'query_result(count(up))' }, regex: '/{} (.*) .*/' }), ['3']],
    [draft({ spec: { qryType: 5, query: 'up{job="api"}' }, regex: '/instance="([^"]*)"/' }), ['a.b:1', 'axb:1']],
    [draft({ spec: { query: 'load' } }), ['load{job="api"}', 'load{job="db"}']],
    [
      draft({ spec: { query: 'label_values(wide, i)' }, sort: 'numerical-desc', regex: '/^29/' }),
      ['299', '298', '297', '296', '295', '294', '293', '292', '291', '290', '29'],
    ],
  ])('%j', async (payload, want) => {
    expect(await texts(payload)).toEqual(want);
  });

  test.each<[object, unknown]>([
    [{ variable: 'job' }, 'api'],
    [{ variable: 'instance' }, '$__all'],
    [{ variable: 'job', search: 'd' }, 'api'],
  ])('comes with what stands for it as long as nobody chooses: %j', async (payload, want) => {
    expect(await options(payload)).toHaveProperty('settled', want);
  });

  test('is cut, and counted', async () => {
    expect(await options({ ...draft({ spec: { query: 'label_values(wide, i)' }, sort: 'numerical' }), limit: 2 })).toMatchObject({
      options: [{ text: '0' }, { text: '1' }],
      total: 300,
    });
  });

  test.each<[object, RegExp]>([
    [{ variable: 'nothing' }, /has no variable "nothing"/],
    [{ variable: 'circle' }, /in a circle/],
    [{ variable: 'second' }, /in a circle/],
    [draft({ spec: { query: '' } }), /query: is empty/],
    [draft({ spec: { query: 'label_values(up, )' } }), /names no label/],
    [draft({ spec: { query: 'label_values(up{, x)' } }), /./],
    [draft({ spec: { query: 'query_result(up[5m])' } }), /samples over a window/],
    [draft({ spec: { query: 'label_values(job)' }, regex: '(' }), /^regex: /],
    [draft({ source: { type: 'loki', uid: 'x' }, spec: {} }), /no data source "x" and none of type loki/],
    [{ ...draft({ spec: {} }), limit: 1_001 }, /^limit: /],
  ])('%j is refused with a sentence', async (payload, sentence) => {
    expect((await options(payload)).error?.message).toMatch(sentence);
  });
});

describe('annotations', () => {
  async function events(payload: object = {}) {
    const answer = await made.app.inject({
      method: 'POST',
      url: '/api/annotation-events',
      headers: made.browser,
      payload: { dashboard: 'd1', fromMs: END - 60 * MINUTE, toMs: END, ...payload },
    });
    return answer.json<{ events: Record<string, unknown>[]; notices: { text: string }[] }>();
  }

  test('come from queries, neighbours joined', async () => {
    const { events: found, notices } = await events({ enabled: { Own: false, Tagged: false } });
    expect(notices).toEqual([]);
    expect(found.map(({ timeMs, endMs }) => [(Number(timeMs) - END) / MINUTE, (Number(endMs) - END) / MINUTE])).toEqual([
      [-60, -59],
      [-40, -39],
      [-20, -19],
      [0, 0],
    ]);
    expect(found[0]).toMatchObject({ query: 'Deploys', title: 'Deploy 1.2', tags: ['prod'], color: 'red' });
  });

  test('come from times of the day', async () => {
    const { events: found } = await events({
      timeZone: 'UTC',
      enabled: { Own: false, Tagged: false, Deploys: false, Nightly: true },
    });
    expect(found).toMatchObject([{ query: 'Nightly', timeMs: END - 60 * MINUTE, endMs: END + 60 * MINUTE, color: 'grey' }]);
  });

  test('come from what people wrote down, here or under a tag', async () => {
    const { annotations } = made.needs.documents;
    const base = { endMs: END - MINUTE, timeMs: END - MINUTE, data: {}, userId: 1, userName: 'a', createdMs: 0 };
    await annotations.add({ ...base, dashboardUid: 'd1', panelId: 1, text: 'here', tags: [] });
    await annotations.add({
      ...base,
      dashboardUid: '',
      panelId: undefined,
      text: 'everywhere',
      tags: ['release'],
      data: { title: 'Release' },
    });
    await annotations.add({ ...base, dashboardUid: 'other', panelId: 1, text: 'elsewhere', tags: ['api', 'b'] });
    await annotations.add({ ...base, dashboardUid: 'other', panelId: undefined, text: 'hidden', tags: ['b'] });
    await annotations.add({ ...base, timeMs: 5, endMs: 6, dashboardUid: 'd1', panelId: undefined, text: 'long ago', tags: [] });
    const { events: found } = await events({ enabled: { Deploys: false } });
    const of = (name: string) =>
      found
        .filter(({ query: from }) => from === name)
        .map(({ text }) => String(text))
        .toSorted();
    expect(of('Own')).toEqual(['everywhere', 'here']);
    expect(of('Tagged')).toEqual(['elsewhere', 'everywhere']);
    expect(found.find(({ text }) => text === 'here')).toMatchObject({ panelId: 1, color: 'blue' });
    expect(found.find(({ text }) => text === 'everywhere')).toMatchObject({ title: 'Release' });
    expect(found.find(({ text }) => text === 'elsewhere')).not.toHaveProperty('panelId');
  });

  test('of a query that fails are missed in a sentence', async () => {
    const { notices } = await events({ enabled: { Broken: true, Deploys: false, Own: false, Tagged: false } });
    expect(notices).toMatchObject([{ text: expect.stringMatching(/^Annotations "Broken": /) }]);
  });
});
