import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import { LocalStore } from '@vitrine/tsdb/local-store.ts';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Scope } from '../auth/tokens.ts';
import { annotateFindings } from '../runs/health/finding-annotations.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { packSnappy } from '../ingest/remote-write/encode-remote-write.ts';
import { PbfWriter } from 'pbf';

/**
 * Two teams, red and blue, each with all that is kept by labels, and every name and value of the second with "blue" in it. What red's token is
 * answered must not have that in it, and what a token without labels is answered must: or nothing would have been asked.
 */
const TEAMS = ['red', 'blue'] as const;
const OUTSIDE = /blue/i;
const nowMs = Date.now();
const range = { fromMs: nowMs - 60_000, toMs: nowMs };
const HOUR = `start=${(nowMs - 3_600_000) / 1_000}&end=${nowMs / 1_000}`;

let server: TestApp;
let close: () => Promise<void>;
const addresses = new Set<string>();

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-own-'));
  const store = LocalStore.open({ folder, retention: { timeMs: 1e12, sizeBytes: 0 }, maxSeries: 1_000, maxExemplars: 1_000 });
  subscribe('fastify.initialization', noteAddresses);
  server = await testApp({
    samples: store,
    adminApi: true,
    dashboards: [DASHBOARD],
    metadata: { metadata: (labels) => TEAMS.filter((team) => ['', team].includes(labels.get('team'))).map(metadataOf) },
    scraping: {
      jobs: () => [],
      targets: () => ({
        activeTargets: TEAMS.map((team) => ({
          discoveredLabels: { __address__: team, team },
          labels: { team },
          scrapePool: team,
          scrapeUrl: `http://${team}`,
          globalUrl: `http://${team}`,
          lastError: '',
          lastScrape: new Date(nowMs).toISOString(),
          lastScrapeDuration: 0,
          health: 'up',
          scrapeInterval: '15s',
          scrapeTimeout: '10s',
        })),
        droppedTargets: TEAMS.map((team) => ({ discoveredLabels: { team }, scrapePool: team })),
        droppedTargetCounts: { blue: 1 },
      }),
      metadata: () => TEAMS.map((team) => ({ target: { team }, metadata: [metadataOf(team)] })),
    },
    until: (end) => (close = end),
  });
  unsubscribe('fastify.initialization', noteAddresses);
  await fill(store);
  const closeApp = close;
  close = async () => {
    await closeApp();
    await store.close();
    rmSync(folder, { recursive: true });
  };
});
afterAll(() => close());

function noteAddresses(message: unknown): void {
  const { fastify } = message as { readonly fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') addresses.add(`${one} ${url}`);
  });
}

function metadataOf(team: string): MetricMetadata {
  return { metric: `${team}_total`, type: 'counter', help: `Of ${team}.`, unit: '' };
}

const ids = { item: new Map<string, number>(), annotation: new Map<string, number>(), model: new Map<string, string>() };
const tokens = new Map<string, Promise<string>>();

/** Of the scope, with the team's label where there is a team. */
function tokenOf(team: string, scope: Scope): Promise<string> {
  const made = async (): Promise<string> => {
    const labels = Labels.from(team === '' ? {} : { team });
    return (await server.needs.tokens.create({ name: `${team} token`, scopes: [scope], labels, expiresMs: undefined })).token;
  };
  const known = tokens.get(`${team} ${scope}`) ?? made();
  tokens.set(`${team} ${scope}`, known);
  return known;
}

async function ask(team: string, scope: Scope, options: InjectOptions) {
  const authorization = `Bearer ${await tokenOf(team, scope)}`;
  return server.app.inject({ ...options, headers: { ...options.headers, authorization } });
}

