import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { killedWriter } from '../killed-writer.ts';
import { tempFolder } from '../store-for-tests.ts';
import { crashCurveBatch } from './curve-crash-writer.ts';
import { openCurveStore } from './open-curve-store.ts';

const KILLS = 5;
const WRITER = fileURLToPath(new URL('./curve-crash-writer.ts', import.meta.url));

test(
  `of every batch all points or none survive ${KILLS} kills, and all of those acknowledged`,
  { timeout: 120_000 },
  async () => {
    const { folder, remove } = tempFolder();
    try {
      let first = 1;
      const acknowledged = new Set<number>();
      for (let kill = 0; kill < KILLS; kill++) {
        const numbers = await killedWriter(WRITER, [folder, String(first)], Math.random() * 250);
        for (const number of numbers) acknowledged.add(number);
        const past = first;
        first = Math.max(first, ...numbers) + 50;

        const logged: string[] = [];
        const store = await openCurveStore({ folder, log: (_, sentence) => logged.push(sentence) });
        const { steps, values, length } = await store.points({ run: 'a', metric: 'loss' });
        const newest = new Map<number, number>();
        for (let i = 0; i < length; i++) newest.set(steps[i]!, values[i]!);
        const counts = new Map<number, number>();
        for (let i = 0; i < length; i++) counts.set(steps[i]!, (counts.get(steps[i]!) ?? 0) + 1);
        for (let number = past; number < first; number++) {
          const mark = await store.mark(`batch ${number}`);
          expect(mark === undefined ? 0 : Number(mark) / 2, `points of batch ${number}`).toBe(counts.get(number) ?? 0);
          if (acknowledged.has(number)) expect(mark, `batch ${number}`).toBeDefined();
        }
        for (const number of acknowledged) {
          const want = crashCurveBatch(number);
          expect(counts.get(number), `batch ${number} after kill ${kill + 1}`).toBe(want.values.length / 2);
          expect(newest.get(number)).toBe(want.values.at(-2));
        }
        await store.close();
        expect(logged).toEqual([]);
      }
      expect(acknowledged.size).toBeGreaterThan(KILLS);
    } finally {
      remove();
    }
  },
);
