import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const PIECE_BYTES = 1024 * 1024;

/** A file's size and SHA-256, once its bytes are on disk. */
export async function hashFile(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const file = await open(path, 'r');
  try {
    await file.sync();
    const hash = createHash('sha256');
    const piece = Buffer.alloc(PIECE_BYTES);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) break;
      bytes += bytesRead;
      hash.update(piece.subarray(0, bytesRead));
    }
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}
