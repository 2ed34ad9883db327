import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CRASH_STORE, crashBatch } from './crash-writer.ts';
import { killedWriter } from './killed-writer.ts';
import { LocalStore } from './local-store.ts';
import { bitsOf, keyOf, readAll, tempFolder } from './store-for-tests.ts';

const KILLS = 14;
/** So that kills come upon commits, upon flushes of the head, upon checkpoints and upon the way between two threads. */
const MODES = ['flushing', 'checkpointing', 'flushing', 'worker'];
const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));

test(`every acknowledged sample survives ${KILLS} kills at random moments, bit for bit`, { timeout: 180_000 }, async () => {
  const { folder, remove } = tempFolder();
  try {
    const wanted = new Map<string, Map<number, bigint>>();
    let first = 1;
    let acknowledged = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const numbers = await killedWriter(WRITER, [folder, String(first), MODES[kill % MODES.length]!], Math.random() * 120);
      acknowledged += numbers.length;
      for (const number of numbers) {
        for (const [series, timestampMs, value] of crashBatch(number)) {
          const key = keyOf(series);
          const samples = wanted.get(key) ?? new Map<number, bigint>();
          wanted.set(key, samples.set(timestampMs, bitsOf(value)));
        }
      }
      // Past whatever was sent and not acknowledged: that may be there or not.
      first = Math.max(first, ...numbers) + 50;

      const logged: string[] = [];
      const store = LocalStore.open({ ...CRASH_STORE, folder, log: (_, sentence) => logged.push(sentence) });
      const found = readAll(store.source, []);
      await store.close();
      expect(logged).toEqual([]);
      for (const samples of found.values()) {
        expect(samples.every(([timestampMs], i) => i === 0 || timestampMs > samples[i - 1]![0])).toBe(true);
      }
      let missing = 0;
      for (const [key, samples] of wanted) {
        const there = new Map(found.get(key));
        for (const [timestampMs, bits] of samples) if (there.get(timestampMs) !== bits) missing++;
      }
      expect(missing, `after kill ${kill + 1}`).toBe(0);
    }
    expect(acknowledged).toBeGreaterThan(KILLS);
  } finally {
    remove();
  }
});
