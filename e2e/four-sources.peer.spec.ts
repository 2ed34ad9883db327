// One real inference service, drawn from Vitrine's own store, Debian's Prometheus and InfluxDB, and OpenSearch, side by side.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { hasInfluxdb, startInfluxdb } from '@vitrine/server/testing/start-influxdb.ts';
import { startSearchServer, whyNoSearchServer } from '../scripts/peers/search-server.ts';
import {
  COLUMNS,
  type Column,
  fourSourcesDashboard,
  panelId,
  type Row,
  SOURCES,
  WINDOW_SECONDS,
} from './four-sources-dashboard.ts';
import { type InferenceService, startInferenceService } from './inference-service.ts';
import { freePort, hasPrometheus } from './prometheus-process.ts';
import { type Reading, type Requested, RequestTruth } from './request-truth.ts';
import { signedInPage } from './signed-in-page.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';
import { walkDashboard } from './walk-dashboard.ts';

/** Where Debian's package puts it. */
const PROMETHEUS = '/usr/bin/prometheus';
const LOAD_MS = 125_000;
const WINDOW_MS = WINDOW_SECONDS * 1_000;
const INDEX = 'requests';
/** p95 of fewer is their longest. */
const FEWEST_FOR_QUANTILES = 40;

const READINGS: Readonly<Record<Column, Reading>> = {
  Vitrine: 'rate',
  Prometheus: 'rate',
  InfluxDB: 'difference',
  OpenSearch: 'documents',
};

