import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { BadRequest } from '@vitrine/model/bad-request.ts';

export type Bytes = AsyncIterable<Uint8Array>;

/** The first bytes, at least `wanted` of them where there are as many, and all of them from the start again. */
export async function peek(bytes: Bytes, wanted: number): Promise<{ readonly head: Buffer; readonly all: Bytes }> {
  const source = bytes[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (length < wanted && !ended) {
    const { done, value } = await source.next();
    if (done === true) ended = true;
    else {
      first.push(value);
      length += value.length;
    }
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* first.splice(0);
      if (ended) return;
      for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
    } finally {
      await source.return?.();
    }
  }
  return { head: Buffer.concat(first), all: all() };
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** What gzip packed, of at most `limitBytes`. Throws BadRequest where it is damaged, more, or cut off and not known to be. */
export async function* gunzip(packed: Bytes, limitBytes: number, isHead: boolean): AsyncGenerator<Uint8Array> {
  const unpacking = createGunzip(isHead ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
  pipeline(Readable.from(packed, { objectMode: false }), unpacking, () => {
    // The reader below is told of errors.
  });
  let length = 0;
  try {
    for await (const chunk of unpacking as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > limitBytes) {
        throw new BadRequest('file', `unpacks to more than ${mebibytes(limitBytes)} MiB, which is the limit; split it`);
      }
      yield chunk;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'Z_BUF_ERROR') throw new BadRequest('file', 'is cut off: its gzip has no end', { cause: error });
    if (code?.startsWith('Z_') === true)
      throw new BadRequest('file', 'is damaged: its gzip cannot be unpacked', { cause: error });
    throw error;
  } finally {
    unpacking.destroy();
  }
}

const NEWLINE = 10;

/** The lines that have an end: the last of a file's head may be half of one. All of it where it has none. */
export async function* wholeLines(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let last: Uint8Array | undefined;
  for await (const chunk of bytes) {
    if (last !== undefined) yield last;
    last = chunk;
  }
  if (last === undefined) return;
  const end = last.lastIndexOf(NEWLINE);
  yield end === -1 ? last : last.subarray(0, end + 1);
}

/** As a number of MiB, for sentences. */
export function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toLocaleString('en', { maximumSignificantDigits: 3 });
}