async function fill(store: LocalStore): Promise<void> {
  const { runs, documents } = server.needs;
  const series = TEAMS.flatMap((team) => [
    { __name__: `${team}_total`, team, job: `${team}-job`, [`${team}_label`]: `${team}-value` },
    { __name__: 'requests_total', team, job: `${team}-job` },
  ]).map((labels) => Labels.from(labels));
  await store.append({
    seriesKeys: series.map(({ key }) => key),
    seriesIndex: Uint32Array.from(series, (_, i) => i),
    timestampsMs: new Float64Array(series.length).fill(nowMs - 1_000),
    values: new Float64Array(series.length).fill(1),
    exemplars: series.map((labels, seriesIndex) => ({
      seriesIndex,
      exemplar: { labels: Labels.from({ trace_id: `${labels.get('team')}-trace` }), value: 0.5, timestampMs: nowMs - 1_000 },
    })),
  });
  const source = { uid: 'elsewhere', name: 'Elsewhere', type: 'prometheus', url: 'http://localhost:1' };
  expect((await ask('', 'admin', { method: 'POST', url: '/api/datasources', payload: source })).statusCode).toBe(200);
  for (const team of TEAMS) {
    const run = `${team}-run`;
    await runs.create({
      id: run,
      name: `${team}-name`,
      project: `${team}-project`,
      source: 'api',
      tags: { [`${team}-tag`]: team },
      params: { [`${team}-param`]: team },
      labels: { team },
      startedMs: nowMs - 5_000,
    });
    const data = Buffer.from(`${team} text`);
    const item = { run, tag: `${team}-item`, step: 0, timeMs: nowMs, index: 0, mediaType: '' } as const;
    const rows = Buffer.from(Float64Array.of(0, 1, 2).buffer);
    await runs.append({
      curves: ['loss', `${team}/loss`].map((metric) => ({ run, metric })),
      curveIndex: Uint32Array.of(0, 1),
      steps: new Float64Array(2),
      timesMs: new Float64Array(2).fill(nowMs - 2_000),
      values: new Float64Array(2),
      items: [
        { ...item, kind: 'text', data },
        { ...item, kind: 'histogram', data: rows },
      ],
    });
    ids.item.set(team, (await runs.curves.items({ run, kinds: ['text'] }))[0]!.id);
    const finding = {
      id: `nan:${team}/loss`,
      runId: run,
      detector: 'nan',
      subject: `${team}/loss`,
      severity: 'warning',
      sentence: `${team} is not a number.`,
      advice: 'Look.',
      fromStep: 0,
      toStep: 0,
      fromMs: nowMs - 2_000,
      toMs: nowMs - 2_000,
      metrics: [`${team}/loss`],
      numbers: {},
      active: true,
      foundMs: nowMs,
      state: 'open',
      stateBy: '',
    } as const;
    await runs.setFindings(run, [finding]);
    await annotateFindings(documents.annotations, run, [finding], nowMs);
    ids.annotation.set(team, (await documents.annotations.find({ tags: [run], limit: 1 }))[0]!.id);
    const wrote: InjectOptions[] = [
      { method: 'PUT', url: `/api/runs/${run}/artifacts/file?path=${team}.txt`, payload: `${team} file` },
      { method: 'PUT', url: `/metrics/job/${team}-push`, payload: `pushed_by_${team} 1\n` },
    ];
    for (const options of wrote) expect((await ask(team, 'ingest', options)).statusCode).toBeLessThan(300);
    const project = await runs.project(`${team}-project`);
    const model = await ask(team, 'ingest', {
      method: 'POST',
      url: '/api/2.0/mlflow/logged-models',
      payload: { experiment_id: String(project?.id), name: `${team}-model` },
    });
    ids.model.set(team, model.json<{ model: { info: { model_id: string } } }>().model.info.model_id);
  }
}

const OWN_STORE = { type: 'builtin', uid: 'builtin' };
const RUNS = { type: 'runs', uid: 'runs' };
const DASHBOARD = {
  version: 2,
  uid: 'd',
  title: 'D',
  panels: [
    { id: 1, queries: [{ refId: 'A', spec: { expr: '{__name__=~".+"}', instant: true } }] },
    { id: 2, queries: [{ refId: 'A', source: RUNS, spec: { metrics: ['/.+/'] } }] },
    { id: 4, queries: [{ refId: 'A', spec: { expr: 'sum({team="blue"})' } }] },
    { id: 3, queries: [{ refId: 'A', source: { type: 'prometheus', uid: 'elsewhere' }, spec: { expr: 'up' } }] },
  ].map((panel) => ({ ...panel, kind: 'table', grid: { x: 0, y: 0, w: 12, h: 8 } })),
  variables: [
    { kind: 'query', name: 'metric', source: OWN_STORE, spec: { query: 'metrics(.+)' } },
    { kind: 'adhoc', name: 'by', source: OWN_STORE, filters: [] },
  ],
  annotations: [
    { name: 'requests', source: OWN_STORE, spec: { expr: '{__name__=~".+"}', titleFormat: '{{team}}' } },
    { name: 'runs', source: RUNS, spec: {} },
    {
      name: 'findings',
      source: { type: 'grafana', uid: '-- Grafana --' },
      spec: { target: { type: 'tags', tags: ['finding'] } },
    },
  ].map((query) => ({ enable: true, hide: false, builtIn: false, color: '', extra: {}, ...query })),
};

interface Case {
  /** What stands for the address' own parts, and is asked. */
  readonly url?: string | (() => string);
  readonly payload?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly scope?: Scope;
  /** What red's token is answered; 200 where absent. */
  readonly status?: number;
  /** Whether what is asked for is blue's alone, so that red's token is told of nothing. */
  readonly isBlues?: boolean;
  /** Whether a token without labels is not asked, as it would change or end something. */
  readonly onlyRed?: boolean;
}

function panelData(panel: number): Case {
  return { payload: { dashboard: 'd', panel, ...range, widthPx: 100 } };
}

