import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { copyDatabase, isDatabase } from '@vitrine/tsdb/backup/copy-database.ts';
import { isEmptyDatabase, openChecked } from '@vitrine/tsdb/check/check-database.ts';
import { isDamage, isUnwritable } from '@vitrine/tsdb/sqlite-error.ts';
import { type BackupFile, BackupRefused, MANIFEST, manifestText } from './backup-manifest.ts';
import { hashFile } from './hash-file.ts';
import { CURVES, DOCUMENTS, missingDatabases, SAMPLES } from './missing-databases.ts';
import { fillNewFolder, syncFolder } from './new-folder.ts';

export interface MakeBackup {
  readonly data: string;
  /** A folder that is not there yet, or is empty. */
  readonly to: string;
  readonly version: string;
  readonly nowMs: number;
  readonly onFile?: (file: BackupFile) => void;
}

/** Where Vitrine has databases: one among a run's files is a file like the others. */
const DATABASE = /^(?:runs\/curves\.db|samples\/samples\.db|[^/]+\.(?:sqlite|db))$/;
/** What the copies of databases have in them already. */
const BESIDE_DATABASE = ['-wal', '-shm', '-journal'];
const LOCK = /(?:^|\/)store\.lock$/;
/** What lies there only while it is worked on. */
const PASSING = /^uploads\//;
/** Curves, then documents: a run that began in between has no curves in the backup, and no curve lacks its run. */
const FIRST: readonly string[] = [CURVES, SAMPLES];

/**
 * Copies a data folder while a server writes to it, or while none runs. Each database is copied as it was at one moment; files
 * beside them after all databases, so that those which documents name are there. Throws BackupRefused.
 */
export async function makeBackup({ data, to, version, nowMs, onFile }: MakeBackup): Promise<readonly BackupFile[]> {
  const paths = await filesIn(data);
  const [missing] = missingDatabases(data);
  if (missing !== undefined) throw refusal(join(data, missing), 'is missing');
  if (!paths.some((path) => isOurs(path)))
    throw new BackupRefused(`${data} holds nothing of Vitrine’s: there is nothing to back up.`);
  const inside = relative(resolve(data), resolve(to));
  if (inside === '' || !(inside === '..' || inside.startsWith(`..${sep}`)))
    throw new BackupRefused(`${to} lies in the data folder, and would become part of its own next backup: name one elsewhere.`);
  // One of ours that does not look like one is damaged.
  const databases = paths.filter((path) => isOurs(path) || (DATABASE.test(path) && isDatabase(join(data, path))));
  const beside = new Set(databases.flatMap((path) => BESIDE_DATABASE.map((ending) => path + ending)));
  const ordered = [
    ...FIRST.filter((path) => databases.includes(path)),
    ...databases.filter((path) => !FIRST.includes(path)),
    ...paths.filter((path) => !databases.includes(path) && !beside.has(path)),
  ];
  return fillNewFolder(to, `${to} is not empty: name a folder that is, or is not there yet.`, async (part) => {
    const files: BackupFile[] = [];
    for (const path of ordered) {
      const target = join(part, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      if (!(await copied(join(data, path), target, databases.includes(path)))) continue;
      if (isOurs(path)) refuseDamaged(path, join(data, path), target);
      const file = { path, ...(await hashFile(target)) };
      files.push(file);
      onFile?.(file);
    }
    const manifest = join(part, MANIFEST);
    await writeFile(manifest, manifestText(version, nowMs, files), { mode: 0o600, flush: true });
    await syncFolder(part);
    return files;
  });
}

function isOurs(path: string): boolean {
  return path === DOCUMENTS || FIRST.includes(path);
}

/** False where a file was removed since it was found. */
async function copied(from: string, to: string, isDb: boolean): Promise<boolean> {
  try {
    await (isDb ? copyDatabase(from, to) : copyFile(from, to, constants.COPYFILE_FICLONE));
    return true;
  } catch (error) {
    if (isDb && isDamage(error)) throw refusal(from, `cannot be read (${(error as Error).message})`, error);
    if (isDb && isUnwritable(error)) {
      throw new BackupRefused(
        `${from} cannot be copied (${(error as Error).message}): check that this user may read it, and that there is room. Of a folder that is read-only, a server that was killed there must be started and stopped elsewhere first.`,
        { cause: error },
      );
    }
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Documents are few, and without them nobody can sign in: all of them are looked at. Damaged samples and curves cost themselves
 * alone, and are copied.
 */
function refuseDamaged(path: string, file: string, copy: string): void {
  if (path !== DOCUMENTS) {
    if (isEmptyDatabase(copy)) throw refusal(file, 'is damaged (it has no tables)');
    return;
  }
  const checking = openChecked(copy, true);
  let first: string | undefined;
  for (;;) {
    const { done, value } = checking.next();
    if (done === true) {
      value?.close();
      break;
    }
    first ??= value;
  }
  if (first !== undefined) throw refusal(file, `is damaged (${first})`);
}

/** Of a backup that nobody could restore from, those before it must not be thrown away. */
function refusal(file: string, what: string, cause?: unknown): BackupRefused {
  return new BackupRefused(
    `${file} ${what}: nothing was backed up. Restore the file from an earlier backup, or start the server without it: that makes an empty one.`,
    { cause },
  );
}

/** Paths of files below a folder, with slashes, in order. Links are not followed. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new BackupRefused(`There is no data folder ${folder} that can be read (${error.code}).`, { cause: error });
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => path !== MANIFEST && !LOCK.test(path) && !PASSING.test(path))
    .toSorted();
}
