import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LocalStore } from './local-store.ts';
import { openStore } from './open-store.ts';
import { batchOf, type TestSample } from './store-for-tests.ts';

/**
 * The program that crash.test.ts kills: `crash-writer.ts FOLDER FIRST worker|flushing|checkpointing` appends batch after
 * batch from number FIRST on and prints the number of each one that was acknowledged.
 */

export const CRASH_STORE = { retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10_000 };
const START_MS = 1_700_000_000_000;
const IN_FLIGHT = 4;

/** The samples of a batch: the same for every caller. Every third batch is behind the others; values have all kinds of bits. */
export function crashBatch(number: number): TestSample[] {
  const behind = number % 3 === 0;
  return Array.from({ length: 40 }, (_, i) => {
    const timestampMs = START_MS + (behind ? -1 : 1) * (number * 100 + i);
    const value =
      i === 7 ? 0x7ff0000000000002n : i % 5 === 0 ? number : BigInt.asUintN(64, BigInt(number * 7919 + i) * 0x9e3779b97f4a7c15n);
    return [`m${i % 4}{${i % 8 === 0 ? number % 50 : 'x'}}`, timestampMs, value] as const;
  });
}

async function main(folder: string, first: number, mode: string): Promise<void> {
  const options = { ...CRASH_STORE, folder };
  const store = mode === 'worker' ? await openStore(options) : LocalStore.open(options);
  // SQLite folds its log into the main file after 16 MiB; a kill would hardly ever come upon that.
  const checkpoints = mode === 'checkpointing' ? new DatabaseSync(join(folder, 'samples.db')) : undefined;
  const waiting = new Set<Promise<void>>();
  for (let number = first; ; number++) {
    const done = store.append(batchOf(crashBatch(number))).then(() => {
      writeSync(1, `${number}\n`);
      waiting.delete(done);
    });
    waiting.add(done);
    if (waiting.size >= IN_FLIGHT) await Promise.race(waiting);
    if (store instanceof LocalStore && number % 10 === 0) void store.flush();
    if (number % 3 === 0) checkpoints?.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }
}

const [, script, folder, first, mode] = process.argv;
if (script === import.meta.filename) await main(folder as string, Number(first), mode as string);
