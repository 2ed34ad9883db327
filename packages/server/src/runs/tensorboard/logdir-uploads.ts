import { createHash } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BadRequest } from '@vitrine/model/bad-request.ts';

/** A log directory on another machine. */
export interface Upload {
  /** Names it: the machine and the path there. */
  readonly logdir: string;
  readonly project: string;
}

const MAX_FILE_CHARACTERS = 1_000;
const MAX_NAME_BYTES = 255;

/** Copies of event files that were sent from other machines, until they have been read. */
export class LogdirUploads {
  readonly #folder: string;
  readonly #limitBytes: number;

  constructor(needs: { readonly folder: string; readonly limitBytes: number }) {
    this.#folder = needs.folder;
    this.#limitBytes = needs.limitBytes;
  }

  /** Where the copy of a log directory is. */
  folderOf({ logdir, project }: Upload): string {
    const name = createHash('sha256').update(`${logdir}\0${project}`).digest('hex').slice(0, 16);
    return join(this.#folder, name);
  }

  /**
   * Puts bytes at the end of a file's copy, where `offset` is; at 0 it begins anew. Answers how many it has. Throws BadRequest where
   * the file's path is none, the copy ends elsewhere, or would be larger than one may be.
   */
  async append(upload: Upload, file: string, offset: number, bytes: Uint8Array): Promise<number> {
    checkFile(file);
    if (offset + bytes.length > this.#limitBytes)
      throw new BadRequest('file', `has more than ${this.#limitBytes} bytes, which is the limit (limits.ingest.upload)`);
    const path = join(this.folderOf(upload), file);
    if (offset > 0) {
      const size = (await stat(path).catch(() => undefined))?.size ?? 0;
      if (size !== offset)
        throw new BadRequest('offset', `is ${offset}, and ${size} bytes of ${file} are here: send it from its start`);
    }
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, offset === 0 ? 'w' : 'a');
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    return offset + bytes.length;
  }

  async remove(upload: Upload): Promise<void> {
    await rm(this.folderOf(upload), { recursive: true, force: true });
  }

  /** What a process left that ended before all was read; whoever sent it sends it again. */
  async removeAll(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Relative, below the log directory and nowhere else. */
function checkFile(file: string): void {
  const parts = file.split('/');
  const isSafe =
    file.length <= MAX_FILE_CHARACTERS &&
    !/[\\\0]/.test(file) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= MAX_NAME_BYTES);
  if (!isSafe)
    throw new BadRequest(
      'file',
      `"${file.slice(0, 200)}" is no path below the log directory, such as run1/events.out.tfevents.1700000000.host`,
    );
  if (!(parts.at(-1) as string).includes('tfevents'))
    throw new BadRequest('file', `"${file.slice(0, 200)}" is no event file: those have "tfevents" in their names`);
}
