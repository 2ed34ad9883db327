import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

const FILE_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

/**
 * Counts the commits in a SQLite write-ahead log by the headers of its frames alone (https://sqlite.org/fileformat2.html#walformat):
 * those of its current generation, whether or not their checksums hold. SQLite itself silently stops at the first frame
 * that is damaged; the difference is what was lost. `frames` limits the count to the first so many frames. A log that
 * is absent or empty has none; NaN where the file's own header cannot be read.
 */
export function commitsInWalFile(file: string, frames = Infinity): number {
  if (!existsSync(file)) return 0;
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size === 0) return 0;
    const header = Buffer.alloc(FILE_HEADER_BYTES);
    if (readSync(fd, header, 0, FILE_HEADER_BYTES, 0) < FILE_HEADER_BYTES) return 0;
    if ((header.readUInt32BE(0) & ~1) >>> 0 !== MAGIC) return Number.NaN;
    const pageBytes = header.readUInt32BE(8);
    if (pageBytes < 512) return Number.NaN;
    const frame = Buffer.alloc(FRAME_HEADER_BYTES);
    let commits = 0;
    let at = FILE_HEADER_BYTES;
    for (let i = 0; i < frames && at + FRAME_HEADER_BYTES + pageBytes <= size; i++) {
      readSync(fd, frame, 0, FRAME_HEADER_BYTES, at);
      // Frames left over from an earlier generation carry other salts.
      if (frame.compare(header, 16, 24, 8, 16) === 0 && frame.readUInt32BE(4) !== 0) commits++;
      at += FRAME_HEADER_BYTES + pageBytes;
    }
    return commits;
  } finally {
    closeSync(fd);
  }
}
