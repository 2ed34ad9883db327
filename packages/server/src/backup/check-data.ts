import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDatabase } from '@vitrine/tsdb/backup/copy-database.ts';
import { checkCurves } from '@vitrine/tsdb/check/check-curves.ts';
import { openChecked } from '@vitrine/tsdb/check/check-database.ts';
import { checkSamples } from '@vitrine/tsdb/check/check-samples.ts';
import { hashFile } from './hash-file.ts';
import { BackupRefused, MANIFEST, readManifest } from './backup-manifest.ts';
import { CURVES, DOCUMENTS, missingDatabases, SAMPLES } from './missing-databases.ts';

/** What was read, or what is wrong, of one file. */
export type DataFinding =
  | { readonly kind: 'sound'; readonly file: string; readonly holds: string }
  | { readonly kind: 'damaged'; readonly file: string; readonly sentence: string };

/**
 * Reads everything in a data folder, or in a backup, whether or not a server runs on it, and names each row that is not what
 * was written. Throws BackupRefused where there is nothing to check.
 */
export async function* checkData(data: string): AsyncGenerator<DataFinding> {
  const samples = join(data, SAMPLES);
  const curves = join(data, CURVES);
  const documents = join(data, DOCUMENTS);
  const missing = missingDatabases(data);
  // Nobody writes to it, and it is to stay as it is.
  const isBackup = existsSync(join(data, MANIFEST));
  if (missing.length === 0 && !existsSync(samples) && !existsSync(curves) && !existsSync(documents))
    throw new BackupRefused(`${data} holds nothing of Vitrine’s: there is nothing to check.`);
  for (const file of missing) yield { kind: 'damaged', file, sentence: 'is missing; restore the file from a backup' };
  if (existsSync(samples)) {
    const found = yield* told(SAMPLES, checkSamples(samples, isBackup));
    if (found !== undefined) {
      const logged = found.loggedSamples === 0 ? '' : `, ${found.loggedSamples} in the log`;
      yield sound(SAMPLES, `${found.series} series, ${found.samples} samples in ${found.chunks} chunks${logged}`);
    }
  }
  if (existsSync(curves)) {
    const found = yield* told(CURVES, checkCurves(curves, isBackup));
    if (found !== undefined) yield sound(CURVES, `${found.curves} curves, ${found.points} points in pieces`);
  }
  for (const name of readdirSync(data)) {
    const path = join(data, name);
    if (!/\.(?:sqlite|db)$/.test(name) || (path !== documents && !isDatabase(path))) continue;
    const closed = yield* told(name, otherDatabase(path, isBackup));
    if (closed !== undefined) yield sound(name, 'every page');
  }
  yield* againstManifest(data);
}

function* otherDatabase(file: string, isBackup: boolean): Generator<string, true> {
  const checked = yield* openChecked(file, isBackup);
  checked?.close();
  return true;
}

/** The sentences as findings; the answer is undefined where there were any. */
function* told<T>(file: string, sentences: Generator<string, T>): Generator<DataFinding, T | undefined> {
  let damaged = false;
  for (;;) {
    const { done, value } = sentences.next();
    if (done === true) return damaged ? undefined : value;
    damaged = true;
    yield { kind: 'damaged', file, sentence: value };
  }
}

/** A backup says what its files were. */
async function* againstManifest(folder: string): AsyncGenerator<DataFinding> {
  const manifest = await readManifest(folder);
  for (const { path, bytes, sha256 } of manifest?.files ?? []) {
    const found = await hashFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found === undefined) yield { kind: 'damaged', file: path, sentence: 'the backup lacks it' };
    else if (found.bytes !== bytes || found.sha256 !== sha256)
      yield { kind: 'damaged', file: path, sentence: 'it is not what was backed up: its checksum is another' };
  }
}

function sound(file: string, holds: string): DataFinding {
  return { kind: 'sound', file, holds };
}
