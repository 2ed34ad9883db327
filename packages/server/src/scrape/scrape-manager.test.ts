import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parseScrapeConfigs } from './parse-scrape-configs.ts';
import { RecordingStore } from './recording-store.ts';
import { createScrapeManager, type ScrapeManager } from './scrape-manager.ts';

const servers: Server[] = [];
const managers: ScrapeManager[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.stop()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const metrics: RequestListener = (request, response) => {
  response
    .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
    .end(`# TYPE path gauge\npath{asked="${request.url}"} 1\n`);
};

/** A manager whose jobs are written as in prometheus.yml, one a line, each scraped every 50 ms. */
function manager() {
  const store = new RecordingStore();
  const warnings: string[] = [];
  const log = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message) };
  const made = createScrapeManager({ append: store.append, log });
  managers.push(made);
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-scrape-'));
  folders.push(folder);
  const apply = (...jobs: string[]): void => {
    const text = `global: {scrape_interval: 50ms}\nscrape_configs: [${jobs.map((job) => `{${job}}`).join(', ')}]`;
    made.apply(parseScrapeConfigs({ file: join(folder, 'prometheus.yml'), text }));
  };
  return { made, store, apply, folder, warnings };
}

test('the targets of static_configs are scraped and shown as Prometheus shows them', async () => {
  const address = await serve(metrics);
  const { made, store, apply } = manager();
  const keep =
    'relabel_configs: [{source_labels: [__address__], regex: dropped.*, action: drop}, {target_label: team, replacement: ml}]';
  apply(`job_name: j, params: {module: [a, b]}, static_configs: [{targets: ['${address}', 'dropped:1']}], ${keep}`);
  expect(made.targets().activeTargets[0]).toMatchObject({ health: 'unknown', lastScrape: '0001-01-01T00:00:00Z' });

  const series = `path{asked="/metrics?module=a&module=b", instance="${address}", job="j", team="ml"}`;
  await store.until(() => store.last(series) === 1);
  const { activeTargets, droppedTargets, droppedTargetCounts } = made.targets();
  expect(activeTargets).toEqual([
    {
      discoveredLabels: {
        __address__: address,
        __metrics_path__: '/metrics',
        __param_module: 'a',
        __scheme__: 'http',
        __scrape_interval__: '50ms',
        __scrape_timeout__: '50ms',
        job: 'j',
      },
      labels: { instance: address, job: 'j', team: 'ml' },
      scrapePool: 'j',
      scrapeUrl: `http://${address}/metrics?module=a&module=b`,
      globalUrl: expect.stringMatching(/^http:\/\/(?!127).*\/metrics\?module=a&module=b$/),
      lastError: '',
      lastScrape: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      lastScrapeDuration: expect.any(Number),
      health: 'up',
      scrapeInterval: '50ms',
      scrapeTimeout: '50ms',
    },
  ]);
  expect(droppedTargets).toMatchObject([{ discoveredLabels: { __address__: 'dropped:1' }, scrapePool: 'j' }]);
  expect(droppedTargetCounts).toEqual({ j: 1 });
  expect(made.metadata()).toEqual([
    { target: { instance: address, job: 'j', team: 'ml' }, metadata: [{ metric: 'path', type: 'gauge', help: '', unit: '' }] },
  ]);
});

test('scrapes of one target are an interval apart and on its own phase', async () => {
  const address = await serve(metrics);
  const { store, apply } = manager();
  apply(`job_name: j, static_configs: [{targets: ['${address}']}]`);
  const ups = () => store.samples.filter(({ series }) => series.startsWith('up{'));
  await store.until(() => ups().length >= 4);
  const times = ups().map(({ timestampMs }) => timestampMs);
  for (const [i, time] of times.entries()) if (i > 0) expect(time - (times[i - 1] as number)).toBeGreaterThan(0);
});

