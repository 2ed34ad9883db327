import { DatabaseSync } from 'node:sqlite';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSamples } from './check/check-samples.ts';
import { outcomeOf, placesOfRows, StoreFiles } from './damage-for-tests.ts';
import { tempFolder } from './store-for-tests.ts';

const PEERS = process.env['VITRINE_TESTS'] === 'peers';

let folded: StoreFiles;
let unfolded: StoreFiles;
beforeAll(async () => {
  folded = await StoreFiles.make(5, true);
  unfolded = await StoreFiles.make(5, false);
});
afterAll(() => {
  for (const { folder } of [folded, unfolded]) rmSync(folder, { recursive: true, force: true });
});

/** What `vitrine check` says of a main file. */
function checked(main: Uint8Array): string[] {
  const { folder, remove } = tempFolder();
  try {
    const file = join(folder, 'samples.db');
    writeFileSync(file, main);
    return [...checkSamples(file)];
  } finally {
    remove();
  }
}

test('files that are sound are read whole, and nothing is said', async () => {
  for (const { main, log, all } of [folded, unfolded]) expect(await outcomeOf(main, log)).toEqual({ held: all, told: [] });
});

describe("SQLite's own log, cut within its last batch", () => {
  test('what was there before is there, at every length', { timeout: 60_000 }, async () => {
    const [before, end] = unfolded.logBytes.slice(-2) as [number, number];
    const lengths = new Set([before, before + 1, before + 23, before + 24, before + 25, end - 1, end - 8192, end - 8193]);
    for (let i = 1; i < 30; i++) lengths.add(before + Math.floor(((end - before) * i) / 30));
    for (const length of lengths) {
      const { held, told } = await outcomeOf(unfolded.main, unfolded.log.subarray(0, length));
      expect(held, `at ${length}`).toEqual(unfolded.holdings.at(-2));
      // What is missing at the end may never have been acknowledged.
      expect(told).toEqual([]);
    }
    expect((await outcomeOf(unfolded.main, unfolded.log.subarray(0, end))).held).toEqual(unfolded.all);
  });
});

describe('one bit that flipped', () => {
  test.each([
    ['series with names of many', 'series', 'ASC'],
    ['series with one name', 'series', 'DESC'],
    ['chunk', 'chunk', 'ASC'],
    ['wal', 'wal', 'ASC'],
    ['times', 'times', 'ASC'],
    ['exemplar', 'exemplar', 'ASC'],
  ])('in a row of %s is told of, and the rest is served', async (_, table, order) => {
    const { folder, remove } = tempFolder();
    const file = join(folder, 'samples.db');
    writeFileSync(file, folded.main);
    const column = table === 'series' ? 'key' : 'data';
    const db = new DatabaseSync(file);
    const row = db.prepare(`SELECT ${column} AS bytes FROM ${table} ORDER BY id ${order} LIMIT 1`).get();
    db.close();
    remove();
    const bytes = row?.['bytes'] as Uint8Array;
    const at = folded.main.indexOf(bytes.subarray(-24));
    for (const back of [0, 1, 5, 11]) {
      const main = Buffer.from(folded.main);
      const place = at + Math.min(24, bytes.length) - 1 - back;
      main[place] = (main[place] as number) ^ (1 << (back % 8));
      const { held, told } = await outcomeOf(main, folded.log);
      expect(told.join('\n')).toMatch(/samples\.db.*(cannot be read|is damaged)/);
      expect(held.isSubsetOf(folded.all)).toBe(true);
      expect(held.size).toBeGreaterThan(folded.all.size / 3);
      expect(checked(main)).not.toEqual([]);
    }
  });

  // Where it hits what SQLite keeps of rows, a checksum of the row's bytes alone would not see that they came to another series.
  test.each<[where: string, places: () => readonly number[], runs: number]>([
    ['anywhere', () => Array.from({ length: folded.main.length }, (_, i) => i), PEERS ? 1000 : 40],
    ['in what SQLite keeps of rows', () => placesOfRows(folded.main), PEERS ? 2000 : 120],
  ])('%s never brings up what was not written, and what is lost is told of', { timeout: 600_000 }, async (_, places, runs) => {
    const all = places();
    await fc.assert(
      fc.asyncProperty(fc.nat(all.length - 1), fc.nat(7), async (i, bit) => {
        const main = Buffer.from(folded.main);
        const place = all[i] as number;
        main[place] = (main[place] as number) ^ (1 << bit);
        const { held, told } = await outcomeOf(main, folded.log);
        expect([...held].filter((line) => !folded.all.has(line))).toEqual([]);
        if (held.size < folded.all.size && told.length === 0) expect(checked(main), 'what vitrine check says').not.toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});