function mlflow(of: (team: string) => string): Case {
  return { url: () => of('blue'), status: 404 };
}

const of =
  (known: ReadonlyMap<string, string | number>, path: (id: string) => string): (() => string) =>
  () =>
    path(String(known.get('blue')));

/** Every address that reads samples, labels, exemplars, metadata, or runs and what belongs to them. Several cases of one have a word behind. */
const READS: Readonly<Record<string, Case>> = {
  'GET /api/v1/query': { url: `/api/v1/query?query={__name__=~".%2B"}&time=${nowMs / 1_000}` },
  'POST /api/v1/query': form('/api/v1/query', { query: '{__name__=~".+"}', time: String(nowMs / 1_000) }),
  'POST /api/v1/query info()': form('/api/v1/query', { query: 'label_replace(info(requests_total), "x", "$1", "job", "(.*)")' }),
  'POST /api/v1/query explained': form('/api/v1/query', { query: 'count by (team) ({__name__=~".+"})', stats: 'all' }),
  'GET /api/v1/query_range': { url: `/api/v1/query_range?query={__name__=~".%2B"}&step=60&${HOUR}` },
  'POST /api/v1/query_range': form('/api/v1/query_range', {
    query: '{__name__=~".+"}',
    start: String(nowMs / 1_000 - 60),
    end: String(nowMs / 1_000),
    step: '15',
  }),
  'GET /api/v1/query_exemplars': { url: `/api/v1/query_exemplars?query={__name__=~".%2B"}&${HOUR}` },
  'POST /api/v1/query_exemplars': form('/api/v1/query_exemplars', { query: '{__name__=~".+"}' }),
  'GET /api/v1/series': { url: '/api/v1/series?match[]={__name__=~".%2B"}' },
  'POST /api/v1/series': { ...form('/api/v1/series', { 'match[]': '{team="blue"}' }), isBlues: true },
  'GET /api/v1/labels': {},
  'GET /api/v1/labels of some': { url: '/api/v1/labels?match[]={team="blue"}', isBlues: true },
  'POST /api/v1/labels': form('/api/v1/labels', {}),
  'GET /api/v1/label/:name/values': { url: '/api/v1/label/__name__/values' },
  'GET /api/v1/label/:name/values of another': { url: '/api/v1/label/team/values?match[]={job="blue-job"}', isBlues: true },
  'GET /api/v1/search/metric_names': { url: '/api/v1/search/metric_names?include_metadata=true' },
  'POST /api/v1/search/metric_names': form('/api/v1/search/metric_names', { include_metadata: 'true' }),
  'GET /api/v1/search/label_names': {},
  'POST /api/v1/search/label_names': form('/api/v1/search/label_names', {}),
  'GET /api/v1/search/label_values': { url: '/api/v1/search/label_values?label=job' },
  'POST /api/v1/search/label_values': form('/api/v1/search/label_values', { label: 'team' }),
  'GET /api/v1/metadata': {},
  'GET /api/v1/targets': {},
  'GET /api/v1/targets/metadata': {},
  'GET /api/v1/metrics': {},
  'POST /api/v1/read': {
    payload: readRequest(),
    headers: { 'content-type': 'application/x-protobuf' },
  },
  'GET /federate': { url: '/federate?match[]={__name__=~".%2B"}' },
  'GET /api/cardinality': { scope: 'admin' },
  'GET /api/ingest/groups': { scope: 'admin' },
  'DELETE /api/ingest/groups/:id': {
    url: of(new Map([['blue', 'none']]), (id) => `/api/ingest/groups/${id}`),
    scope: 'admin',
    status: 404,
    onlyRed: true,
  },
  'POST /api/v1/admin/tsdb/delete_series': {
    url: '/api/v1/admin/tsdb/delete_series?match[]={team="blue"}',
    scope: 'admin',
    status: 204,
    onlyRed: true,
  },
  'PUT /api/v1/admin/tsdb/delete_series': {
    url: '/api/v1/admin/tsdb/delete_series?match[]={team="blue"}',
    scope: 'admin',
    status: 204,
    onlyRed: true,
  },
  'POST /api/panel-data': panelData(1),
  'POST /api/panel-data of runs': panelData(2),
  'POST /api/panel-data from elsewhere': { ...panelData(3), status: 403, onlyRed: true },
  'POST /api/variable-options': { payload: { dashboard: 'd', variable: 'metric', ...range } },
  'POST /api/variable-options of labels': { payload: { dashboard: 'd', variable: 'by', ...range } },
  'POST /api/variable-options of a label': { payload: { dashboard: 'd', variable: 'by', key: 'team', ...range } },
  'POST /api/annotation-events': { payload: { dashboard: 'd', ...range } },
  'POST /api/ds/query': { payload: { queries: [{ refId: 'A', expr: '{__name__=~".+"}', instant: true }] } },
  'POST /api/ds/query of runs': {
    payload: { queries: [{ refId: 'A', datasource: { type: 'runs', uid: 'runs' }, metrics: ['/.+/'] }] },
  },
  'GET /api/datasources/uid/:uid/health': { url: '/api/datasources/uid/elsewhere/health', status: 403, onlyRed: true },
  'POST /api/datasources/check': {
    scope: 'admin',
    payload: { name: 'X', type: 'prometheus', url: 'http://localhost:1' },
    onlyRed: true,
  },
  'GET /api/datasources/uid/:uid/suggest/*': { url: '/api/datasources/uid/runs/suggest/names', scope: 'admin' },
  'GET /api/annotations': {},
  'GET /api/annotations/:id': { url: of(ids.annotation, (id) => `/api/annotations/${id}`), status: 404 },
  'PUT /api/annotations/:id': {
    url: of(ids.annotation, (id) => `/api/annotations/${id}`),
    scope: 'admin',
    payload: { text: 'x' },
    status: 404,
    onlyRed: true,
  },
  'PATCH /api/annotations/:id': {
    url: of(ids.annotation, (id) => `/api/annotations/${id}`),
    scope: 'admin',
    payload: { text: 'x' },
    status: 404,
    onlyRed: true,
  },
  'DELETE /api/annotations/:id': {
    url: of(ids.annotation, (id) => `/api/annotations/${id}`),
    scope: 'admin',
    status: 404,
    onlyRed: true,
  },
  'POST /api/annotations/mass-delete': {
    scope: 'admin',
    payload: { annotationId: 1_000_000 },
    status: 404,
    onlyRed: true,
  },
  'POST /api/runs/table': { payload: {} },
  'POST /api/runs/sparklines': { payload: { runs: ['red-run', 'blue-run'], metrics: ['red/loss', 'blue/loss'] } },
  'GET /api/runs/filter-names': {},
  'POST /api/runs/filter-values': { payload: { field: 'project' } },
  'POST /api/runs/curves': {
    payload: {
      runs: ['red-run', 'blue-run'],
      metrics: ['loss'],
      x: { kind: 'step' },
      widthPx: 100,
      smoothing: { kind: 'none' },
    },
  },
  'POST /api/runs/metric-names': { payload: { runs: ['red-run', 'blue-run'] } },
  'GET /api/runs/at': { url: `/api/runs/at?fromMs=${range.fromMs}&toMs=${range.toMs}` },
  'GET /api/runs/projects': {},
  'PATCH /api/runs/projects/:id': {
    url: '/api/runs/projects/2',
    scope: 'admin',
    payload: { name: 'x' },
    status: 403,
    onlyRed: true,
  },
  'GET /api/runs/health': { url: '/api/runs/health?project=blue-project', status: 404 },
  'GET /api/runs/export': { url: '/api/runs/export?projects=blue-project&what=runs', status: 404 },
  'POST /api/runs/export': { payload: { runs: ['blue-run'] }, status: 404 },
  'GET /api/runs/:id': { url: '/api/runs/blue-run', status: 404 },
  'GET /api/runs/:id of its own': { url: '/api/runs/red-run', onlyRed: true },
  'PATCH /api/runs/:id': { url: '/api/runs/blue-run', scope: 'admin', payload: { notes: 'x' }, status: 404, onlyRed: true },
  'POST /api/runs/bulk': { scope: 'admin', payload: { runs: ['blue-run'], action: 'erase' }, onlyRed: true },
  'POST /api/runs/:id/findings/:finding': {
    url: `/api/runs/blue-run/findings/${encodeURIComponent('nan:blue/loss')}`,
    scope: 'admin',
    payload: { state: 'muted' },
    status: 404,
    onlyRed: true,
  },
  'GET /api/runs/:id/items': { url: '/api/runs/blue-run/items', status: 404 },
  'GET /api/runs/:id/item-rows': { url: '/api/runs/blue-run/item-rows?kind=histogram&tag=blue-item', status: 404, onlyRed: true },
  'GET /api/runs/items/:item': { url: of(ids.item, (id) => `/api/runs/items/${id}`), status: 404 },
  'GET /api/runs/:id/artifacts': { url: '/api/runs/blue-run/artifacts', status: 404 },
  'GET /api/runs/:id/artifacts/file': { url: '/api/runs/blue-run/artifacts/file?path=blue.txt', status: 404 },
  'DELETE /api/runs/:id/artifacts/file': {
    url: '/api/runs/blue-run/artifacts/file?path=blue.txt',
    scope: 'admin',
    status: 404,
    onlyRed: true,
  },
  'GET /:entity/:project/runs/:run': { url: '/e/p/runs/x', status: 302, onlyRed: true },
  'GET /api/2.0/mlflow/runs/get': mlflow((team) => `/api/2.0/mlflow/runs/get?run_id=${team}-run`),
  'POST /api/2.0/mlflow/runs/search': { payload: { experiment_ids: ['1', '2', '3'] } },
  'GET /api/2.0/mlflow/metrics/get-history': mlflow(
    (team) => `/api/2.0/mlflow/metrics/get-history?run_id=${team}-run&metric_key=${team}/loss`,
  ),
  'GET /api/2.0/mlflow/metrics/get-history-bulk-interval': mlflow(
    (team) => `/api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=${team}-run&metric_key=${team}/loss`,
  ),
  'GET /api/2.0/mlflow/artifacts/list': mlflow((team) => `/api/2.0/mlflow/artifacts/list?run_id=${team}-run`),
  'GET /api/2.0/mlflow-artifacts/artifacts': mlflow((team) => `/api/2.0/mlflow-artifacts/artifacts?path=2/${team}-run/artifacts`),
  'GET /api/2.0/mlflow-artifacts/artifacts/*': mlflow(
    (team) => `/api/2.0/mlflow-artifacts/artifacts/2/${team}-run/artifacts/${team}.txt`,
  ),
  'GET /api/2.0/mlflow/experiments/get': { url: '/api/2.0/mlflow/experiments/get?experiment_id=2', status: 404 },
  'GET /api/2.0/mlflow/experiments/get-by-name': {
    url: '/api/2.0/mlflow/experiments/get-by-name?experiment_name=red-project',
    onlyRed: true,
  },
  'GET /api/2.0/mlflow/experiments/search': {},
  'POST /api/2.0/mlflow/experiments/search': { payload: {} },
  'POST /api/2.0/mlflow/logged-models/search': { payload: { experiment_ids: ['1', '2', '3'] } },
  'GET /api/2.0/mlflow/logged-models/:model_id': {
    url: of(ids.model, (id) => `/api/2.0/mlflow/logged-models/${id}`),
    status: 404,
  },
  'GET /api/2.0/mlflow/logged-models/:model_id/artifacts/directories': {
    url: of(ids.model, (id) => `/api/2.0/mlflow/logged-models/${id}/artifacts/directories`),
    status: 404,
    onlyRed: true,
  },
};

