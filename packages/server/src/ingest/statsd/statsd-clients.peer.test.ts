import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../self/version.ts';
import { ask, type RunningVitrine, startVitrine } from '../../testing/start-vitrine.ts';

const CLIENTS = ['statsd==4.0.1', 'graphyte==1.7.1', 'datadog==0.52.1'];
const EXPORTER = 'github.com/prometheus/statsd_exporter@v0.28.0';

/** What each client's documentation shows, with one metric of each kind. */
const SCRIPT = `
import sys, time
import graphyte, statsd
from datadog.dogstatsd import DogStatsd

statsd_port, graphite_port = int(sys.argv[1]), int(sys.argv[2])

for name, client in (("udp", statsd.StatsClient("127.0.0.1", statsd_port, prefix="plain")),
                     ("tcp", statsd.TCPStatsClient("127.0.0.1", statsd_port, prefix="plain.tcp"))):
    client.incr("requests")
    client.incr("requests", 9)
    client.gauge("queue", 70)
    client.gauge("queue", -8, delta=True)
    client.timing("latency", 320)
    client.set("users", "anna")
    client.set("users", "bob")
    client.set("users", "anna")
    with client.pipeline() as pipe:
        pipe.incr("piped", 3)
        pipe.timing("latency", 20)
    client.close()

dog = DogStatsd(host="127.0.0.1", port=statsd_port, constant_tags=["env:prod"], namespace="dog", disable_telemetry=True)
dog.increment("requests", 5, tags=["route:home"])
dog.increment("requests", 2, tags=["route:home"])
dog.gauge("temperature", 21.5, tags=["room:a", "canary"])
dog.histogram("size", 7)
dog.distribution("spread", 11)
dog.timing("latency", 250)
dog.set("users", "carla")
dog.event("deployed", "version 2")
dog.flush()

for protocol in ("tcp", "udp"):
    sender = graphyte.Sender("127.0.0.1", port=graphite_port, protocol=protocol, prefix="graphyte." + protocol, tags={"env": "prod"})
    sender.send("loss", 0.42)
    sender.send("loss.val", 0.5, timestamp=time.time() - 60, tags={"run": "base-line"})
    sender.stop()
print("sent", flush=True)
`;

const RULES = `
defaults:
  observer_type: histogram
  histogram_options: { buckets: [0.1, 1, 10, 100] }
mappings:
  - { match: t.api.*.time, name: t_api_seconds, labels: { api: $1 }, observer_type: summary, summary_options: { quantiles: [{ quantile: 0.5, error: 0.01 }, { quantile: 0.99, error: 0.001 }] } }
  - { match: "t.api.*.*", name: "t_api_\${2}_total", labels: { api: $1, both: "\${1}-$2" } }
  - { match: 't\\.re\\.([a-z]+)(\\d+)', match_type: regex, name: t_re, labels: { word: $1, number: $2 } }
  - { match: t.honor, name: t_honor, honor_labels: true, labels: { env: rule } }
  - { match: t.override, name: t_override, labels: { env: rule } }
  - { match: t.typed, match_metric_type: gauge, name: t_typed_gauge }
  - { match: t.typed, match_metric_type: counter, name: t_typed_counter }
  - { match: t.scaled, name: t_scaled, scale: 0.5 }
  - { match: t.dropped, action: drop, name: unused }
`;

/** Sent to both; what is refused must be by both. */
const LINES = [
  't.hits:1|c',
  't.hits:2.5|c|@0.1',
  't.hits:-1|c',
  't.temp:20|g',
  't.temp:+2.5|g',
  't.temp:-1|g',
  't.time:50|ms',
  't.time:500|ms|@0.5',
  't.time:1:2:3|ms',
  't.size:7|h|#a:b',
  't.spread:0.05:5|d|#a:b,c:d',
  't.api.users.time:200|ms',
  't.api.users.hits:4|c',
  't.re.word12:1|c',
  't.honor:1|c|#env:sent',
  't.override:1|c|#env:sent',
  't.typed:3|g',
  't.typed:4|c',
  't.scaled:9|c',
  't.scaled_gauge:9|g',
  't.dropped:1|c',
  't.influx,env=prod,zone=eu:1|c',
  't.librato#env=prod:1|c',
  't.signal[env=prod].fx:1|c',
  't.tags:1|c|#kube-pod.name:p-1,url:http://x:80/',
  't.2xx-codes:1|c',
  't.empty:|c',
  't.what:1|x',
  't.nothing',
  't.hits:7|g',
  't.container:1|c|#a:b|c:ci-1f2',
];

const hasGo = spawnSync('go', ['version']).status === 0;
if (!hasGo) console.warn('Skipped: statsd_exporter is not compared with, as go, which builds it, is not installed.');

const folder = mkdtempSync(join(tmpdir(), 'vitrine-statsd-'));
let vitrine: RunningVitrine;
let statsdPort = '';
let graphitePort = '';
let exporter: ChildProcess | undefined;
let exporterPort = 0;

