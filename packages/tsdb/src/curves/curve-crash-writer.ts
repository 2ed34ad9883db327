import { writeSync } from 'node:fs';
import type { CurveBatch } from '@vitrine/model/curve-store.ts';
import { openCurveStore } from './open-curve-store.ts';

/**
 * The program that curve-crash.test.ts kills: `curve-crash-writer.ts FOLDER FIRST` appends batch after batch from number FIRST on and
 * prints the number of each one that was acknowledged.
 */

const IN_FLIGHT = 4;
/** Every so many batches one is so large that it goes into pieces at once. */
const LARGE_EVERY = 15;

/** A batch: the same for every caller. Its mark says that all of it is there. */
export function crashCurveBatch(number: number): CurveBatch {
  const count = number % LARGE_EVERY === 0 ? 30_000 : 40;
  return {
    curves: [
      { run: 'a', metric: 'loss' },
      { run: 'a', metric: `m${number % 7}` },
    ],
    curveIndex: Uint32Array.from({ length: count }, (_, i) => i % 2),
    steps: new Float64Array(count).fill(number),
    timesMs: Float64Array.from({ length: count }, (_, i) => 1.7e12 + number * 1_000 + i / 100),
    values: Float64Array.from({ length: count }, (_, i) => number + i),
    marks: { [`batch ${number}`]: String(count) },
  };
}

async function main(folder: string, first: number): Promise<void> {
  const store = await openCurveStore({ folder });
  const waiting = new Set<Promise<void>>();
  for (let number = first; ; number++) {
    const done = store.append(crashCurveBatch(number)).then(() => {
      writeSync(1, `${number}\n`);
      waiting.delete(done);
    });
    waiting.add(done);
    if (waiting.size >= IN_FLIGHT) await Promise.race(waiting);
  }
}

const [, script, folder, first] = process.argv;
if (script === import.meta.filename) await main(folder as string, Number(first));
