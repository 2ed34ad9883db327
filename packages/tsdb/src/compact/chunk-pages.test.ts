import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkPages } from './chunk-pages.ts';

/** The share of a table's pages that holds nothing, after chunks of these sizes were written in several slices. */
function unusedShare(slices: readonly (readonly number[])[]): number {
  const db = new DatabaseSync(':memory:');
  db.exec('PRAGMA page_size = 8192');
  db.exec(
    'CREATE TABLE chunk (id INTEGER PRIMARY KEY, series INTEGER, min_ms INTEGER, max_ms INTEGER, samples INTEGER, data BLOB)',
  );
  const insert = db.prepare('INSERT INTO chunk (series, min_ms, max_ms, samples, data) VALUES (?, ?, ?, ?, ?)');
  const pages = new ChunkPages();
  for (const sizes of slices) {
    sizes.forEach((bytes, i) => {
      pages.add(bytes, () => insert.run(1_000_000 + i, 1.7e12, 1.7e12 + 1, 1440, new Uint8Array(bytes)));
    });
    pages.write();
  }
  const leaves = db.prepare(
    "SELECT 1.0 * sum(unused) / sum(pgsize) AS share FROM dbstat WHERE name = 'chunk' AND pagetype = 'leaf'",
  );
  const row = leaves.get();
  db.close();
  return Number(row?.['share'] ?? 0);
}

test.each([
  ['small and large ones', (i: number) => [18, 18, 18, 400, 1500, 2600][i % 6] as number],
  ['ones of any size', (i: number) => 30 + ((i * 7919) % 2500)],
])('pages are full of %s', (_, bytes) => {
  const slices = [0, 1, 2, 3].map((slice) => Array.from({ length: 200 }, (_, i) => bytes(slice * 200 + i)));
  expect(unusedShare(slices)).toBeLessThan(0.04);
});

test('property: each row is written once, in its slice, whatever its size', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(20_000), { maxLength: 40 }), { maxLength: 5 }), (slices) => {
      const pages = new ChunkPages();
      for (const sizes of slices) {
        const written: number[] = [];
        sizes.forEach((bytes, i) => pages.add(bytes, () => written.push(i)));
        expect(written).toEqual([]);
        pages.write();
        expect(written.sort((a, b) => a - b)).toEqual(sizes.map((_, i) => i));
      }
    }),
  );
});
