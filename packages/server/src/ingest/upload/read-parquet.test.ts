import { readFileSync } from 'node:fs';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RandomAccess, readParquet } from './read-parquet.ts';
import type { Table } from './rows.ts';

/** 60 rows in three row groups: see testdata/make-run-parquet.py. */
const FILE = readFileSync(new URL('testdata/run.parquet', import.meta.url));

function over(bytes: Buffer): RandomAccess {
  return {
    size: bytes.length,
    read: (from, length) =>
      Promise.resolve(bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + from + length) as ArrayBuffer),
  };
}

async function cellsOf(table: Table): Promise<unknown[][]> {
  const names = table.columns.map(({ name }) => name);
  const cells: unknown[][] = [];
  for await (const rows of table.rows(names)) {
    for (let index = 0; index < rows.count; index++) cells.push(names.map((_, column) => rows.cell(index, column)));
  }
  return cells;
}

test('a file of several row groups is read whole, its empty cells as empty', async () => {
  const table = await readParquet(over(FILE));
  expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'time timestamp, UTC',
    'run text',
    'loss double',
    'step int64',
  ]);
  expect(table.rowCount).toBe(60);
  const cells = await cellsOf(table);
  expect(cells).toHaveLength(60);
  expect(cells.slice(8, 10)).toEqual([
    [1767225680000, 'base', 1 / 9, 8n],
    [1767225690000, 'wide', null, 9n],
  ]);
});

/** The file with its footer's length said to be another. */
function withFooterLength(length: number): Buffer {
  const bytes = Buffer.from(FILE);
  bytes.writeUInt32LE(length, bytes.length - 8);
  return bytes;
}

test.each([
  [
    'cut off',
    FILE.subarray(0, FILE.length - 100),
    'file: starts as Parquet but does not end so: it is cut off, damaged or encrypted',
  ],
  ['too short', FILE.subarray(0, 8), 'file: is too short for Parquet: is it cut off?'],
  [
    'a footer longer than the file',
    withFooterLength(1_000_000),
    'file: is damaged: its footer says that it has 1000000 bytes, which is more than the whole file',
  ],
  ['a footer of nothing', withFooterLength(0), 'file: cannot be read as Parquet: '],
  ['a footer that starts elsewhere', withFooterLength(77), 'file: cannot be read as Parquet: '],
])('%s is refused with a sentence', async (_, bytes, sentence) => {
  await expect(readParquet(over(bytes)).then(cellsOf)).rejects.toThrow(sentence);
});

test('damage anywhere is refused or read, and never throws what is no sentence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: FILE.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = Buffer.from(FILE);
      bytes[at] = (bytes[at] as number) ^ change;
      try {
        await cellsOf(await readParquet(over(bytes)));
      } catch (error) {
        expect(error).toBeInstanceOf(BadRequest);
      }
    }),
    { numRuns: 300 },
  );
});
