/** `npm run bench -- --isolation`: what small things take while heavy queries run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { inferenceFleet } from './data.ts';
import { remoteWriteRequests, sendAll } from './remote-write.ts';
import { type BenchServer, startVitrine } from './servers.ts';
import { quantile } from './statistics.ts';

const DAY_SECONDS = 86_400;
/** Each reads a day of 1,000 series. */
const HEAVY = [
  'rate(inference_requests_total[5m])',
  'quantile(0.99, inference_latency_seconds)',
  'sum by (model) (rate(inference_requests_total[5m]))',
  'avg_over_time(inference_latency_seconds[1h])',
];
const GOAL_MS = 50;
/** Small things are asked this often, one after another. */
const EVERY_MS = 20;

export async function benchIsolation(seconds: number, print: (line: string) => void): Promise<void> {
  const endSeconds = Math.floor(Date.now() / 60_000) * 60 - 60;
  const data = inferenceFleet(1_000, endSeconds * 1_000);
  const server = await startVitrine();
  try {
    await sendAll(`${server.url}/api/v1/write`, [...remoteWriteRequests(data)], 4);
    const small = smallThings(server, endSeconds);
    // What is asked for the first time is compiled.
    for (let i = 0; i < 100; i++) for (const { run } of small) await run();
    const alone = await measure(small, seconds / 2);
    const heavy = HEAVY.map((expr) => startHeavy(rangeUrl(server, expr, endSeconds)));
    await sleep(2_000);
    const beside = await measure(small, seconds);
    const answers = await Promise.all(heavy.map((end) => end()));
    print(
      `\nWhile ${HEAVY.length} heavy queries run without a pause (${answers.join(', ')} answers in ${seconds} s), in milliseconds`,
    );
    for (const { name } of small) {
      const [a, b] = [alone.get(name) ?? [], beside.get(name) ?? []];
      const p99 = quantile(b, 0.99);
      const figures = `alone p50 ${quantile(a, 0.5).toFixed(1)} p99 ${quantile(a, 0.99).toFixed(1)}, beside them p50 ${quantile(b, 0.5).toFixed(1)} p99 ${p99.toFixed(1)}`;
      print(`${name}: ${figures} (${b.length} times; goal p99 < ${GOAL_MS})`);
    }
  } finally {
    await server.stop();
  }
}

interface SmallThing {
  readonly name: string;
  readonly run: () => Promise<void>;
}

function smallThings(server: BenchServer, endSeconds: number): SmallThing[] {
  const fleet = inferenceFleet(200, Date.now());
  const timesMs = fleet.timestampsMs;
  let now = Date.now();
  const text = Array.from({ length: 500 }, (_, i) => `scraped_value{instance="pod-${i % 50}",part="${i}"} ${i / 8}\n`).join('');
  return [
    {
      name: 'remote write of 400 samples',
      async run() {
        timesMs[0] = now = Math.max(now + 1, Date.now());
        const once = { series: fleet.series, timestampsMs: timesMs.subarray(0, 1) };
        await sendAll(`${server.url}/api/v1/write`, remoteWriteRequests(once), 1);
      },
    },
    {
      name: 'exposition text of 500 samples, read and stored',
      run: () => ask(`${server.url}/metrics/job/bench`, { method: 'PUT', body: text }),
    },
    {
      name: 'instant query of one series',
      run: () => ask(`${server.url}/api/v1/query?query=inference_latency_seconds{instance="pod-7",route="predict"}`),
    },
    {
      name: 'range query of 20 series over an hour',
      run: () =>
        ask(
          `${server.url}/api/v1/query_range?query=rate(inference_requests_total{instance=~"pod-1[0-9]"}[5m])&start=${endSeconds - 3600}&end=${endSeconds}&step=15`,
        ),
    },
  ];
}

async function ask(url: string, init?: RequestInit): Promise<void> {
  const response = await fetch(encodeURI(url), init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
}

async function measure(small: readonly SmallThing[], seconds: number): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(small.map(({ name }) => [name, []]));
  const endMs = performance.now() + seconds * 1_000;
  while (performance.now() < endMs) {
    for (const { name, run } of small) {
      const startMs = performance.now();
      await run();
      times.get(name)?.push(performance.now() - startMs);
      await sleep(EVERY_MS);
    }
  }
  return times;
}

function rangeUrl(server: BenchServer, expr: string, endSeconds: number): string {
  const parameters = new URLSearchParams({
    query: expr,
    start: String(endSeconds - DAY_SECONDS + 60),
    end: String(endSeconds),
    step: '60',
  });
  return `${server.url}/api/v1/query_range?${parameters.toString()}`;
}

/** Asks again and again, in a thread of its own so that it takes nothing of who measures. Ends with how often it was answered. */
function startHeavy(url: string): () => Promise<number> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const http = require('node:http');
    const agent = new http.Agent({ keepAlive: true });
    let answers = 0, isOver = false;
    parentPort.on('message', () => { isOver = true; });
    const next = () => {
      if (isOver) { parentPort.postMessage(answers); parentPort.close(); agent.destroy(); return; }
      http.get(workerData, { agent }, (response) => {
        response.on('data', () => undefined);
        response.on('end', () => { answers++; next(); });
      });
    };
    next();`;
  const worker = new Worker(code, { eval: true, workerData: url });
  return () =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.postMessage('end', []);
    });
}
