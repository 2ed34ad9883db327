import type { DatabaseSync } from 'node:sqlite';
import { openReadOnly } from '../open-read-only.ts';
import { isDamage, isForeignSchema } from '../sqlite-error.ts';

/** SQLite stops after so many faults of its own. */
const MOST_FAULTS = 1_000;

/** A database that is read as it was at one moment, whoever writes to it meanwhile. */
export interface CheckedDatabase {
  readonly db: DatabaseSync;
  /**
   * Runs a check of some rows. Where SQLite cannot read on, that becomes one more sentence, and the other rows of the file are
   * checked all the same.
   */
  readonly part: (what: string, sentences: () => Iterable<string>) => Generator<string>;
  readonly close: () => void;
}

/**
 * Opens a file for checking, and asks SQLite itself; where it cannot read the file at all, there is a sentence alone. See
 * openReadOnly about `isAtRest`.
 */
export function* openChecked(file: string, isAtRest = false): Generator<string, CheckedDatabase | undefined> {
  let db: DatabaseSync;
  try {
    db = openReadOnly(file, isAtRest);
  } catch (error) {
    yield isDamage(error) ? unreadable(error) : `cannot be opened: ${(error as Error).message}`;
    return undefined;
  }
  const checked: CheckedDatabase = {
    db,
    *part(what, sentences) {
      try {
        yield* sentences();
      } catch (error) {
        if (!isDamage(error) && !isForeignSchema(error)) throw error;
        yield `${what}: SQLite cannot read on (${(error as Error).message}); restore the file from a backup`;
      }
    },
    close: () => db.close(),
  };
  try {
    // One moment for all: the rows of tables belong together.
    db.exec('BEGIN');
    const faults = db.prepare(`PRAGMA integrity_check(${MOST_FAULTS})`).all();
    for (const row of faults) {
      const [text] = Object.values(row);
      // A fault may be several lines, the first of which names the table.
      if (text !== 'ok') yield `SQLite says: ${String(text).replaceAll('\n', '; ')}`;
    }
    if (!hasTables(db)) {
      db.close();
      yield 'has no tables; restore the file from a backup';
      return undefined;
    }
    return checked;
  } catch (error) {
    db.close();
    yield unreadable(error);
    return undefined;
  }
}

/** Whether there is nothing in a database that nobody writes to, as in a file of no bytes. */
export function isEmptyDatabase(file: string): boolean {
  const db = openReadOnly(file, true);
  try {
    return !hasTables(db);
  } finally {
    db.close();
  }
}

function hasTables(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
}

function unreadable(error: unknown): string {
  return `SQLite cannot read it: ${(error as Error).message}; restore the file from a backup`;
}
