import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Labels } from '@vitrine/model/labels.ts';
import { evaluateText } from '@vitrine/promql/evaluate/evaluate.ts';
import type { SampleSource } from '@vitrine/model/sample-store.ts';
import { LocalStore } from '../local-store.ts';
import { tempFolder } from '../store-for-tests.ts';

/**
 * Prints what queries over a month take with and without what was rolled up early: `node packages/tsdb/src/rollup/early-rollups.bench.ts`.
 * 200 series, half of them counters, 30 days at 15 s, read in one thread; CPU of the best of several turns, warm.
 */

const SERIES = 200;
const DAYS = 30;
const STEP_MS = 15_000;
const DAY_MS = 86_400_000;
const TURNS = 15;
/** The beginning of a day. */
const START_MS = 1_700_006_400_000;
const END_MS = START_MS + DAYS * DAY_MS;

const { folder, remove } = tempFolder();
let nowMs = START_MS;
const rollups = [
  { bucketMs: 300_000, keptMs: 90 * DAY_MS },
  { bucketMs: 3_600_000, keptMs: 730 * DAY_MS },
];
const store = LocalStore.open(
  { folder, maxSeries: SERIES, maxFutureMs: DAY_MS, retention: { timeMs: 60 * DAY_MS, sizeBytes: 0, rollups } },
  () => nowMs,
);
const keys = Array.from(
  { length: SERIES },
  (_, i) => Labels.from({ __name__: i % 2 === 0 ? 'x_total' : 'x', pod: `pod-${i}` }).key,
);
const totals = new Float64Array(SERIES);
let state = 1;
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
const perDay = DAY_MS / STEP_MS;
for (let day = 0; day < DAYS; day++) {
  for (let hour = 0; hour < 24; hour++) {
    const rounds = perDay / 24;
    const seriesIndex = new Uint32Array(SERIES * rounds);
    const timestampsMs = new Float64Array(SERIES * rounds);
    const values = new Float64Array(SERIES * rounds);
    for (let i = 0, at = 0; i < rounds; i++) {
      for (let s = 0; s < SERIES; s++, at++) {
        seriesIndex[at] = s;
        timestampsMs[at] = START_MS + (day * perDay + hour * rounds + i) * STEP_MS + 1 + (s % 7);
        totals[s] = s % 2 === 0 ? (totals[s] as number) + Math.floor(random() * 20) : Math.round(random() * 1_000) / 10;
        values[at] = totals[s] as number;
      }
    }
    await store.append({ seriesKeys: keys, seriesIndex, timestampsMs, values });
  }
  nowMs = START_MS + (day + 1) * DAY_MS;
  await store.flush();
}
const startedCpu = process.cpuUsage();
await store.runUpkeep(true);
const built = process.cpuUsage(startedCpu);
const db = new DatabaseSync(join(folder, 'samples.db'), { readOnly: true });
const bytesOf = (sql: string): number => Number(db.prepare(sql).get()?.['bytes']);
const chunks = bytesOf('SELECT sum(length(data)) AS bytes FROM chunk');
const shares = rollups.map(({ bucketMs }) => {
  const bytes = bytesOf(`SELECT sum(length(data)) AS bytes FROM rollup WHERE width_ms = ${bucketMs}`);
  return `${((100 * bytes) / chunks).toFixed(1)} % more for ${bucketMs / 60_000} min`;
});
db.close();
print(`${SERIES} series, ${DAYS} days: ${(chunks / 2 ** 20).toFixed(1)} MiB of chunks, ${shares.join(', ')}`);
print(`rolled up in ${((built.user + built.system) / 1000).toFixed(0)} ms of CPU`);

const { source } = store;
const whole: SampleSource = {
  select: (request) => source.select({ ...request, rollup: undefined }),
  selectLabels: (request) => source.selectLabels(request),
};

async function cpuMs(expr: string, stepMs: number, from: SampleSource): Promise<number> {
  let best = Infinity;
  for (let turn = 0; turn < TURNS; turn++) {
    const start = process.cpuUsage();
    await evaluateText(
      expr,
      { expr, startMs: START_MS + DAY_MS, endMs: END_MS, stepMs, limits: { maxSamples: 1e9 } } as never,
      from,
    );
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

for (const [expr, stepMs] of [
  ['max_over_time(x[1d])', DAY_MS],
  ['rate(x_total[1d])', DAY_MS],
  ['avg_over_time(x[1d])', DAY_MS],
  ['sum(rate(x_total[1h]))', 3_600_000],
  ['x', 3_600_000],
  ['rate(x_total[5m])', 300_000],
  ['rate(x_total[3615s])', 3_600_000],
  ['max_over_time(x[5m])', 300_000],
  ['avg_over_time(x[30m])', 1_800_000],
] as const) {
  const all = await cpuMs(expr, stepMs, whole);
  const rolled = await cpuMs(expr, stepMs, source);
  print(
    `${expr.padEnd(24)} step ${String(stepMs / 1000).padStart(5)} s  ${all.toFixed(1).padStart(7)} ms of samples  ${rolled.toFixed(1).padStart(7)} ms rolled up  ${(all / rolled).toFixed(1)}x`,
  );
}
await store.close();
remove();
