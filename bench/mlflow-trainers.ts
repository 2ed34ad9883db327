import { parentPort, workerData } from 'node:worker_threads';

/** A thread of trainings for bench/mlflow.ts. */
const { url, runs, rounds, metrics, intervalMs } = workerData as {
  readonly url: string;
  readonly runs: readonly string[];
  readonly rounds: number;
  readonly metrics: number;
  readonly intervalMs: number;
};

const startMs = performance.now();
const waitsMs: number[] = [];
let sent = 0;
let refused = 0;
await Promise.all(
  runs.map(async (run, index) => {
    for (let round = 0; round < rounds; round++) {
      const dueMs = startMs + (round + index / runs.length) * intervalMs - performance.now();
      if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
      const body = JSON.stringify({
        run_id: run,
        metrics: Array.from({ length: metrics }, (_, at) => ({
          key: `metric_${at}`,
          value: Math.sin(round / 10 + at),
          timestamp: Date.now(),
          step: round,
        })),
      });
      const from = performance.now();
      const response = await fetch(`${url}/api/2.0/mlflow/runs/log-batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      if (!response.ok) refused++;
      await response.arrayBuffer();
      waitsMs.push(performance.now() - from);
      sent++;
    }
  }),
);
parentPort?.postMessage({ rounds: sent, refused, waitsMs }, []);
