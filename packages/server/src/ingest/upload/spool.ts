import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { Bytes } from './bytes.ts';

export interface Spooled {
  readonly descriptor: number;
  readonly size: number;
  /** Frees its room on the disk. */
  close(): Promise<void>;
}

/**
 * Puts bytes into a file that has no name any more once it is open: when it is closed, or this process ends in whatever
 * way, it is gone. Throws StoreReadOnly where the disk is full.
 */
export async function spool(bytes: Bytes, folder: string): Promise<Spooled> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `upload-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  try {
    let size = 0;
    for await (const chunk of bytes) {
      await writeWhole(file, chunk);
      size += chunk.length;
    }
    return { descriptor: file.fd, size, close: () => file.close() };
  } catch (error) {
    await file.close();
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new StoreReadOnly(`The disk of ${folder} is full, so the file cannot be read. Free space on it.`, { cause: error });
    }
    throw error;
  }
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
}
