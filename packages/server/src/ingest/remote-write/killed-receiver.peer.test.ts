import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../testing/start-prometheus.ts';
import { startVitrine } from '../../testing/start-vitrine.ts';
import { encodeExposition, type ExposedFamily } from '../exposition/encode-protobuf.ts';

// Real senders, and a server that is killed while they send: what they had is there afterwards, once.

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** Where an installed program is, or undefined with a printed notice. */
function installed(name: string): string | undefined {
  const path = `/usr/bin/${name}`;
  if (existsSync(path)) return path;
  console.warn(`Skipped: ${name} is not installed; Debian has it as a package.`);
  return undefined;
}

/** A target whose every scrape finds one more: a counter, a classic histogram and a native one. */
async function countingTarget(): Promise<{ address: string; scrapes: () => number }> {
  let scrapes = 0;
  const server: Server = createServer((request, response) => {
    scrapes++;
    if (request.headers.accept?.includes('application/vnd.google.protobuf') !== true) {
      response
        .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
        .end(`# TYPE work_total counter\nwork_total ${scrapes}\n`);
      return;
    }
    const exemplar = { labels: { trace_id: `t${scrapes}` }, value: 0.5, timestampMs: Date.now() };
    const families: ExposedFamily[] = [
      { name: 'work_total', type: 0, metrics: [{ value: scrapes, exemplar }] },
      {
        name: 'classic',
        type: 4,
        metrics: [
          {
            count: scrapes,
            sum: scrapes / 2,
            buckets: [
              [0.1, 0],
              [1, scrapes],
            ],
          },
        ],
      },
      {
        name: 'native',
        type: 4,
        metrics: [
          {
            labels: { phase: 'größe' },
            count: 3 * scrapes + 1,
            sum: scrapes * 2.5,
            native: {
              schema: 3,
              zeroThreshold: 0.001,
              zeroCount: 1,
              positive: [[-3, [scrapes, scrapes]]],
              negative: [[2, [scrapes]]],
            },
          },
        ],
      },
    ];
    response
      .writeHead(200, {
        'content-type': 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
      })
      .end(encodeExposition(families));
  });
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, scrapes: () => scrapes };
}

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  ends.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return child;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-killed-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server at one address that can be killed and started anew on its data. */
async function killable(folder: string) {
  const port = await freePort();
  const run = () => startVitrine(folder, '--listen', `127.0.0.1:${port}`, '--scrape.self', 'false');
  let server = await run();
  ends.push(() => server.stop());
  return {
    url: `http://127.0.0.1:${port}`,
    async killAndStart() {
      process.kill(server.pid, 'SIGKILL');
      // Waits for its end, which has come already.
      await server.stop();
      server = await run();
    },
  };
}

