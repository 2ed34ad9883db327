import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../testing/start-prometheus.ts';
import { encodeFamilies } from './encode-families.ts';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const VITRINE = join(ROOT, 'packages/server/bin/vitrine.mjs');
const CLIENT = 'prometheus-client==0.26.0';
/** Where Debian's package puts it. */
const PUSHGATEWAY = '/usr/bin/prometheus-pushgateway';
const hasPushgateway = existsSync(PUSHGATEWAY);
if (!hasPushgateway) console.warn('Skipped: prometheus-pushgateway is not installed (Debian package prometheus-pushgateway).');

/** What a nightly job does, as the client's documentation shows it. Argument: the gateway's address, and a token or "". */
const SCRIPT = `
import sys
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, delete_from_gateway, push_to_gateway, pushadd_to_gateway
from prometheus_client.exposition import basic_auth_handler

gateway, token = sys.argv[1], sys.argv[2]

def handler(url, method, timeout, headers, data):
    return basic_auth_handler(url, method, timeout, headers, data, "nightly", token)

def registry():
    made = CollectorRegistry()
    Gauge("job_last_success", "When it went well", registry=made).set(42.5)
    Counter("job_rows", "Rows", ["table"], registry=made).labels("a\\"b\\\\c\\nd").inc(7)
    seconds = Histogram("job_seconds", "How long", buckets=[0.1, 1], registry=made)
    for value in (0.05, 0.5, 5):
        seconds.observe(value)
    Summary("job_bytes", "How much", registry=made).observe(1e9)
    return made

options = {"handler": handler} if token else {}
push_to_gateway(gateway, job="nightly", registry=registry(), **options)
push_to_gateway(gateway, job="path/job", registry=registry(), grouping_key={"path": "/var/tmp", "empty": "", "run": 7, "name": "Προμηθεύς"}, **options)
added = CollectorRegistry()
Gauge("job_late", "Late", registry=added).set(1)
pushadd_to_gateway(gateway, job="nightly", registry=added, **options)
push_to_gateway(gateway, job="gone", registry=added, grouping_key={"path": "a/b"}, **options)
delete_from_gateway(gateway, job="gone", grouping_key={"path": "a/b"}, **options)
`;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-push-peer-'));
const environment = join(ROOT, '.cache/peers/python');
const running: ChildProcess[] = [];
let url = '';
let peer = '';

