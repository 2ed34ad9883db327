import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openReadOnly } from './open-read-only.ts';
import { tempFolder } from './store-for-tests.ts';

function newFolder(): string {
  const { folder, remove } = tempFolder();
  onTestFinished(remove);
  return folder;
}

/** A database with a row, which is in SQLite's own log where `logged`. */
function makeDatabase(folder: string, logged: boolean): string {
  const live = join(folder, 'live.db');
  const file = join(folder, 'read#only?.db');
  const db = new DatabaseSync(live);
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7)');
  if (logged) copyFileSync(`${live}-wal`, `${file}-wal`);
  else db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  copyFileSync(live, file);
  db.close();
  return file;
}

function rowsOf(file: string, isAtRest: boolean): unknown[] {
  const db = openReadOnly(file, isAtRest);
  try {
    return db.prepare('SELECT a FROM t').all();
  } finally {
    db.close();
  }
}

test('a database at rest is read, and nothing is left beside it', () => {
  const folder = newFolder();
  const file = makeDatabase(folder, false);
  const before = readdirSync(folder);
  expect(rowsOf(file, true)).toEqual([{ a: 7 }]);
  expect(readdirSync(folder)).toEqual(before);
});

test.each([false, true])('what is in SQLite’s own log is never left out (said to be at rest: %s)', (isAtRest) => {
  expect(rowsOf(makeDatabase(newFolder(), true), isAtRest)).toEqual([{ a: 7 }]);
});

test('a database on a read-only disk is read', (context) => {
  const folder = newFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    context.skip(`a tmpfs cannot be mounted here: ${(error as Error).message.split('\n')[0]}`);
  }
  onTestFinished(() => void execFileSync('umount', [folder]));
  const file = makeDatabase(folder, false);
  execFileSync('mount', ['-o', 'remount,ro', folder], { stdio: 'pipe' });
  expect(rowsOf(file, false)).toEqual([{ a: 7 }]);
});
