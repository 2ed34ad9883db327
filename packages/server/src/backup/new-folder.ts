import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '@vitrine/tsdb/make-folder.ts';
import { BackupRefused } from './backup-manifest.ts';

/**
 * Fills a folder that is not there yet, or is empty: it stands there whole, or as it was. `fill` is given another beside it,
 * which takes its name at the end. Throws BackupRefused.
 */
export async function fillNewFolder<T>(folder: string, refusal: string, fill: (part: string) => Promise<T>): Promise<T> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new BackupRefused(`${folder} is no folder that can be read (${error.code}).`, { cause: error });
  });
  if (there.length > 0) throw new BackupRefused(refusal);
  const part = `${folder}.part-${process.pid}`;
  try {
    await rm(part, { recursive: true, force: true });
    // What is in it is nobody else's to read.
    makeFolder(part, 0o700);
    const filled = await fill(part);
    await rename(part, folder);
    await syncFolder(dirname(folder));
    return filled;
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw new BackupRefused(refusal, { cause: error });
    if (code === 'EBUSY' || code === 'EXDEV')
      throw new BackupRefused(`${folder} is where a disk is mounted: name a folder below it.`, { cause: error });
    if (['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT'].includes(code ?? ''))
      throw new BackupRefused(`${folder} cannot be written (${code}).`, { cause: error });
    throw error;
  }
}

/** Folders beside it that others began to fill, and that are at work still or were killed: who of them, a process cannot tell. */
export async function unfinishedParts(folder: string): Promise<string[]> {
  const beside = dirname(folder);
  const start = `${basename(folder)}.part-`;
  const names = await readdir(beside).catch(() => []);
  return names
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => join(beside, name));
}

/** A new name in it survives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
