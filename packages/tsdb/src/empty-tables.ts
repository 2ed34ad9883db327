import type { DatabaseSync } from 'node:sqlite';
import { isDamage, isUnwritable } from './sqlite-error.ts';

export const EXEMPLARS = 'CREATE TABLE IF NOT EXISTS exemplar (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;';
export const MARKS = 'CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;';
export const LOG = 'CREATE TABLE IF NOT EXISTS wal (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;';
export const FLUSHED =
  'CREATE TABLE IF NOT EXISTS flushed (first_series INTEGER NOT NULL, last_series INTEGER NOT NULL, wal_id INTEGER NOT NULL) STRICT;';

/**
 * Tables that a closed store goes without while they have no rows: each takes a page, and together as much as the names and the
 * index of some hundred series. Their places here are the bits of `application_id` that say so, and do not change: a table
 * that is missing without its bit is damage.
 */
const LEFT_OUT: readonly (readonly [table: string, sql: string])[] = [
  ['wal', LOG],
  ['flushed', FLUSHED],
  ['exemplar', EXEMPLARS],
  ['mark', MARKS],
];

/** Pages that are given back at once; there are hardly more. */
const SHRINK_PAGES = 64;

/** Whether the store was closed without that table. */
export function isLeftOut(db: DatabaseSync, table: string): boolean {
  const place = LEFT_OUT.findIndex(([name]) => name === table);
  return ((bitsOf(db) >> place) & 1) === 1;
}

/** What brings back the tables that were left out. */
export function bringBackTables(db: DatabaseSync): string {
  const bits = bitsOf(db);
  const missing = LEFT_OUT.filter((_, place) => ((bits >> place) & 1) === 1);
  return missing.length === 0 ? '' : `${missing.map(([, sql]) => sql).join(' ')} PRAGMA application_id = 0;`;
}

/** Leaves out the tables that have no rows. The last that is done with a store: its statements do not work any more. */
export function leaveOutEmptyTables(db: DatabaseSync): void {
  try {
    db.exec('BEGIN IMMEDIATE');
    let bits = 0;
    LEFT_OUT.forEach(([table], place) => {
      if (db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined) return;
      db.exec(`DROP TABLE ${table}`);
      bits |= 1 << place;
    });
    db.exec(`PRAGMA application_id = ${bits}; COMMIT; PRAGMA incremental_vacuum(${SHRINK_PAGES})`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    // Then they stay, and take their pages.
    if (!isUnwritable(error) && !isDamage(error)) throw error;
  }
}

function bitsOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA application_id').get()?.['application_id']);
}
