import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { judgeRun } from './judge-run.ts';
import { detectorSettings } from './thresholds.ts';

/** Prints how long a run of 100 metrics with 100,000 points each is judged: `node packages/compute/src/detect/judge-run.bench.ts`. */

const POINTS = 100_000;
const ROUNDS = 15;
const names = 'train/loss val/loss lr grad_norm time/data time/step system/gpu_0_utilization_percentage'.split(' ');
for (let i = 0; i < 30; i++) names.push(`grad_norm/layer${i}`, `update_ratio/layer${i}`);
while (names.length < 100) names.push(`metric${names.length}`);
const steps = Float64Array.from({ length: POINTS }, (_, i) => i);
const timesMs = steps.map((step) => step * 250);
const curves = new Map<string, CurvePoints>(
  names.map((name, k) => {
    const values = steps.map((step) => 2 * Math.exp(-step / 30_000) + 0.1 * Math.abs(Math.sin(step * (k + 1) * 12.9898)));
    return [name, { length: POINTS, steps, timesMs, values, epochs: undefined }];
  }),
);
const record = { curves, params: {}, running: true, nowMs: POINTS * 250 };
const settings = detectorSettings({});

const times: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const start = process.cpuUsage();
  judgeRun(record, settings);
  const { user, system } = process.cpuUsage(start);
  times.push((user + system) / 1000);
}
times.sort((a, b) => a - b);
process.stdout.write(
  `${names.length} metrics of ${POINTS} points: ${times[ROUNDS >> 1]!.toFixed(0)} ms of CPU time (median of ${ROUNDS})\n`,
);
