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
  db.addSeries(1, 'a');
  const count = [...db.series()].length;
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

test('a folder of format 1 opens after a kill anywhere in the start that brings it to format 2', () => {
  const folder = newFolder();
  Database.open(folder, () => undefined).close();
  const db = new DatabaseSync(join(folder, 'samples.db'));
  db.exec('DROP TABLE exemplar; DROP TABLE mark; DROP TABLE times; PRAGMA user_version = 1');
  db.close();
  const { main, logs } = killsOf(folder);
  expect(logs.length).toBeGreaterThan(3);
  for (const log of logs) expect(openAfterKill(main, log)).toBe(1);
});