/** What tells of everybody's at once, and so nothing to a token with labels. */
const REFUSED: Readonly<Record<string, Case>> = {
  'GET /metrics': {},
  'GET /api/v1/status/tsdb': {},
  'GET /api/v1/status/self_metrics': {},
  'GET /api/v1/scrape_pools': {},
  'GET /api/v1/scrape_pools/config': { url: '/api/v1/scrape_pools/config?scrapePool=blue' },
  'GET /api/v1/targets/relabel_steps': {},
  'POST /api/v1/admin/tsdb/snapshot': { scope: 'admin' },
  'PUT /api/v1/admin/tsdb/snapshot': { scope: 'admin' },
  'PUT /api/v1/admin/wipe': { scope: 'admin' },
  'GET /api/ingest/arrivals': { scope: 'admin' },
  'GET /api/annotations/tags': {},
  'GET /api/dashboard/snapshots': { scope: 'admin' },
  'GET /api/snapshots/:key': { url: '/api/snapshots/x' },
  'DELETE /api/snapshots/:key': { url: '/api/snapshots/x', scope: 'admin' },
  'GET /api/tokens': { scope: 'admin' },
  'POST /api/tokens': { scope: 'admin', payload: { name: 'x', scopes: ['admin'] } },
  'DELETE /api/tokens/:id': { url: '/api/tokens/x', scope: 'admin' },
  'PUT /api/runs/health': { url: '/api/runs/health?project=red-project', scope: 'admin', payload: {} },
  'GET /api/runs/logdirs': { scope: 'admin' },
  'POST /api/runs/logdirs': { scope: 'admin', payload: { path: '/' } },
  'POST /api/runs/logdirs/uploads': { url: '/api/runs/logdirs/uploads?logdir=a&project=p&file=f&offset=0', scope: 'admin' },
  'POST /api/runs/logdirs/uploads/read': { scope: 'admin', payload: { logdir: 'a', project: 'p' } },
  'DELETE /api/runs/logdirs/:id': { url: '/api/runs/logdirs/x', scope: 'admin' },
};