test('a changed configuration leaves equal targets alone and ends those that are gone', async () => {
  const [kept, gone, fresh] = await Promise.all([serve(metrics), serve(metrics), serve(metrics)]);
  const { made, store, apply } = manager();
  apply(`job_name: j, static_configs: [{targets: ['${kept}', '${gone}']}]`, 'job_name: other');
  const up = (address: string): string => `up{instance="${address}", job="j"}`;
  await store.until(() => store.last(up(kept)) === 1 && store.last(up(gone)) === 1);
  const before = made.targets().activeTargets.find(({ labels }) => labels['instance'] === kept)?.lastScrape;

  apply(`job_name: j, static_configs: [{targets: ['${kept}', '${fresh}']}]`);
  const after = made.targets().activeTargets;
  expect(after.map(({ labels }) => labels['instance'])).toEqual([kept, fresh]);
  expect(after[0]).toMatchObject({ health: 'up' });
  expect(Date.parse(after[0]?.lastScrape ?? '')).toBeGreaterThanOrEqual(Date.parse(before ?? ''));
  await store.until(() => store.last(up(fresh)) === 1 && store.last(up(gone)) === 'stale');
  expect(store.last(`path{asked="/metrics", instance="${gone}", job="j"}`)).toBe('stale');
  expect(store.samples.filter(({ series, value }) => series.includes(kept) && value === 'stale')).toEqual([]);

  apply();
  await store.until(() => store.last(up(kept)) === 'stale');
  expect(made.targets().activeTargets).toEqual([]);
});

test('too many targets are all refused with a sentence', async () => {
  const { made, store, apply } = manager();
  apply(`job_name: j, target_limit: 1, static_configs: [{targets: ['127.0.0.1:1', '127.0.0.1:2']}]`);
  await store.until(() => made.targets().activeTargets.every(({ health }) => health === 'down'));
  expect(made.targets().activeTargets.map(({ lastError }) => lastError)).toEqual(
    Array(2).fill('the job has 2 targets; the target_limit is 1'),
  );
});

test('files of targets are read, read again when they change, and kept when they break', async () => {
  const [first, second] = await Promise.all([serve(metrics), serve(metrics)]);
  const { made, store, apply, folder, warnings } = manager();
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  };
  write('a.json', JSON.stringify([{ targets: [first], labels: { env: 'test' } }]));
  apply('job_name: j, file_sd_configs: [{files: ["*.json", b.yml], refresh_interval: 100ms}]');
  const up = (address: string, env: string): string => `up{env="${env}", instance="${address}", job="j"}`;
  await store.until(() => store.last(up(first, 'test')) === 1);
  expect(made.targets().activeTargets[0]?.discoveredLabels['__meta_filepath']).toBe(join(folder, 'a.json'));

  write('b.yml', `- targets: ['${second}']\n  labels: {env: more}\n`);
  await store.until(() => store.last(up(second, 'more')) === 1);

  write('a.json', '[{"targets": ');
  write('b.yml', '[]');
  await store.until(() => store.last(up(second, 'more')) === 'stale' && warnings.length > 0);
  expect(warnings).toContain('A file of scrape targets cannot be read; its last targets stay.');
  expect(made.targets().activeTargets.map(({ labels }) => labels['instance'])).toEqual([first]);

  rmSync(join(folder, 'a.json'));
  await store.until(() => store.last(up(first, 'test')) === 'stale');
});

test('a URL of targets is asked again and again, and kept while it fails', async () => {
  const address = await serve(metrics);
  let list: unknown = [{ targets: [address], labels: { __meta_zone: 'z' } }];
  let asked: string | undefined;
  const discovery = await serve((request, response) => {
    asked = request.headers.authorization;
    if (list === undefined) response.writeHead(500).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
  });
  const { made, store, apply, warnings } = manager();
  const relabel = 'relabel_configs: [{source_labels: [__meta_zone], target_label: zone}]';
  apply(
    `job_name: j, ${relabel}, http_sd_configs: [{url: 'http://${discovery}/', refresh_interval: 50ms, basic_auth: {username: u, password: p}}]`,
  );
  const up = `up{instance="${address}", job="j", zone="z"}`;
  await store.until(() => store.last(up) === 1);
  expect(asked).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);

  list = undefined;
  await store.until(() => warnings.length > 0);
  expect(made.targets().activeTargets).toHaveLength(1);

  list = [];
  await store.until(() => store.last(up) === 'stale');
});

test('the manager stops while a target hangs, without marking anything as ended', async () => {
  let asked = (): void => undefined;
  const request = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const [hanging, good] = await Promise.all([serve(() => asked()), serve(metrics)]);
  const { made, store, apply } = manager();
  apply(
    `job_name: slow, scrape_interval: 100ms, scrape_timeout: 100ms, static_configs: [{targets: ['${hanging}']}]`,
    `job_name: j, static_configs: [{targets: ['${good}']}]`,
  );
  await request;
  await store.until(() => store.last(`up{instance="${good}", job="j"}`) === 1);
  await made.stop();
  const count = store.samples.length;
  expect(store.samples.filter(({ value }) => value === 'stale')).toEqual([]);
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(store.samples).toHaveLength(count);
});
