import { Labels } from '@vitrine/model/labels.ts';
import { openStore } from './open-store.ts';
import { tempFolder } from './store-for-tests.ts';

/**
 * Prints samples appended a CPU-second, both threads and packing counted: `node packages/tsdb/src/append.bench.ts`.
 * Batches of 2,000 samples, 10,000 series, 15 s apart, every batch acknowledged after its commit. The figure to hold is
 * VictoriaMetrics' 0.7 M.
 */

const SERIES = 10_000;
const ROUNDS = 600;
const BATCH = 2000;
const IN_FLIGHT = 4;

const { folder, remove } = tempFolder();
const store = await openStore({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: SERIES });
const keys = Array.from(
  { length: SERIES },
  (_, i) =>
    Labels.from({
      __name__: 'http_request_duration_seconds_bucket',
      instance: `10.0.0.${i % 100}:9090`,
      job: 'api',
      le: String(i % 12),
      method: 'GET',
      path: `/api/v1/thing${i % 37}`,
      pod: `pod-${i}`,
    }).key,
);
const startMs = Date.now() - ROUNDS * 15_000;
const totals = new Float64Array(SERIES);
const latencies: number[] = [];
const waiting = new Set<Promise<void>>();
const startedMs = performance.now();
const cpuBefore = process.cpuUsage();
for (let round = 0; round < ROUNDS; round++) {
  for (let from = 0; from < SERIES; from += BATCH) {
    const values = new Float64Array(BATCH);
    for (let i = 0; i < BATCH; i++) values[i] = totals[from + i]! += (round * 7919 + i * 31) % (i % 5 === 0 ? 500 : 20);
    const sentMs = performance.now();
    const done = store
      .append({
        seriesKeys: keys.slice(from, from + BATCH),
        seriesIndex: Uint32Array.from({ length: BATCH }, (_, i) => i),
        timestampsMs: new Float64Array(BATCH).fill(startMs + round * 15_000),
        values,
      })
      .then(() => {
        latencies.push(performance.now() - sentMs);
        waiting.delete(done);
      });
    waiting.add(done);
    if (waiting.size >= IN_FLIGHT) await Promise.race(waiting);
  }
}
await Promise.all(waiting);
const cpu = process.cpuUsage(cpuBefore);
const seconds = (performance.now() - startedMs) / 1000;
const samples = SERIES * ROUNDS;
const { headSamples, storedSamples, commits } = await store.stats();
latencies.sort((a, b) => a - b);
const at = (share: number): string => (latencies[Math.floor((latencies.length - 1) * share)] as number).toFixed(1);
process.stdout.write(
  `${samples} samples in ${seconds.toFixed(2)} s and ${commits} commits: ${(samples / (cpu.user + cpu.system)).toFixed(2)} M a CPU-second; ` +
    `acknowledged after p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms; ${storedSamples} in chunks, ${headSamples} in head\n`,
);
await store.close();
remove();