/** Told as it happens: see the tests of streams below. */
const STREAMS = ['GET /api/live', 'GET /api/runs/live'];

/** Doors: what comes with the token gets its labels, and what is changed has to have them (labelled-senders.test.ts, mlflow.test.ts and others). */
const DOORS = `
POST /api/v1/write · POST /write · POST /api/v2/write · GET /query · POST /query · GET /ping · GET /health
POST /v1/metrics · POST /v1/traces · POST /v1/logs · POST /api/v1/otlp/v1/metrics · POST /api/v1/otlp/v1/traces · POST /api/v1/otlp/v1/logs
PUT /metrics/job/* · POST /metrics/job/* · DELETE /metrics/job/* · GET /metrics/job/*
PUT /metrics/job@base64/* · POST /metrics/job@base64/* · DELETE /metrics/job@base64/* · GET /metrics/job@base64/*
POST /api/ingest/preview · POST /api/ingest/upload · GET /api/ingest/uploads/:id
POST /api/runs · POST /api/runs/:id/finish · POST /api/runs/:id/points · PUT /api/runs/:id/artifacts/file · POST /api/runs/files
POST /publish/epoch/end · POST /keras/:project/:run/publish/epoch/end
POST /graphql · POST /files/:entity/:project/:run/file_stream
POST /api/annotations · POST /api/annotations/graphite · POST /api/snapshots
PUT /api/2.0/mlflow-artifacts/artifacts/* · DELETE /api/2.0/mlflow-artifacts/artifacts/*
POST /api/2.0/mlflow/experiments/create · POST /api/2.0/mlflow/experiments/update · POST /api/2.0/mlflow/experiments/delete
POST /api/2.0/mlflow/experiments/restore · POST /api/2.0/mlflow/experiments/set-experiment-tag
POST /api/2.0/mlflow/experiments/delete-experiment-tag
POST /api/2.0/mlflow/runs/create · POST /api/2.0/mlflow/runs/update · POST /api/2.0/mlflow/runs/delete · POST /api/2.0/mlflow/runs/restore
POST /api/2.0/mlflow/runs/set-tag · POST /api/2.0/mlflow/runs/delete-tag · POST /api/2.0/mlflow/runs/log-metric
POST /api/2.0/mlflow/runs/log-parameter · POST /api/2.0/mlflow/runs/log-batch · POST /api/2.0/mlflow/runs/log-inputs
POST /api/2.0/mlflow/runs/outputs · POST /api/2.0/mlflow/runs/log-model
POST /api/2.0/mlflow/logged-models · PATCH /api/2.0/mlflow/logged-models/:model_id · DELETE /api/2.0/mlflow/logged-models/:model_id
PATCH /api/2.0/mlflow/logged-models/:model_id/tags · DELETE /api/2.0/mlflow/logged-models/:model_id/tags/:tag_key
POST /api/2.0/mlflow/logged-models/:model_id/params`;

