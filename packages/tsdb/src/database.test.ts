import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from './database.ts';
import { tempFolder } from './store-for-tests.ts';

const LOG_HEADER_BYTES = 32;
const LOG_FRAME_BYTES = 24 + 8192;

/** What a kill leaves of a folder that is opened: the main file, and SQLite's own log up to each of its frames. */
function killsOf(folder: string): { readonly main: Buffer; readonly logs: readonly Buffer[] } {
  const db = Database.open(folder, () => undefined);
  const [main, log] = ['samples.db', 'samples.db-wal'].map((name) => readFileSync(join(folder, name)));
  db.close();
  const logs: Buffer[] = [];
  for (let length = LOG_HEADER_BYTES; length <= log!.length; length += LOG_FRAME_BYTES) logs.push(log!.subarray(0, length));
  return { main: main!, logs };
}

function openAfterKill(main: Buffer, log: Buffer): number {
  const { folder, remove } = tempFolder();
  onTestFinished(remove);
  writeFileSync(join(folder, 'samples.db'), main);
  writeFileSync(join(folder, 'samples.db-wal'), log);
  const db = Database.open(folder, () => undefined);
  db.names.add(1, 'a');
  const count = [...db.names.all(() => undefined)].length;
  db.close();
  return count;
}

function newFolder(): string {
  const { folder, remove } = tempFolder();
  onTestFinished(remove);
  return folder;
}

test('a folder opens after a kill anywhere in its first start', () => {
  const { main, logs } = killsOf(newFolder());
  expect(logs.length).toBeGreaterThan(5);
  for (const log of logs) expect(openAfterKill(main, log)).toBe(1);
});

/** Makes a new folder what older versions left. */
function putBack(folder: string, format: number): void {
  Database.open(folder, () => undefined).close();
  const db = new DatabaseSync(join(folder, 'samples.db'));
  db.exec('DROP TABLE mark; DROP TABLE times');
  if (format === 1) db.exec('DROP TABLE exemplar');
  else {
    db.exec(`
      CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
      CREATE TABLE times (id INTEGER PRIMARY KEY AUTOINCREMENT, max_ms INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
      INSERT INTO times VALUES (7, 1, x'00');
    `);
  }
  db.exec(`PRAGMA user_version = ${format}`);
  db.close();
}

test.each([1, 2])('a folder of format %i opens after a kill anywhere in the start that brings it to format 3', (format) => {
  const folder = newFolder();
  putBack(folder, format);
  const { main, logs } = killsOf(folder);
  expect(logs.length).toBeGreaterThan(1);
  for (const log of logs) expect(openAfterKill(main, log)).toBe(1);
});

test('a closed store has no tables that are empty, and works when it is opened again', () => {
  const folder = newFolder();
  const tables = (): string[] => {
    const db = new DatabaseSync(join(folder, 'samples.db'));
    const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    db.close();
    return rows.map(({ name }) => String(name));
  };
  let db = Database.open(folder, () => undefined);
  db.transaction(() => db.setSeen(5));
  db.leaveOutEmptyTables();
  db.close();
  expect(tables()).toEqual(['chunk', 'mark', 'series', 'times']);
  db = Database.open(folder, () => undefined);
  expect([db.seenMs(), db.walIds(), db.flushed(), [...db.exemplarRows()]]).toEqual([5, [], [], []]);
  db.insertWal.run(1, Buffer.of(1));
  db.leaveOutEmptyTables();
  db.close();
  expect(tables()).toEqual(['chunk', 'mark', 'series', 'times', 'wal']);
});

test.each(['wal', 'flushed', 'exemplar', 'mark'])('a table %s that went missing otherwise is damage', (table) => {
  const folder = newFolder();
  Database.open(folder, () => undefined).close();
  const db = new DatabaseSync(join(folder, 'samples.db'));
  db.exec(`ALTER TABLE ${table} RENAME TO another`);
  db.close();
  expect(() => Database.open(folder, () => undefined)).toThrow(/samples\.db is damaged/);
});

test('ids of times go on behind those that a folder of format 2 has, and none is given twice', () => {
  const folder = newFolder();
  putBack(folder, 2);
  const db = Database.open(folder, () => undefined);
  onTestFinished(() => db.close());
  expect(db.addTimes(1, Buffer.of(1))).toBe(8);
  db.deleteTimes.run(8);
  expect(db.addTimes(1, Buffer.of(2))).toBe(9);
  expect(db.readTimes(9)).toEqual(Uint8Array.of(2));
});
