import { thin, thinCapacity } from './downsample.ts';

/** Prints how long ten million points take to a thousand columns: `node packages/compute/src/downsample.bench.ts`. */

const POINTS = 10_000_000;
const COLUMNS = 1000;
const ROUNDS = 9;

const xs = Float64Array.from({ length: POINTS }, (_, index) => index);
const ys = Float64Array.from({ length: POINTS }, (_, index) => Math.sin(index / 5000) + ((index * 7919) % 997) / 997);
const out = new Uint32Array(thinCapacity(COLUMNS));

const times: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const start = performance.now();
  thin(xs, ys, 0, POINTS, 0, POINTS, COLUMNS, out);
  times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
process.stdout.write(
  `${POINTS} points to ${COLUMNS} columns: best ${times[0]!.toFixed(0)} ms, median ${times[ROUNDS >> 1]!.toFixed(0)} ms\n`,
);
