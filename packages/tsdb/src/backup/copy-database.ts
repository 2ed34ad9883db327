import { closeSync, openSync, readSync } from 'node:fs';
import { backup } from 'node:sqlite';
import { openReadOnly } from '../open-read-only.ts';

const MAGIC = 'SQLite format 3\0';
/** More pages than a database can have, so that all are copied under one lock: a copy in parts begins anew whenever somebody writes. */
const ALL_PAGES = 2 ** 30;

/** Whether a file is a SQLite database, by its first bytes. */
export function isDatabase(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(MAGIC.length);
    return readSync(descriptor, head, 0, head.length, 0) === head.length && head.toString('latin1') === MAGIC;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Copies a SQLite database as it is at one moment to a file that is not there yet, page by page, whoever writes to it
 * meanwhile: in WAL mode nobody waits for anybody. Resolves once the copy is on disk; throws what SQLite throws.
 */
export async function copyDatabase(file: string, to: string): Promise<void> {
  const db = openReadOnly(file);
  try {
    await backup(db, to, { rate: ALL_PAGES });
  } finally {
    db.close();
  }
}
