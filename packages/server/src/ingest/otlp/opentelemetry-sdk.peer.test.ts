import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeOtlp } from './encode-otlp.ts';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const VITRINE = join(ROOT, 'packages/server/bin/vitrine.mjs');
const CLIENT = [
  'opentelemetry-sdk==1.45.2',
  'opentelemetry-exporter-otlp-proto-http==1.45.2',
  'opentelemetry-exporter-otlp-proto-grpc==1.45.2',
];

/** A service with one instrument of each kind: as HTTP and as gRPC, cumulative and delta, classic and exponential. */
const SCRIPT = `
import sys, time
from opentelemetry.metrics import Observation
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource

protocol, temporality, endpoint = sys.argv[1:4]
if protocol == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from grpc import Compression
    options = {"insecure": True, "compression": Compression.Gzip}
else:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http import Compression
    options = {"compression": Compression.Gzip}
if temporality == "delta":
    options["preferred_temporality"] = {Counter: AggregationTemporality.DELTA, Histogram: AggregationTemporality.DELTA}

reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=endpoint, **options), export_interval_millis=3_600_000)
provider = MeterProvider(
    metric_readers=[reader],
    resource=Resource.create({"service.name": "trainer", "service.namespace": "lab", "service.instance.id": f"{protocol}-{temporality}", "gpu.count": 2}),
    views=[View(instrument_name="step.latency", aggregation=ExponentialBucketHistogramAggregation())],
)
meter = provider.get_meter("training", "1.0")
samples = meter.create_counter("samples", unit="{sample}", description="Samples seen")
tokens = meter.create_counter("llm.tokens", unit="1")
queue = meter.create_up_down_counter("queue.size")
duration = meter.create_histogram("batch.duration", unit="s", explicit_bucket_boundaries_advisory=[0.1, 0.5, 1])
latency = meter.create_histogram("step.latency", unit="ms")
meter.create_observable_gauge("gpu.utilization", [lambda _: [Observation(0.93, {"gpu": "0"}), Observation(0.5, {"gpu": "1"})]], unit="1")

for step in range(3):
    samples.add(64, {"split": "train", "data.set": "größe"})
    tokens.add(10)
    queue.add(2)
    for seconds in (0.05, 0.3, 0.7, 2):
        duration.record(seconds)
    for milliseconds in range(1, 101):
        latency.record(milliseconds)
    ok = provider.force_flush()
    print("flushed", ok, flush=True)
    time.sleep(0.05)
provider.shutdown()
`;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-otlp-'));
let server: ChildProcess | undefined;
let url = '';
let grpc = '';

/** Starts Vitrine over the folder, and learns where it answers. */
async function start(): Promise<void> {
  const args = ['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0', '--ingest.otlp-grpc', '127.0.0.1:0'];
  const child = spawn(process.execPath, [VITRINE, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  server = child;
  const found = async (output: NodeJS.ReadableStream, line: RegExp): Promise<string> => {
    for await (const text of createInterface({ input: output })) {
      const match = line.exec(text)?.[1];
      if (match !== undefined) return match;
    }
    throw new Error(`the server ended before it said ${line}`);
  };
  [url, grpc] = await Promise.all([found(child.stdout, /ready at (http\S+)/), found(child.stderr, /OTLP over gRPC at (\S+)/)]);
  // What it says later is to go somewhere.
  child.stdout.resume();
  child.stderr.resume();
}

async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (server === undefined || server.exitCode !== null) return;
  const ended = new Promise<void>((resolve) => server?.once('exit', () => resolve()));
  server.kill(signal);
  await ended;
}

async function ask(query: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  const { data, error } = (await response.json()) as { data?: { result: { value: [number, string] }[] }; error?: string };
  if (data === undefined) throw new Error(error);
  return data.result.map((series) => series.value[1]);
}

const RUNS = [
  ['http', 'cumulative'],
  ['http', 'delta'],
  ['grpc', 'cumulative'],
  ['grpc', 'delta'],
] as const;

beforeAll(async () => {
  const environment = join(ROOT, '.cache/peers/opentelemetry');
  mkdirSync(environment, { recursive: true });
  execFileSync('python3', ['-m', 'venv', environment]);
  execFileSync(join(environment, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...CLIENT]);
  writeFileSync(join(folder, 'train.py'), SCRIPT);
  await start();
  for (const [protocol, temporality] of RUNS) {
    const endpoint = protocol === 'grpc' ? grpc : `${url}/v1/metrics`;
    const output = execFileSync(join(environment, 'bin/python'), [join(folder, 'train.py'), protocol, temporality, endpoint], {
      encoding: 'utf8',
    });
    expect(output).toBe('flushed True\n'.repeat(3));
  }
});

afterAll(async () => {
  await end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

describe.each(RUNS)('Python’s OpenTelemetry SDK over %s, %s', (protocol, temporality) => {
  const of = `job="lab/trainer",instance="${protocol}-${temporality}"`;

  test.each([
    [`samples_total{${of},split="train",data_set="größe"}`, '192'],
    [`llm_tokens_total{${of}}`, '30'],
    [`queue_size{${of}}`, '6'],
    [`gpu_utilization_ratio{${of},gpu="0"}`, '0.93'],
    [`batch_duration_seconds_bucket{${of},le="0.5"}`, '6'],
    [`batch_duration_seconds_bucket{${of},le="+Inf"}`, '12'],
    [`batch_duration_seconds_count{${of}}`, '12'],
    [`round(batch_duration_seconds_sum{${of}}, 0.001)`, '9.15'],
    [`histogram_count(step_latency_milliseconds{${of}})`, '300'],
    [`histogram_sum(step_latency_milliseconds{${of}})`, '15150'],
    [`target_info{${of},gpu_count="2",telemetry_sdk_language="python"}`, '1'],
    // The 95th of 1 to 100 lies in a bucket whose bounds are less than 5 % apart.
    [`abs(histogram_quantile(0.95, step_latency_milliseconds{${of}}) / 95 - 1) < bool 0.05`, '1'],
  ])('%s is %s', async (query, value) => {
    expect(await ask(query)).toEqual([value]);
  });
});

test('types and help are told', async () => {
  const answer = await (await fetch(`${url}/api/v1/metadata?metric=samples_total`)).text();
  expect(answer).toContain('Samples seen');
  expect(answer).toContain('counter');
});

test('traces over HTTP are refused in words that the exporter shows', async () => {
  const sent = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a' }] }] }] };
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sent),
  });
  expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: '1' } });
});

