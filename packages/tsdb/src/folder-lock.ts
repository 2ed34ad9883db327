import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteCode, SQLITE_BUSY } from './sqlite-error.ts';
import { StoreOpenError } from './store-open-error.ts';

/**
 * Makes this process the only one to use the folder until it calls back or ends, however it ends: the operating system
 * drops the lock of a process that is killed.
 */
export function lockFolder(folder: string): () => void {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(folder, 'store.lock'), { timeout: 0 });
    lock.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if (sqliteCode(error) === SQLITE_BUSY) {
      throw new StoreOpenError(
        'in use',
        `the data folder ${folder} is in use by another process: stop that one first, or choose another folder`,
        { cause: error },
      );
    }
    throw new StoreOpenError(
      'not writable',
      `the data folder ${folder} cannot be locked (${(error as Error).message}): check that it exists and that this user may write to it`,
      { cause: error },
    );
  }
  return () => lock.close();
}

/** Whether another process has the folder for itself just now. Takes nothing, and leaves nothing there. */
export function isFolderLocked(folder: string): boolean {
  const path = join(folder, 'store.lock');
  if (!existsSync(path)) return false;
  const lock = new DatabaseSync(path, { timeout: 0, readOnly: true });
  try {
    lock.exec('SELECT 1 FROM sqlite_master');
    return false;
  } catch (error) {
    if (sqliteCode(error) === SQLITE_BUSY) return true;
    throw error;
  } finally {
    lock.close();
  }
}
