import { Worker } from 'node:worker_threads';
import { pythonWith } from '@vitrine/server/testing/python-venv.ts';
import { type BenchServer, startMlflow, startVitrine } from './servers.ts';

const PACKAGES = ['mlflow==3.17.2'];
const SINGLES = 1_000;
const BATCHES = 10;
const TRAINERS = 50;
const METRICS = 100;
const INTERVAL_MS = 100;
const SENDER_THREADS = 2;

/**
 * Vitrine and MLflow's own server take the same requests of MLflow's clients, one server after the other: single metrics one after the other, batches of 1,000,
 * and what 50 trainings send that log 100 metrics ten times a second, of which all must be there at the end.
 */
export async function benchMlflow(seconds: number, print: (line: string) => void): Promise<void> {
  const vitrine = await measured(await startVitrine(), seconds, print);
  const python = await pythonWith('mlflow', PACKAGES).catch((error: unknown) => {
    print(`MLflow was not measured: it could not be installed from PyPI (${String(error).split('\n')[0]}).`);
  });
  if (python !== undefined) {
    const mlflow = await measured(await startMlflow(python), seconds, print);
    print(
      `Vitrine takes single metrics ${(mlflow.singlesSeconds / vitrine.singlesSeconds).toFixed(1)}× as fast, batches of 1,000 ${(mlflow.batchMs / vitrine.batchMs).toFixed(1)}× as fast.`,
    );
  }
  if (vitrine.missing > 0) process.exitCode = 1;
}

interface Measured {
  readonly singlesSeconds: number;
  readonly batchMs: number;
  readonly missing: number;
}

async function measured(server: BenchServer, seconds: number, print: (line: string) => void): Promise<Measured> {
  const singles = await newRun(server.url, 'singles');
  const from = performance.now();
  for (let step = 0; step < SINGLES; step++) {
    await post(server.url, 'runs/log-metric', {
      run_id: singles,
      key: 'loss',
      value: 1 / (step + 1),
      timestamp: Date.now(),
      step,
    });
  }
  const singlesSeconds = (performance.now() - from) / 1_000;

  const batches = await newRun(server.url, 'batches');
  const times: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const metrics = Array.from({ length: 1_000 }, (_, at) => ({
      key: `metric_${at % METRICS}`,
      value: at / 7,
      timestamp: Date.now(),
      step: batch * 10 + Math.floor(at / METRICS),
    }));
    const start = performance.now();
    await post(server.url, 'runs/log-batch', { run_id: batches, metrics });
    times.push(performance.now() - start);
  }
  const batchMs = times.toSorted((a, b) => a - b)[times.length >> 1] as number;
  print(
    `${server.name}: ${SINGLES.toLocaleString('en')} single metrics in ${singlesSeconds.toFixed(2)} s, a batch of 1,000 in ${batchMs.toFixed(0)} ms (median of ${BATCHES})`,
  );

  const runs: string[] = [];
  for (let trainer = 0; trainer < TRAINERS; trainer++) runs.push(await newRun(server.url, `trainer ${trainer}`));
  const cpuBefore = server.cpuSeconds();
  const started = performance.now();
  const sent = await Promise.all(
    Array.from({ length: SENDER_THREADS }, (_, thread) =>
      trainers(
        server.url,
        runs.filter((_, at) => at % SENDER_THREADS === thread),
        seconds,
      ),
    ),
  );
  const tookSeconds = (performance.now() - started) / 1_000;
  const cpu = server.cpuSeconds() - cpuBefore;
  const rounds = sum(sent.map((one) => one.rounds));
  const waits = sent.flatMap(({ waitsMs }) => waitsMs).toSorted((a, b) => a - b);
  let kept = 0;
  for (const run of runs) {
    const history = await fetch(
      `${server.url}/api/2.0/mlflow/metrics/get-history?run_id=${run}&metric_key=metric_0&max_results=25000`,
    );
    kept += ((await history.json()) as { readonly metrics?: readonly unknown[] }).metrics?.length ?? 0;
  }
  print(
    `${server.name}: ${TRAINERS} trainings × ${METRICS} metrics every ${INTERVAL_MS} ms for ${seconds} s: ${(rounds * METRICS).toLocaleString('en')} points in ${tookSeconds.toFixed(1)} s, ` +
      `answered after ${at(waits, 0.5)} ms (p50), ${at(waits, 0.95)} ms (p95); ${sum(sent.map(({ refused }) => refused))} of ${rounds} rounds refused, ${rounds - kept} missing; ${(cpu / tookSeconds).toFixed(2)} CPUs, ${Math.round(server.residentBytes() / 2 ** 20)} MiB`,
  );
  await server.stop();
  return { singlesSeconds, batchMs, missing: rounds - kept };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(0);
}

/** What trainings do, in a thread of its own: each sends its metrics when they are due, one request after the other. */
function trainers(
  url: string,
  runs: readonly string[],
  seconds: number,
): Promise<{ rounds: number; refused: number; waitsMs: number[] }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./mlflow-trainers.ts', import.meta.url), {
      workerData: { url, runs, rounds: Math.round((seconds * 1_000) / INTERVAL_MS), metrics: METRICS, intervalMs: INTERVAL_MS },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function newRun(url: string, name: string): Promise<string> {
  const { run } = (await post(url, 'runs/create', { experiment_id: '0', run_name: name, start_time: Date.now() })) as {
    readonly run: { readonly info: { readonly run_id: string } };
  };
  return run.info.run_id;
}

async function post(url: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return response.json();
}