/** Documents that people write for all, and what tells of the server: no samples, labels or runs in them. */
const DOCUMENTS = `
GET /-/healthy · GET /-/ready · POST /-/reload · PUT /-/reload · POST /-/quit · PUT /-/quit
GET /sign-in · POST /api/sign-in · POST /api/sign-out · GET /api/session · GET /* · GET /version · GET /api/openapi.json
GET /api/dashboards · GET /api/dashboards/:uid · PUT /api/dashboards/:uid · DELETE /api/dashboards/:uid · POST /api/dashboards/:uid/copy
GET /api/dashboards/:uid/revisions · GET /api/dashboards/:uid/revisions/:revision
POST /api/dashboards/:uid/revisions/:revision/restore · PUT /api/dashboards/:uid/star · DELETE /api/dashboards/:uid/star
GET /api/dashboards/:uid/export · POST /api/import · POST /api/dashboards/db · POST /api/dashboards/import
GET /api/dashboards/uid/:uid · DELETE /api/dashboards/uid/:uid · GET /api/dashboards/db/:slug · GET /api/dashboards/home
GET /api/dashboards/tags · GET /api/dashboards/uid/:key/versions · GET /api/dashboards/uid/:key/versions/:version
POST /api/dashboards/uid/:key/restore · GET /api/dashboards/id/:key/versions · GET /api/dashboards/id/:key/versions/:version
POST /api/dashboards/id/:key/restore · GET /api/search · GET /api/search/sorting
GET /api/library-panels · POST /api/library-panels · GET /api/library-panels/:uid · PUT /api/library-panels/:uid
DELETE /api/library-panels/:uid · GET /api/library-elements · POST /api/library-elements · GET /api/library-elements/:uid
GET /api/library-elements/name/:name · PATCH /api/library-elements/:uid · DELETE /api/library-elements/:uid
GET /api/library-elements/:uid/connections
GET /api/playlists · POST /api/playlists · GET /api/playlists/:uid · GET /api/playlists/:uid/items · PUT /api/playlists/:uid
DELETE /api/playlists/:uid · GET /api/snapshots-delete/:key · GET /api/snapshots/:key/plugins
GET /api/folders · POST /api/folders · GET /api/folders/:uid · GET /api/folders/id/:id · PUT /api/folders/:uid
POST /api/folders/:uid/move · DELETE /api/folders/:uid · GET /api/folders/:uid/counts
GET /api/health · GET /api/frontend/settings · GET /api/admin/stats
GET /api/user · GET /api/user/orgs · GET /api/user/teams · GET /api/user/preferences · GET /api/org · GET /api/org/preferences
GET /api/org/users · GET /api/orgs · GET /api/orgs/:id · GET /api/orgs/name/:name · GET /api/users · GET /api/users/lookup
GET /api/users/:id · GET /api/users/:id/orgs · POST /api/user/stars/dashboard/uid/:key · DELETE /api/user/stars/dashboard/uid/:key
POST /api/user/stars/dashboard/:key · DELETE /api/user/stars/dashboard/:key
GET /api/datasources · POST /api/datasources · GET /api/datasources/id/:key · GET /api/datasources/uid/:key
PUT /api/datasources/uid/:key · DELETE /api/datasources/uid/:key · GET /api/datasources/name/:key · PUT /api/datasources/name/:key
DELETE /api/datasources/name/:key · GET /api/datasources/:key · PUT /api/datasources/:key · DELETE /api/datasources/:key
GET /api/datasources/uid/:uid/dashboards · GET /api/datasource-kinds
GET /api/datasources/proxy/uid/:uid/* · POST /api/datasources/proxy/uid/:uid/*
GET /api/datasources/proxy/:uid/* · POST /api/datasources/proxy/:uid/*
GET /api/plugins · GET /api/plugin-commands · GET /plugins/:id/:version/*
GET /api/runs/views · PUT /api/runs/views/:uid · DELETE /api/runs/views/:uid
GET /api/v1/format_query · POST /api/v1/format_query · GET /api/v1/parse_query · POST /api/v1/parse_query
GET /api/v1/status/buildinfo · GET /api/v1/status/flags · GET /api/v1/status/config · GET /api/v1/status/runtimeinfo
GET /api/v1/status/tsdb/blocks · GET /api/v1/status/walreplay · GET /api/v1/features · GET /api/v1/notifications
GET /api/v1/notifications/live · GET /api/v1/openapi.yaml · GET /api/v1/rules · GET /api/v1/alerts · GET /api/v1/alertmanagers
POST /api/v1/admin/tsdb/clean_tombstones · PUT /api/v1/admin/tsdb/clean_tombstones · GET /api/v1/status
GET /api/2.0/* · POST /api/2.0/* · PUT /api/2.0/* · PATCH /api/2.0/* · DELETE /api/2.0/*
GET /api/3.0/* · POST /api/3.0/* · PUT /api/3.0/* · PATCH /api/3.0/* · DELETE /api/3.0/* · GET /api/3.0/mlflow/server-info
GET /api/2.0/mlflow/registered-models/search · POST /api/2.0/mlflow/registered-models/search
GET /api/2.0/mlflow/model-versions/search · POST /api/2.0/mlflow/registered-models/get-latest-versions
GET /api/2.0/mlflow/registered-models/get · GET /api/2.0/mlflow/model-versions/get
POST /api/2.0/mlflow/registered-models/create · POST /api/2.0/mlflow/model-versions/create`;