interface Matrix {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

async function range(url: string, query: string, fromMs: number, toMs: number): Promise<Matrix[]> {
  const params = new URLSearchParams({ query, start: String(fromMs / 1000), end: String(toMs / 1000), step: '0.5' });
  const answer = (await (await fetch(`${url}/api/v1/query_range?${params.toString()}`)).json()) as { data: { result: Matrix[] } };
  return answer.data.result.toSorted((a, b) => (JSON.stringify(a.metric) < JSON.stringify(b.metric) ? -1 : 1));
}

/** The values of a series, as they were scraped. */
async function raw(url: string, selector: string): Promise<string[]> {
  const answer = (await (
    await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: `${selector}[10m]` }).toString()}`)
  ).json()) as {
    data: { result: Matrix[] };
  };
  return answer.data.result.flatMap(({ values }) => values.map(([, value]) => value));
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const giveUpMs = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > giveUpMs) throw new Error(`it did not come to that ${what}`);
    await delay(100);
  }
}

const prometheus = installed('prometheus');
test.skipIf(prometheus === undefined)(
  'a real Prometheus sends numbers, native histograms and exemplars past a kill -9 [needs prometheus]',
  { timeout: 120_000 },
  async () => {
    const folder = newFolder();
    const [target, vitrine] = [await countingTarget(), await killable(folder)];
    const port = await freePort();
    const config = join(folder, 'prometheus.yml');
    const queue = 'queue_config: {batch_send_deadline: 100ms, min_backoff: 50ms, max_backoff: 200ms}';
    writeFileSync(
      config,
      `global: {scrape_interval: 500ms}
scrape_configs: [{job_name: j, static_configs: [{targets: ['${target.address}']}]}]
remote_write: [{url: '${vitrine.url}/api/v1/write', send_exemplars: true, send_native_histograms: true, ${queue}}]
`,
    );
    start(prometheus as string, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=native-histograms,exemplar-storage',
    ]);
    const beganMs = Date.now();
    await until('some scrapes are stored', async () => (await raw(vitrine.url, 'work_total')).length >= 4);
    await vitrine.killAndStart();
    const after = target.scrapes() + 4;
    await until('later ones are stored too', async () => Number((await raw(vitrine.url, 'work_total')).at(-1) ?? 0) >= after);

    // Of the same time on both sides, which is behind what is still on its way.
    const lastMs = beganMs + 500 * Math.floor((Date.now() - 2_000 - beganMs) / 500);
    await until(
      'all of that time is stored',
      async () => (await range(vitrine.url, 'timestamp(work_total)', Date.now() - 500, Date.now())).length > 0,
    );
    const sender = `http://127.0.0.1:${port}`;
    // Nothing that Debian's version computes in another way: quantiles and rates.
    for (const query of [
      '{job="j", __name__!~"scrape_.*|up|native"}',
      'timestamp(work_total)',
      'histogram_count(native)',
      'histogram_sum(native)',
      'histogram_count(native + native)',
      'delta(work_total[3s]) > bool 0',
    ]) {
      const theirs = await range(sender, query, beganMs, lastMs);
      expect(theirs.length, query).toBeGreaterThan(0);
      const shown = (found: Matrix[]) =>
        found.map(({ metric, values }) => [metric, values.map(([at, value]) => [at, Number(value)])]);
      expect(shown(await range(vitrine.url, query, beganMs, lastMs)), query).toEqual(shown(theirs));
    }
    const asked = new URLSearchParams({ query: 'work_total', start: String(beganMs / 1000), end: String(lastMs / 1000) });
    const exemplars = async (url: string): Promise<unknown> => {
      const answer = (await (await fetch(`${url}/api/v1/query_exemplars?${asked.toString()}`)).json()) as {
        data: { exemplars: { labels: object; value: string; timestamp: number }[] }[];
      };
      return answer.data.flatMap((one) => one.exemplars);
    };
    const theirs = await exemplars(sender);
    expect(theirs).not.toEqual([]);
    expect(await exemplars(vitrine.url)).toEqual(theirs);
  },
);

const vmagent = installed('vmagent');
test.skipIf(vmagent === undefined)(
  'a real vmagent loses nothing by a kill -9 of the server [needs vmagent]',
  { timeout: 120_000 },
  async () => {
    const folder = newFolder();
    const [target, vitrine] = [await countingTarget(), await killable(folder)];
    const config = join(folder, 'scrape.yml');
    writeFileSync(
      config,
      `global: {scrape_interval: 500ms}\nscrape_configs: [{job_name: j, static_configs: [{targets: ['${target.address}']}]}]\n`,
    );
    start(vmagent as string, [
      `-promscrape.config=${config}`,
      `-remoteWrite.url=${vitrine.url}/api/v1/write`,
      `-remoteWrite.tmpDataPath=${join(folder, 'queue')}`,
      '-remoteWrite.flushInterval=100ms',
      '-httpListenAddr=127.0.0.1:0',
    ]);
    await until('some scrapes are stored', async () => (await raw(vitrine.url, 'work_total')).length >= 4);
    await vitrine.killAndStart();
    const after = target.scrapes() + 4;
    await until('later ones are stored too', async () => Number((await raw(vitrine.url, 'work_total')).at(-1) ?? 0) >= after);
    // What failed meanwhile is tried again after what came later. Every scrape found one more: each is there, once.
    const stored = async () => (await raw(vitrine.url, 'work_total')).map(Number);
    await until('what failed is stored', async () => {
      const values = await stored();
      return (values.at(-1) ?? 0) - (values[0] ?? 0) === values.length - 1;
    });
    const values = await stored();
    expect(values).toEqual(Array.from(values, (_, i) => (values[0] as number) + i));
  },
);
