import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isUnwritable } from './sqlite-error.ts';

/**
 * Opens a SQLite database to read it, whoever writes to it meanwhile. SQLite makes files beside it for that; where it cannot, since
 * nobody may write there, nobody does, and it is read without. `isAtRest` says that nobody writes to it: then nothing is made there.
 * Throws what SQLite throws.
 */
export function openReadOnly(file: string, isAtRest = false): DatabaseSync {
  if (isAtRest && !hasLog(file)) return open(atRest(file));
  const db = open(file);
  try {
    // Opening reads nothing yet.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    if (!isUnwritable(error) || hasLog(file)) throw error;
    return open(atRest(file));
  }
}

function open(place: string | URL): DatabaseSync {
  return new DatabaseSync(place, { readOnly: true, timeout: 5_000, enableForeignKeyConstraints: false });
}

/** See https://sqlite.org/uri.html: without locks and without a look at SQLite's own log. */
function atRest(file: string): URL {
  const url = pathToFileURL(file);
  url.searchParams.set('immutable', '1');
  return url;
}

/** Whether there is something in SQLite's own log that the file may lack. */
function hasLog(file: string): boolean {
  const log = `${file}-wal`;
  return existsSync(log) && statSync(log).size > 0;
}