beforeAll(async () => {
  mkdirSync(environment, { recursive: true });
  execFileSync('python3', ['-m', 'venv', environment]);
  execFileSync(join(environment, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', CLIENT]);
  writeFileSync(join(folder, 'job.py'), SCRIPT);
  writeFileSync(join(folder, 'vitrine.yaml'), 'scrape.self: false\n');
  url = await startVitrine();
  if (!hasPushgateway) return;
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`--web.listen-address=${address}`, '--web.enable-admin-api', '--persistence.file=', '--log.level=error'];
  running.push(spawn(PUSHGATEWAY, args, { stdio: 'ignore' }));
  peer = `http://${address}`;
  while ((await fetch(`${peer}/-/ready`).catch(() => undefined))?.ok !== true) await delay(50);
});

afterAll(async () => {
  for (const child of running) {
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function startVitrine(): Promise<string> {
  const data = join(folder, 'data');
  const args = ['serve', '--config', join(folder, 'vitrine.yaml'), '--data', data, '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, [VITRINE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  for await (const text of createInterface({ input: child.stdout })) {
    const found = /ready at (http\S+)/.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('vitrine ended at its start');
}

interface Told {
  readonly labels: Readonly<Record<string, string>>;
  readonly [metric: string]: unknown;
}

/** The groups of a gateway with all their metrics, in one order and without the times. */
async function groupsOf(gateway: string): Promise<unknown[]> {
  const { data } = (await (await fetch(`${gateway}/api/v1/metrics`)).json()) as { data: Told[] };
  const told = data.map(({ labels, ...rest }) => {
    // The client says when each counter was made, which is another time in each run.
    const kept = Object.entries(rest).filter(([name]) => !name.endsWith('_created'));
    const metrics = kept.map(([name, metric]) => {
      if (typeof metric !== 'object' || metric === null) return [name, metric] as const;
      const { metrics: samples, help, type } = metric as { metrics: { value?: string }[]; help?: string; type: string };
      const values = name.startsWith('push_')
        ? samples.map((sample) => ({ ...sample, value: Number(sample.value) > 0 }))
        : samples;
      return [name, { type, help, metrics: values.map((sample) => sorted(sample)).toSorted(byText) }] as const;
    });
    return { labels: sorted(labels), ...Object.fromEntries(metrics.toSorted(byText)) };
  });
  return told.toSorted(byText);
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** With its members in one order, those of its members too. */
function sorted(value: object): object {
  const entries = Object.entries(value) as [string, unknown][];
  return Object.fromEntries(
    entries
      .map(([name, member]) => [name, typeof member === 'object' && member !== null ? sorted(member) : member] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function ask(query: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result.map((series) => series.value[1]);
}

async function wipe(gateway: string): Promise<void> {
  if (gateway === peer) await fetch(`${gateway}/api/v1/admin/wipe`, { method: 'PUT' });
  else {
    const { data } = (await (await fetch(`${gateway}/api/v1/metrics`)).json()) as { data: Told[] };
    for (const { labels } of data) {
      const { job = '', ...others } = labels;
      const packed = Object.entries(others).map(([name, value]) => `/${name}@base64/${packedText(value)}`);
      await fetch(`${gateway}/metrics/job@base64/${packedText(job)}${packed.join('')}`, { method: 'DELETE' });
    }
  }
}

function packedText(text: string): string {
  return text === '' ? '=' : Buffer.from(text).toString('base64url');
}

describe('a job with Python’s prometheus_client', () => {
  beforeAll(() => {
    const { stdout } = execVitrine(['token', 'create', '--scope', 'ingest', '--labels', 'team=data']);
    const token = /vitrine_\S+/.exec(stdout)?.[0] ?? '';
    execFileSync(join(environment, 'bin/python'), [join(folder, 'job.py'), url, token]);
  });

  test.each([
    ['job_last_success{job="nightly",team="data"}', ['42.5']],
    ['job_late{job="nightly"}', ['1']],
    ['job_rows_total{job="nightly",table="a\\"b\\\\c\\nd"}', ['7']],
    ['job_seconds_bucket{job="nightly",le=~"1|1.0"}', ['2']],
    ['job_bytes_sum{job="path/job",path="/var/tmp",run="7",name="Προμηθεύς"}', ['1000000000']],
    ['count(push_time_seconds > 0)', ['2']],
    ['max(push_failure_time_seconds)', ['0']],
    ['job_late{job="gone"}', []],
    ['count({__name__=~".+",team!="data"})', []],
  ])('%s is %j', async (query, values) => {
    expect(await ask(query)).toEqual(values);
  });

  test('finds its numbers after kill -9 and a restart', async () => {
    const before = await groupsOf(url);
    const child = running.shift();
    const ended = new Promise<void>((resolve) => child?.once('exit', () => resolve()));
    child?.kill('SIGKILL');
    await ended;
    url = await startVitrine();
    expect(await groupsOf(url)).toEqual(before);
    await wipe(url);
    expect(await groupsOf(url)).toEqual([]);
  });
});

function execVitrine(args: readonly string[]): { stdout: string } {
  const stdout = execFileSync(process.execPath, [VITRINE, ...args, '--data', join(folder, 'data')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { stdout };
}

describe.skipIf(!hasPushgateway)('beside Debian’s Pushgateway', () => {
  test('the same job leaves the same groups', async () => {
    for (const gateway of [url, peer]) {
      await wipe(gateway);
      execFileSync(join(environment, 'bin/python'), [join(folder, 'job.py'), gateway, '']);
    }
    expect(await groupsOf(url)).toEqual(await groupsOf(peer));
  });

  /** Statuses and groups after a script of requests. */
  async function play(gateway: string, steps: readonly Step[]): Promise<unknown> {
    await wipe(gateway);
    const statuses: number[] = [];
    for (const { method, path, body = '', gzip = false, type } of steps) {
      const response = await fetch(`${gateway}${path}`, {
        method,
        redirect: 'manual',
        headers: { ...(gzip ? { 'content-encoding': 'gzip' } : {}), ...(type === undefined ? {} : { 'content-type': type }) },
        ...(method === 'DELETE' || method === 'GET' ? {} : { body: gzip ? gzipSync(body) : body }),
      });
      await response.arrayBuffer();
      statuses.push(response.status);
    }
    return { statuses, groups: await groupsOf(gateway) };
  }

  interface Step {
    readonly method: string;
    readonly path: string;
    readonly body?: string | Buffer;
    readonly gzip?: boolean;
    readonly type?: string;
  }
  const put = (path: string, body: string | Buffer): Step => ({ method: 'PUT', path: `/metrics/job${path}`, body });
  const post = (path: string, body: string): Step => ({ method: 'POST', path: `/metrics/job${path}`, body });
  const remove = (path: string): Step => ({ method: 'DELETE', path: `/metrics/job${path}` });
  const HISTOGRAM = '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n';

  test.each<[string, Step[]]>([
    ['one sample', [put('/a', 'x 1\n')]],
    ['types and help', [put('/a', '# HELP x Some.\n# TYPE x gauge\nx{b="c"} 1\nx 2e7\n')]],
    ['a histogram and a summary', [put('/a', `${HISTOGRAM}# TYPE s summary\ns{quantile="0.5"} 1\ns_sum 2\ns_count 3\n`)]],
    ['replacing', [put('/a', 'x 1\ny 2\n'), put('/a', 'y 3\n')]],
    ['adding', [put('/a', 'x 1\ny 2\ny{b="c"} 2\n'), post('/a', 'y 3\n')]],
    ['nothing put', [put('/a', 'x 1\n'), put('/a', '')]],
    ['nothing posted', [put('/a', 'x 1\n'), post('/a', '')]],
    ['nothing posted to nothing', [post('/a', '')]],
    ['deleting', [put('/a', 'x 1\n'), put('/a/b/c', 'x 1\n'), remove('/a')]],
    ['deleting what is not there', [remove('/a'), remove('/a/b/c')]],
    ['a slash at the end', [put('/a/', 'x 1\n')]],
    ['base64', [put('@base64/YS9i/p@base64/L3Zhci90bXA=', 'x 1\n'), put('@base64/YS9i/p@base64/L3Zhci90bXA', 'y 1\n')]],
    ['an empty value', [put('/a/b@base64/=/c/d', 'x{b="1"} 1\n')]],
    ['an empty job', [put('@base64/=', 'x 1\n')]],
    ['a plus', [put('/a/l/x+y', 'x 1\n')]],
    ['labels of its own', [put('/a/b/c', 'x{job="z",b="z",d="e"} 1\n')]],
    ['an instance', [put('/a', 'x{instance="i"} 1\n'), put('/a/instance/j', 'x{instance="i"} 1\n')]],
    ['a second job', [put('/a/job/b', 'x 1\n')]],
    ['a label twice', [put('/a/b/1/b/2', 'x 1\n')]],
    ['gzip', [{ ...put('/a', 'x 1\n'), gzip: true }]],
    ['an odd address', [put('/a/b', 'x 1\n'), remove('/a/b')]],
    ['bad label names', [put('/a/b-c/d', 'x 1\n'), put('/a/__name__/d', 'x 1\n')]],
    ['broken base64', [put('/a/b@base64/!', 'x 1\n')]],
    ['broken lines', [put('/a', 'x\n'), put('/a', 'x y\n'), put('/a', '{\n'), put('/a', 'x{a=b} 1\n')]],
    ['a timestamp', [put('/a', 'x 1 1000\n'), put('/a', 'x 1\n')]],
    ['a series twice', [put('/a', 'x 1\nx 2\n')]],
    ['a series in two groups', [put('/a/b/c', 'x 1\n'), put('/a', 'x{b="c"} 2\n'), put('/a', 'x{b="d"} 2\n')]],
    ['two types', [put('/a', '# TYPE x gauge\nx 1\n'), put('/b', '# TYPE x counter\nx 1\n'), put('/b', 'x 1\n')]],
    ['another type of its own', [put('/a', '# TYPE x gauge\nx 1\n'), post('/a', '# TYPE x counter\nx 1\n')]],
    ['a name that clashes', [put('/a', HISTOGRAM), put('/b', 'h_sum 1\n'), put('/c', '# TYPE h_count gauge\nh_count 1\n')]],
    ['our own names', [put('/a', 'push_time_seconds 1\nx 1\n')]],
    ['a failure and a success', [put('/a', 'x 1\nx 1\n'), put('/a', 'x 1\n')]],
    ['form data, as curl calls it', [{ ...put('/a', 'x 1\n'), type: 'application/x-www-form-urlencoded' }]],
    [
      'protobuf, as Go’s client pushes it',
      [
        {
          ...put(
            '/a',
            encodeFamilies([
              { name: 'x', help: 'Some.', type: 1, metrics: [{ labels: { b: 'c' }, value: 1.5 }, { value: 2e9 }] },
              { name: 'n', type: 0, metrics: [{ value: 7 }] },
              {
                name: 's',
                type: 2,
                metrics: [
                  {
                    count: 3,
                    sum: 4.5,
                    parts: [
                      [0.5, 1],
                      [0.99, 2],
                    ],
                  },
                ],
              },
              {
                name: 'h',
                type: 4,
                metrics: [
                  {
                    count: 3,
                    sum: 4.5,
                    parts: [
                      [0.25, 1],
                      [1, 2],
                      [Infinity, 3],
                    ],
                  },
                ],
              },
            ]),
          ),
          type: 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
        },
      ],
    ],
    ['reading where one pushes', [{ method: 'GET', path: '/metrics/job/a' }]],
    ['infinities', [put('/a', 'x +Inf\ny -Inf\nz NaN\n')]],
    ['spaces, tabs and comments', [put('/a', 'x \t 1\n\n# a comment\n')]],
    ['help in two groups', [put('/a', '# HELP x One.\nx 1\n'), put('/b', '# HELP x Two.\nx 1\n')]],
  ])('%s: statuses and groups are the same', async (_, steps) => {
    expect(await play(url, steps)).toEqual(await play(peer, steps));
  });

  test('random pushes and deletions: statuses and groups are the same', async () => {
    const path = fc.constantFrom('/a', '/b', '/a/c/d', '/a/c/e', '/b/f@base64/L2c');
    const line = fc.constantFrom('x 1', 'x{c="d"} 2', 'y 3', 'y{c="e"} 4', 'z_sum 5', '# TYPE x gauge', '# TYPE y counter');
    const step = fc.record({ how: fc.constantFrom(put, post, remove), path, lines: fc.array(line, { maxLength: 4 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (script) => {
        const steps = script.map(({ how, path: at, lines }) =>
          how(
            at,
            [...new Set(lines)]
              .toSorted((a, b) => Number(b.startsWith('#')) - Number(a.startsWith('#')))
              .map((text) => `${text}\n`)
              .join(''),
          ),
        );
        expect(await play(url, steps)).toEqual(await play(peer, steps));
      }),
      { numRuns: 60 },
    );
  });
});