test.describe('one inference service from four stores', () => {
  test.describe.configure({ mode: 'serial', retries: 0 });
  test.skip(!hasPrometheus(), 'prometheus is not installed (Debian package prometheus)');
  test.skip(!hasInfluxdb(), 'influxdb is not installed (Debian package influxdb)');
  const noOpenSearch = whyNoSearchServer('opensearch');
  test.skip(noOpenSearch !== undefined, noOpenSearch ?? '');

  const folder = mkdtempSync(join(tmpdir(), 'vitrine-four-'));
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  let vitrine: VitrineProcess;
  let context: BrowserContext;
  let page: Page;
  let urls: Readonly<Record<'prometheus' | 'influxdb' | 'opensearch', string>>;
  let truth: RequestTruth;
  let requests: readonly (Requested & { readonly predicted: readonly number[] })[] = [];
  let edges: readonly number[] = [];
  let gapMs: Readonly<Record<Column, number>>;
  /** What is asked: all that the service did, in whole windows. */
  let askedFromMs = 0;
  /** What is shown and compared: windows in which every series was known from the start. */
  let fromMs = 0;
  let toMs = 0;

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(400_000);
    const opensearch = await startSearchServer('opensearch', folder, stops);
    const influxdb = await startInfluxdb(folder, stops);
    await influx(influxdb, '/query?q=CREATE%20DATABASE%20ml');
    const service = await startInferenceService(folder, `${opensearch}/${INDEX}`);
    stops.push(() => service.stop());
    urls = { opensearch, influxdb, prometheus: await startPrometheus(service, influxdb) };
    vitrine = await startVitrine('serve', ['--scrape.file', scrapeFile(service), '--provisioning', sourcesFolder()]);
    stops.push(async () => void (await vitrine.stop()));
    ({ context, page } = await signedInPage(browser, vitrine));

    askedFromMs = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS;
    // A rate cannot see a series begin: each has begun, in each store, before the first window.
    await service.oneOfEach();
    for (const column of ['Vitrine', 'Prometheus', 'InfluxDB'] as const)
      await expect.poll(async () => (await counted(column)).size, { timeout: 60_000 }).toBe(3);
    fromMs = Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS;
    await service.load(() => delay(LOAD_MS));
    toMs = Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS;

    // All have all of it.
    await expect.poll(async () => (requests = await logged()).length > 500).toBe(true);
    for (const column of ['Vitrine', 'Prometheus', 'InfluxDB'] as const) {
      const total = async () => [...(await counted(column)).values()].reduce((sum, value) => sum + value, 0);
      await expect
        .poll(async () => [await total(), (requests = await logged()).length].join(' of '), { timeout: 60_000 })
        .toMatch(/^(\d+) of \1$/);
    }
    await expect.poll(() => Date.now(), { timeout: WINDOW_MS }).toBeGreaterThan(toMs);
    const points = requests.map(
      ({ timeMs, seconds, code }, i) => `requests,id=${i % 100},code=${code} seconds=${seconds} ${timeMs}`,
    );
    await influx(influxdb, '/write?db=ml&precision=ms', points.join('\n'));

    truth = new RequestTruth(requests, WINDOW_MS);
    edges = await bucketEdges();
    gapMs = {
      Vitrine: await longestGapMs('Vitrine'),
      Prometheus: await longestGapMs('Prometheus'),
      // It has Prometheus' samples.
      InfluxDB: await longestGapMs('Prometheus'),
      OpenSearch: 0,
    };
    // Where a machine is so busy that scrapes come late, the bounds would say nothing.
    expect(Math.max(...Object.values(gapMs)), 'ms between two scrapes').toBeLessThan(WINDOW_MS / 4);
    const saved = await page.request.put(`${vitrine.url}/api/dashboards/four-sources`, {
      data: { dashboard: fourSourcesDashboard(fromMs, toMs) },
      headers: { origin: vitrine.url },
    });
    expect(saved.status(), await saved.text()).toBe(200);
  });

  test.afterAll(async () => {
    await context?.close();
    for (const stop of stops.toReversed()) await stop();
  });

  for (const column of COLUMNS) {
    test(`${column}: requests per second are those of the log`, async () => {
      const [drawn] = await curves('Requests', column);
      expect.soft(drawn?.length).toBeGreaterThanOrEqual(4);
      for (const [atMs, value] of drawn ?? []) {
        const { low, high } = truth.counted(atMs, READINGS[column], gapMs[column]);
        within(value, { low: low / WINDOW_SECONDS, high: high / WINDOW_SECONDS }, atMs);
      }
    });

    test(`${column}: the share of errors is that of the log`, async () => {
      const [drawn] = await curves('Errors', column);
      expect.soft(drawn?.length).toBeGreaterThanOrEqual(4);
      expect.soft(drawn?.some(([, value]) => value > 0)).toBe(true);
      for (const [atMs, value] of drawn ?? []) within(value, truth.errors(atMs, READINGS[column], gapMs[column]), atMs);
    });

    test(`${column}: p50 and p95 are those of the log`, async () => {
      const drawn = await curves('Latency', column);
      expect.soft(drawn.map((curve) => curve.length >= 4)).toEqual([true, true]);
      for (const [i, quantile] of [0.5, 0.95].entries())
        for (const [atMs, value] of (drawn[i] ?? []).filter(([at]) => truth.count(at, at + WINDOW_MS) >= FEWEST_FOR_QUANTILES))
          within(value, truth.quantile(atMs, quantile, READINGS[column], gapMs[column], edges), atMs);
    });

    test(`${column}: predictions by class are exactly those of the log`, async () => {
      const want: Record<string, number> = {};
      for (const digit of requests.flatMap(({ predicted }) => predicted)) want[digit] = (want[digit] ?? 0) + 1;
      expect(Object.values(want).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
      expect.soft(classesOf(await frames('Classes', column))).toEqual(want);
    });
  }

  for (const metrics of ['Prometheus', 'Vitrine'] as const) {
    test(`the worked example joins latency of ${metrics} with error logs of OpenSearch on time`, async () => {
      const variables = { metrics: SOURCES[metrics].uid, logs: SOURCES.OpenSearch.uid };
      const [joined, ...more] = await answerOf({ dashboard: 'latency-and-errors', panel: 2, variables });
      expect(more).toEqual([]);
      const column = (name: string) => joined?.fields.find((field) => field.name === name);
      const rows = Array.from(column('Time')?.values as Float64Array, (atMs, row) => {
        const cell = (name: string): number =>
          column(name)?.present?.[row] === 0 ? Number.NaN : Number(column(name)?.values[row]);
        return { atMs, p95: cell('p95'), requests: cell('requests'), errors: cell('errors'), share: cell('share of errors') };
      }).filter(({ atMs }) => atMs >= fromMs && atMs + WINDOW_MS <= toMs);
      expect.soft(rows.length).toBeGreaterThanOrEqual(4);
      // The slowest first.
      expect.soft(rows.map(({ p95 }) => p95)).toEqual(rows.map(({ p95 }) => p95).toSorted((a, b) => b - a));
      for (const { atMs, p95, requests: counted, errors, share } of rows.filter(({ p95 }) => !Number.isNaN(p95))) {
        expect.soft(errors).toBe(truth.count(atMs, atMs + WINDOW_MS, ({ code }) => code >= 500));
        within(counted, truth.counted(atMs, 'rate', gapMs[metrics]), atMs);
        expect.soft(share).toBeCloseTo(errors / counted, 12);
        if (truth.count(atMs, atMs + WINDOW_MS) >= FEWEST_FOR_QUANTILES)
          within(p95, truth.quantile(atMs, 0.95, 'rate', gapMs[metrics], edges), atMs);
      }
      const [lines] = await answerOf({ dashboard: 'latency-and-errors', panel: 3, variables });
      expect.soft(lines?.length).toBe(requests.filter(({ code }) => code >= 500).length);
    });
  }

  test('the worked example is drawn, whichever sources are chosen', async () => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width: 1600, height: 800 });
    const chosen = `var-metrics=${SOURCES.Prometheus.uid}&var-logs=${SOURCES.OpenSearch.uid}`;
    const walk = await walkDashboard(page, `${vitrine.url}/d/latency-and-errors?from=${fromMs}&to=${toMs}&${chosen}`);
    expect(walk.panels).toHaveLength(3);
    expect(walk.panels.filter(({ state, alert, notices }) => state !== 'ready' || alert !== '' || notices !== '')).toEqual([]);
    expect([...walk.pageErrors, ...walk.consoleErrors]).toEqual([]);
    await page.screenshot({ path: 'test-results/latency-and-errors.png' });
  });

  test('how far they are apart is written down', async () => {
    const apart: Record<string, Record<string, number>> = {};
    for (const row of ['Requests', 'Latency'] as const) {
      const documents = await curves(row, 'OpenSearch');
      for (const column of ['Vitrine', 'Prometheus', 'InfluxDB'] as const) {
        const drawn = await curves(row, column);
        const shares = drawn.flatMap((curve, i) => {
          const exact = new Map(documents[i]);
          return curve
            .filter(([atMs]) => truth.count(atMs, atMs + WINDOW_MS) >= FEWEST_FOR_QUANTILES)
            .map(([atMs, value]) => Math.abs(value / (exact.get(atMs) ?? Number.NaN) - 1));
        });
        expect(shares.length).toBeGreaterThanOrEqual(4);
        apart[row] = { ...apart[row], [column]: Math.max(...shares) };
      }
    }
    writeFileSync('test-results/four-sources.json', JSON.stringify({ requests: requests.length, gapMs, apart }, undefined, 2));
  });

  test('they stand side by side on one page', async () => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width: 1800, height: 1100 });
    const walk = await walkDashboard(page, `${vitrine.url}/d/four-sources`);
    expect(walk.panels).toHaveLength(16);
    expect(walk.panels.filter(({ state, alert, notices }) => state !== 'ready' || alert !== '' || notices !== '')).toEqual([]);
    expect([...walk.pageErrors, ...walk.consoleErrors]).toEqual([]);
    await page.screenshot({ path: 'test-results/four-sources.png' });
  });

  function within(value: number, { low, high }: { readonly low: number; readonly high: number }, atMs: number): void {
    const slack = 1e-9;
    expect.soft(value, `${new Date(atMs).toISOString()}: expected ${low} to ${high}`).toBeGreaterThanOrEqual(low - slack);
    expect.soft(value, `${new Date(atMs).toISOString()}: expected ${low} to ${high}`).toBeLessThanOrEqual(high + slack);
  }

  function frames(row: Row, column: Column): Promise<readonly Frame[]> {
    return answerOf({ dashboard: 'four-sources', panel: panelId(row, column) });
  }

  async function answerOf(panel: { dashboard: string; panel: number; variables?: object }): Promise<readonly Frame[]> {
    const answer = await page.request.post(`${vitrine.url}/api/panel-data`, {
      // So wide that the window is the step.
      data: { ...panel, fromMs: askedFromMs, toMs, widthPx: 1_000 },
      headers: { origin: vitrine.url },
    });
    expect(answer.status(), await answer.text()).toBe(200);
    const data = decodePanelData(await answer.body());
    expect(data.notices).toEqual([]);
    return data.frames;
  }

  /** The points of each curve by time, of the windows that are compared. */
  async function curves(row: Row, column: Column): Promise<[atMs: number, value: number][][]> {
    return (await frames(row, column)).flatMap(({ fields }) =>
      fields
        .slice(1)
        .map((field) =>
          Array.from(fields[0]?.values as Float64Array, (atMs, i): [number, number] => [
            atMs,
            field.present?.[i] === 0 ? Number.NaN : Number(field.values[i]),
          ]).filter(([atMs, value]) => atMs >= fromMs && atMs + WINDOW_MS <= toMs && !Number.isNaN(value)),
        ),
    );
  }

  function startPrometheus(service: InferenceService, influxdb: string): Promise<string> {
    const write = `remote_write:\n  - url: ${influxdb}/api/v1/prom/write?db=ml\n    queue_config: { batch_send_deadline: 1s }\n`;
    return runPrometheus(`${scrapeConfig(service)}${write}`);
  }

  async function runPrometheus(config: string): Promise<string> {
    const port = await freePort();
    writeFileSync(join(folder, 'prometheus.yml'), config);
    const child = spawn(
      PROMETHEUS,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: 'ignore' },
    );
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    stops.push(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const url = `http://127.0.0.1:${port}`;
    await expect.poll(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok).toBe(true);
    return url;
  }

  function scrapeConfig({ target }: InferenceService): string {
    return `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: digits, static_configs: [{ targets: ['${target}'] }] }]\n`;
  }

  function scrapeFile(service: InferenceService): string {
    const path = join(folder, 'scrape.yml');
    writeFileSync(path, scrapeConfig(service));
    return path;
  }

  function sourcesFolder(): string {
    mkdirSync(join(folder, 'provisioning/datasources'), { recursive: true });
    const [prometheus, influxdb, opensearch] = (['Prometheus', 'InfluxDB', 'OpenSearch'] as const).map((name) => ({
      name,
      ...SOURCES[name],
    }));
    const datasources = [
      { ...prometheus, url: urls.prometheus, jsonData: { timeInterval: '1s' } },
      { ...influxdb, url: urls.influxdb, jsonData: { dbName: 'ml' } },
      { ...opensearch, url: urls.opensearch, jsonData: { index: INDEX, logMessageField: 'message', logLevelField: 'level' } },
    ];
    writeFileSync(join(folder, 'provisioning/datasources/four.yaml'), JSON.stringify({ apiVersion: 1, datasources }));
    return join(folder, 'provisioning');
  }

  async function influx(url: string, path: string, body = ''): Promise<unknown> {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** How many requests a store counted by now, by their status. Asked directly, past Vitrine. */
  async function counted(column: 'Vitrine' | 'Prometheus' | 'InfluxDB'): Promise<Map<string, number>> {
    if (column === 'InfluxDB') {
      const query = 'SELECT last("value") FROM "inference_requests_total" GROUP BY "code"';
      const { results } = (await influx(urls.influxdb, `/query?db=ml&q=${encodeURIComponent(query)}`)) as {
        readonly results: readonly { readonly series?: readonly { tags: { code: string }; values: [[string, number]] }[] }[];
      };
      return new Map(results[0]?.series?.map(({ tags, values }) => [tags.code, values[0][1]]));
    }
    const found = await promql(column, 'inference_requests_total');
    return new Map(found.map(({ metric, value }) => [metric['code'] ?? '', Number(value?.[1])]));
  }

  interface PromSeries {
    readonly metric: Readonly<Record<string, string>>;
    readonly value?: readonly [number, string];
    readonly values?: readonly (readonly [number, string])[];
  }

  async function promql(column: 'Vitrine' | 'Prometheus', query: string): Promise<readonly PromSeries[]> {
    const url = column === 'Vitrine' ? vitrine.url : urls.prometheus;
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
    return ((await answer.json()) as { readonly data: { readonly result: readonly PromSeries[] } }).data.result;
  }

  /** The longest time between two samples, and a scrape's own. */
  async function longestGapMs(column: 'Vitrine' | 'Prometheus'): Promise<number> {
    const seconds = Math.ceil((Date.now() - fromMs) / 1_000) + 2;
    const [series] = await promql(column, `inference_requests_total{code="200"}[${seconds}s]`);
    const times = (series?.values ?? []).map(([at]) => at);
    const gaps = times.slice(1).map((at, i) => at - (times[i] as number));
    const [scrape] = await promql(column, `max_over_time(scrape_duration_seconds[${seconds}s])`);
    return 1_000 * (Math.max(...gaps) + Number(scrape?.value?.[1]));
  }

  async function bucketEdges(): Promise<number[]> {
    const found = await promql('Prometheus', 'group by (le) (inference_request_duration_seconds_bucket)');
    return found.map(({ metric }) => Number(metric['le'] === '+Inf' ? Infinity : metric['le'])).toSorted((a, b) => a - b);
  }

  async function logged(): Promise<typeof requests> {
    await fetch(`${urls.opensearch}/${INDEX}/_refresh`, { method: 'POST' });
    const answer = await fetch(`${urls.opensearch}/${INDEX}/_search?size=10000`);
    const { hits } = (await answer.json()) as {
      readonly hits: {
        readonly hits: readonly {
          readonly _source: { '@timestamp': string; duration_seconds: number; code: number; predicted: number[] };
        }[];
      };
    };
    return hits.hits.map(({ _source: it }) => ({
      timeMs: Date.parse(it['@timestamp']),
      seconds: it.duration_seconds,
      code: it.code,
      predicted: it.predicted,
    }));
  }

  /** What stands beside each class. */
  function classesOf(answer: readonly Frame[]): Record<string, number> {
    const pairs = answer.flatMap((frame): [string, number][] => {
      const [first, second] = frame.fields;
      if (frame.shape === 'table')
        return Array.from({ length: frame.length }, (_, row): [string, number] => [
          String(first?.values[row]),
          Number(second?.values[row]),
        ]);
      return frame.fields.slice(1).map((field): [string, number] => {
        const row = field.present === undefined ? frame.length - 1 : field.present.lastIndexOf(1);
        return [field.labels?.['predicted'] ?? field.name, Number(field.values[row])];
      });
    });
    return Object.fromEntries(pairs);
  }
});
