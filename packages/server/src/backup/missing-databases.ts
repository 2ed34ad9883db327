import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openReadOnly } from '@vitrine/tsdb/open-read-only.ts';
import { SERVED_AT } from '../config/listening-url.ts';

export const SAMPLES = 'samples/samples.db';
export const CURVES = 'runs/curves.db';
export const DOCUMENTS = 'documents.sqlite';

/**
 * The databases that a data folder had and has no more. A server makes all three, and an import, or a command about tokens, those
 * that it needs: what else is there tells which were.
 */
export function missingDatabases(data: string): readonly string[] {
  const has = (path: string): boolean => existsSync(join(data, path));
  const served = has(DOCUMENTS) && wasServed(join(data, DOCUMENTS));
  const wanted = [
    [SAMPLES, served || has('samples')],
    [CURVES, served || has('runs')],
    // Runs are documents, too.
    [DOCUMENTS, has('runs') || has('secrets.key')],
  ] as const;
  return wanted.filter(([path, isWanted]) => isWanted && !has(path)).map(([path]) => path);
}

function wasServed(documents: string): boolean {
  try {
    const db = openReadOnly(documents, true);
    try {
      return db.prepare('SELECT 1 FROM settings WHERE name = ?').get(SERVED_AT) !== undefined;
    } finally {
      db.close();
    }
  } catch {
    // Damaged: that is told where the file itself is read.
    return false;
  }
}
