import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncFolder } from '../backup/new-folder.ts';
import { ConfigError } from '../config/read-config.ts';

/** Writes what is exported to a file, or to standard output where none is named. Throws ConfigError. */
export async function writeOut(pieces: Readable, file: string | undefined): Promise<void> {
  await (file === undefined ? printAll(pieces) : writeAll(pieces, file));
}

async function printAll(pieces: Readable): Promise<void> {
  try {
    await pipeline(pieces, process.stdout, { end: false });
  } catch (error) {
    // Whoever reads it has seen enough, as "head" has.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** The file is there whole, or as it was. */
async function writeAll(pieces: Readable, file: string): Promise<void> {
  // A name that nobody else's file has.
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await pipeline(pieces, createWriteStream(part, { flags: 'wx', flush: true }));
    await rename(part, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(part, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ConfigError(`--to: ${file} cannot be written (${code}).`, { cause: error });
  }
}

/** What a flag may be. Throws ConfigError. */
export function oneOf<T extends string>(flag: string, given: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === given);
  if (found === undefined) throw new ConfigError(`${flag}: "${given}" is none of ${allowed.join(', ')}.`);
  return found;
}