beforeAll(async () => {
  const webPort = await freePort();
  writeFileSync(join(folder, 'rules.yml'), RULES);
  writeFileSync(
    join(folder, 'vitrine.yaml'),
    `
ingest: { statsd: "127.0.0.1:0", graphite: "127.0.0.1:0", mappings: rules.yml }
scrape_configs:
  - { job_name: exporter, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{ targets: ["127.0.0.1:${webPort}"] }] }
`,
  );
  vitrine = await startVitrine(folder);
  statsdPort = vitrine.said(/StatsD over TCP and UDP at 127\.0\.0\.1:(\d+)/);
  graphitePort = vitrine.said(/Graphite over TCP and UDP at 127\.0\.0\.1:(\d+)/);
  if (!hasGo) return;
  const bin = join(ROOT, '.cache/peers/go');
  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, 'statsd_exporter')))
    execFileSync('go', ['install', EXPORTER], { env: { ...process.env, GOBIN: bin }, stdio: ['ignore', 'ignore', 'pipe'] });
  exporterPort = await freePort();
  exporter = spawn(
    join(bin, 'statsd_exporter'),
    [
      `--web.listen-address=127.0.0.1:${webPort}`,
      `--statsd.listen-udp=127.0.0.1:${exporterPort}`,
      '--statsd.listen-tcp=',
      `--statsd.mapping-config=${join(folder, 'rules.yml')}`,
    ],
    { stdio: 'ignore' },
  );
});

afterAll(async () => {
  await vitrine.stop();
  exporter?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('Python’s clients', () => {
  beforeAll(() => {
    const environment = join(ROOT, '.cache/peers/statsd');
    mkdirSync(environment, { recursive: true });
    execFileSync('python3', ['-m', 'venv', environment]);
    execFileSync(join(environment, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...CLIENTS]);
    writeFileSync(join(folder, 'send.py'), SCRIPT);
    execFileSync(join(environment, 'bin/python'), [join(folder, 'send.py'), statsdPort, graphitePort]);
  });

  test.each<[string, number]>([
    ['plain_requests', 10],
    ['plain_queue', 62],
    ['plain_latency_count', 2],
    ['plain_latency_sum', 0.34],
    ['plain_latency_bucket{le="0.1"}', 1],
    ['plain_latency_bucket{le="1"}', 2],
    ['max_over_time(plain_users[1m])', 2],
    ['plain_piped', 3],
    ['plain_tcp_requests', 10],
    ['plain_tcp_queue', 62],
    ['plain_tcp_latency_sum', 0.34],
    ['increase(dog_requests{env="prod",route="home"}[5m]) > bool 0', 1],
    ['dog_requests{env="prod",route="home"}', 7],
    ['dog_temperature{env="prod",room="a",canary="true"}', 21.5],
    ['dog_size_sum{env="prod"}', 7],
    ['dog_spread_count', 1],
    ['dog_latency_sum', 0.25],
    ['max_over_time(dog_users[1m])', 1],
    ['graphyte_tcp_loss{env="prod"}', 0.42],
    ['graphyte_udp_loss{env="prod"}', 0.42],
    ['graphyte_tcp_loss_val{env="prod",run="base-line"}', 0.5],
    ['graphyte_udp_loss_val{env="prod",run="base-line"}', 0.5],
  ])('%s is %d', async (query, value) => {
    await expect.poll(async () => Object.values(await ask(vitrine.url, query)), { timeout: 30_000 }).toEqual([value]);
  });

  test('hear why what is not kept is not', async () => {
    await expect
      .poll(() => fetch(`${vitrine.url}/metrics`).then((answer) => answer.text()))
      .toContain('vitrine_ingest_refused_total{door="statsd",reason="event"} 1');
  });
});

describe.skipIf(!hasGo)('statsd_exporter with the same rules', () => {
  test('tells the same of the same lines', async () => {
    await expect.poll(() => ask(vitrine.url, 'up{job="exporter"} == 1'), { timeout: 30_000 }).not.toEqual({});
    const socket = createSocket('udp4');
    for (const port of [Number(statsdPort), exporterPort]) {
      for (const line of LINES) {
        // One after the other: which of two types of one name came first counts.
        await new Promise<void>((resolve, reject) => {
          socket.send(line, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)));
        });
      }
    }
    socket.close();
    // What is scraped has its bounds written as Prometheus 3 writes them: 1.0.
    const told = async (job: string): Promise<Record<string, number>> => {
      const answer = await ask(vitrine.url, `{__name__=~"t_.*", job="${job}"}`, ['job', 'instance']);
      return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name.replace(/("le":"\d+)\.0"/, '$1"'), value]));
    };
    await expect.poll(() => ask(vitrine.url, 't_container{job=""}'), { timeout: 30_000 }).not.toEqual({});
    await expect.poll(() => ask(vitrine.url, 't_container{job="exporter"}'), { timeout: 30_000 }).not.toEqual({});
    const [ours, theirs] = await Promise.all([told(''), told('exporter')]);
    expect(Object.keys(theirs).length).toBeGreaterThan(40);
    expect(ours).toEqual(theirs);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}