function form(url: string, fields: Readonly<Record<string, string>>): Case {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { url, headers, payload: new URLSearchParams(fields).toString() };
}

function readRequest(): Buffer {
  const request = new PbfWriter();
  request.writeMessage(
    1,
    (_, query) => {
      query.writeVarintField(1, nowMs - 60_000);
      query.writeVarintField(2, nowMs);
    },
    null,
  );
  request.writePackedVarint(2, [1]);
  return Buffer.from(packSnappy(request.finish()));
}

function optionsOf(address: string, { url, payload, headers }: Case): InjectOptions {
  const [method, path = ''] = address.split(' ');
  return {
    method: method as NonNullable<InjectOptions['method']>,
    url: typeof url === 'function' ? url() : (url ?? path),
    ...(payload === undefined ? {} : { payload: payload as object }),
    ...(headers === undefined ? {} : { headers }),
  };
}

describe('what a token with labels is told', () => {
  test.each(Object.entries(READS))('%s', async (address, asked) => {
    const scope = asked.scope ?? 'read';
    const red = await ask('red', scope, optionsOf(address, asked));
    const told = red.rawPayload.toString('latin1');
    expect([red.statusCode, red.statusCode >= 400 ? '' : told]).toEqual([
      asked.status ?? 200,
      expect.not.stringMatching(OUTSIDE),
    ]);
    if (asked.onlyRed === true) return;
    if (red.statusCode < 300 && asked.isBlues !== true) expect(told).toMatch(/red/);
    const all = await ask('', scope, optionsOf(address, asked));
    expect([all.statusCode, all.rawPayload.toString('latin1')]).toEqual([200, expect.stringMatching(OUTSIDE)]);
  });
});

describe('what tells of all', () => {
  test.each(Object.entries(REFUSED))('%s is refused to a token with labels', async (address, asked) => {
    const answer = await ask('red', asked.scope ?? 'read', optionsOf(address, asked));
    expect([answer.statusCode, answer.body]).toEqual([403, expect.stringContaining('sees')]);
  });
});

