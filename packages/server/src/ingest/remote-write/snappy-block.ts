import { uncompressSync } from 'snappy';
import { RemoteWriteRefused } from './remote-write-refused.ts';

/** The smallest part of a snappy block that can stand for 64 bytes is a copy of 3 bytes; no block packs better than this. */
const BEST_RATIO = 64;

/** Unpacks a snappy block (not the framed format). Throws RemoteWriteRefused, before it takes memory where the block says that it is too large. */
export function unpackSnappy(body: Uint8Array, limitBytes: number): Uint8Array {
  const length = unpackedLength(body);
  if (length === undefined)
    throw new RemoteWriteRefused(400, 'The body is not a snappy block: it does not start with its unpacked length.');
  if (length > limitBytes) {
    throw new RemoteWriteRefused(
      400,
      `The body unpacks to ${length} bytes; the limit is ${limitBytes}. Send fewer samples in one request.`,
    );
  }
  if (length > body.length * BEST_RATIO)
    throw new RemoteWriteRefused(
      400,
      'The body is not a snappy block, or is cut off: it is shorter than its unpacked length allows.',
    );
  try {
    return uncompressSync(body, { asBuffer: true }) as Buffer;
  } catch (error) {
    throw new RemoteWriteRefused(400, `The body is not a snappy block, or is cut off: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** The varint that a block starts with, or undefined where there is none. */
function unpackedLength(body: Uint8Array): number | undefined {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = body[i];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  return undefined;
}