test('the script of docs/ingest-otlp.md is seen as the page says', async () => {
  const page = readFileSync(join(ROOT, 'docs/ingest-otlp.md'), 'utf8');
  const block = (language: string): string => new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)?.[1] ?? '';
  const script = join(folder, 'documented.py');
  writeFileSync(script, block('python'));
  const python = join(ROOT, '.cache/peers/opentelemetry/bin/python');
  execFileSync('sh', ['-e', '-c', `${block('sh').replace('http://127.0.0.1:9470', url)}\n${python} ${script}`]);
  expect(await ask('training_loss{job="trainer",run="baseline"}')).toEqual(['0.01']);
  expect(await ask('training_samples_total{job="trainer",run="baseline"}')).toEqual(['6400']);
});

const SECONDS = 60;
const POINTS_A_SECOND = 5_000;
const REQUESTS_A_SECOND = 5;

test(`${POINTS_A_SECOND} points a second for ${SECONDS} s are all there after kill -9`, { timeout: 180_000 }, async () => {
  const perRequest = POINTS_A_SECOND / REQUESTS_A_SECOND;
  const beginMs = Date.now();
  const took: number[] = [];
  const sendOne = async (tick: number): Promise<void> => {
    const timeUnixNano = `${beginMs + tick * (1_000 / REQUESTS_A_SECOND)}000000`;
    const attributes = (i: number) => [{ key: 'series', value: { stringValue: String(i) } }];
    const dataPoints = Array.from({ length: perRequest }, (_, i) => ({
      timeUnixNano,
      asInt: String(tick),
      attributes: attributes(i),
    }));
    const half = perRequest / 2;
    const metrics = [
      { name: 'load.level', gauge: { dataPoints: dataPoints.slice(0, half) } },
      {
        name: 'load.work',
        sum: {
          aggregationTemporality: 1,
          isMonotonic: true,
          dataPoints: dataPoints.slice(half).map((point) => ({ ...point, asInt: '1' })),
        },
      },
    ];
    const body = encodeOtlp({
      resourceMetrics: [
        { resource: { attributes: [{ key: 'service.name', value: { stringValue: 'load' } }] }, scopeMetrics: [{ metrics }] },
      ],
    });
    const sentMs = performance.now();
    const answer = await fetch(`${url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    });
    took.push(performance.now() - sentMs);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  };
  const ticks = SECONDS * REQUESTS_A_SECOND;
  const sending: Promise<void>[] = [];
  let lastTick = Promise.resolve();
  for (let tick = 0; tick < ticks; tick++) {
    const waitMs = beginMs + tick * (1_000 / REQUESTS_A_SECOND) - Date.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    // One after the other, as an exporter does: deltas come in their order.
    lastTick = lastTick.then(() => sendOne(tick));
    sending.push(lastTick);
  }
  await Promise.all(sending);
  const elapsed = (Date.now() - beginMs) / 1_000;
  await end('SIGKILL');
  await start();
  const half = perRequest / 2;
  expect(await ask('sum(count_over_time(load_level[10m]))')).toEqual([String(half * ticks)]);
  expect(await ask('sum(count_over_time(load_work_total[10m]))')).toEqual([String(half * ticks)]);
  expect(await ask('sum(last_over_time(load_work_total[10m]))')).toEqual([String(half * ticks)]);
  took.sort((a, b) => a - b);
  console.info(
    `${ticks * perRequest} points in ${elapsed.toFixed(1)} s; a request of ${perRequest}: median ${took[Math.floor(took.length / 2)]?.toFixed(0)} ms, p99 ${took[Math.floor(took.length * 0.99)]?.toFixed(0)} ms`,
  );
});