describe('a stream', () => {
  test('of panels tells of what the token may see', async () => {
    const events = await listen('/api/live?dashboard=d');
    await grow('blue', nowMs + 5);
    await grow('red', nowMs + 2);
    expect(await events('growth')).toEqual({ panels: [1], toMs: nowMs + 2 });
  });

  test('of runs tells of those that the token may see', async () => {
    const events = await listen('/api/runs/live');
    for (const team of ['blue', 'red']) await log(team);
    expect(await events('runs')).toEqual({
      grown: { 'red-run': { metrics: ['loss'], items: false } },
      changed: [],
      findings: [],
    });
  });
});

async function listen(path: string): Promise<(event: string) => Promise<unknown>> {
  const { app } = server;
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const headers = { authorization: `Bearer ${await tokenOf('red', 'read')}` };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers, signal: stop.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return async (event) => {
    for (;;) {
      const [, json] = new RegExp(`event: ${event}\ndata: (.*)\n\n`).exec(text) ?? [];
      if (json !== undefined) return JSON.parse(json);
      const { done, value } = await reader.read();
      if (done) throw new Error(`the stream ended after: ${text}`);
      text += value;
    }
  };
}

async function grow(team: string, timeMs: number): Promise<void> {
  await server.needs.samples.append({
    seriesKeys: [Labels.from({ __name__: 'requests_total', team, job: `${team}-job` }).key],
    seriesIndex: new Uint32Array(1),
    timestampsMs: Float64Array.of(timeMs),
    values: new Float64Array(1),
  });
}

async function log(team: string): Promise<void> {
  await server.needs.runs.append({
    curves: [{ run: `${team}-run`, metric: 'loss' }],
    curveIndex: new Uint32Array(1),
    steps: Float64Array.of(1),
    timesMs: Float64Array.of(nowMs),
    values: new Float64Array(1),
  });
}

test.each([
  ['sum(requests_total)', ['1'], ['2']],
  ['sum({team="blue"})', [], ['2']],
  ['absent(blue_total)', ['1'], []],
  ['max_over_time(blue_total[5m])', [], ['1']],
])('%s is of what the token may see', async (query, red, all) => {
  const url = `/api/v1/query?query=${encodeURIComponent(query)}&time=${nowMs / 1_000}`;
  for (const [team, want] of [
    ['red', red],
    ['', all],
  ] as const) {
    const { data } = (await ask(team, 'read', { url })).json<{ data: { result: { value: [number, string] }[] } }>();
    expect(data.result.map(({ value }) => value[1])).toEqual(want);
  }
});

describe('deleting', () => {
  const remove = (team: string, scope: Scope, match: string) =>
    ask(team, scope, { method: 'POST', url: `/api/v1/admin/tsdb/delete_series?match[]=${encodeURIComponent(match)}` });
  const left = async () => {
    const url = '/api/v1/series?match[]=requests_total';
    return (await ask('', 'read', { url })).json<{ data: { team: string }[] }>().data.map(({ team }) => team);
  };

  test('is for admins', async () => {
    expect((await remove('', 'read', 'requests_total')).statusCode).toBe(403);
    expect((await server.app.inject({ method: 'POST', url: '/api/v1/admin/tsdb/delete_series' })).statusCode).toBe(401);
  });

  test('takes what the token may see', async () => {
    for (const [team, match, after] of [
      ['green', 'requests_total', ['blue', 'red']],
      ['red', 'requests_total', ['blue']],
      ['', '{team="blue"}', []],
    ] as const) {
      expect((await remove(team, 'admin', match)).statusCode).toBe(204);
      expect(await left()).toEqual(after);
    }
  });

  test('is refused where it is off', async () => {
    const { app, needs } = await testApp();
    const { token } = await needs.tokens.create({ name: 'x', scopes: ['admin'], expiresMs: undefined });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await app.inject({ method: 'PUT', url: '/api/v1/admin/tsdb/delete_series?match[]=up', headers });
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { status: 'error', errorType: 'unavailable', error: expect.stringContaining('query.admin-api') },
    ]);
  });
});

test('every address is one of these: whoever adds one says here what it tells to a token with labels', () => {
  const addressesIn = (text: string): string[] => text.trim().split(/\s*[·\n]\s*/);
  const cases = [...Object.keys(READS), ...Object.keys(REFUSED)].map((name) => name.split(' ', 2).join(' '));
  const listed = new Set([...cases, ...STREAMS, ...addressesIn(DOORS), ...addressesIn(DOCUMENTS)]);
  // MLflow's own page asks at a second place.
  const there = new Set([...addresses].map((address) => address.replace(' /ajax-api/', ' /api/')));
  expect([...there].toSorted()).toEqual([...listed].toSorted());
});
