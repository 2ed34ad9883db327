import { encodeChunk, hasHistograms } from '../chunk/chunk.ts';
import { chunkSeal } from '../chunk/row-seal.ts';
import { Columns } from '../chunk/columns.ts';
import type { Contents } from '../contents.ts';
import { firstAtOrAfter } from '../head/head.ts';
import { endOfBucket } from '../rollup/buckets.ts';
import { doubtRollups } from '../rollup/doubt-rollups.ts';
import type { ChunkPages } from './chunk-pages.ts';
import type { CommonTimes } from './common-times.ts';

/** A chunk with at least this many samples is left as it is; a smaller one is joined with what follows it. */
const FULL_SAMPLES = 720;
/** No chunk has more: six hours at 15 s. */
const MAX_SAMPLES = 1440;
/** The same of chunks with native histograms, each of which is many numbers. */
const FULL_HISTOGRAMS = 120;
const MAX_HISTOGRAMS = 240;

/** The buffer that series are put together in is kept up to this many samples. */
const KEPT_SAMPLES = 1 << 18;

let merged = new Columns(4 * MAX_SAMPLES);

/** What a series' chunks reach over after its samples were written, and how many samples they gained. */
export interface FlushedSeries {
  readonly ref: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly addedSamples: number;
}

/**
 * Writes a series' samples in head as chunks, within the caller's transaction. Chunks that they overlap, and the chunk
 * before them where it is not full, are written anew together with them: so a series' chunks never overlap and all but
 * the last are full. What cannot be read stays as it is, to be told of or restored. Timestamps that `times` knows of another series are not written again.
 * `pages` are left to write the new chunks. The head is left as it is, because the transaction may yet fail.
 */
export function flushSeries(contents: Contents, ref: number, times?: CommonTimes, pages?: ChunkPages): FlushedSeries {
  const { db, head, series } = contents;
  const fromMs = head.oldestMs(ref);
  const toMs = series.newestMs[ref] as number;
  if (merged.timestampsMs.length > KEPT_SAMPLES) merged = new Columns(4 * MAX_SAMPLES);
  merged.clear();
  let replaced = 0;
  const unreadFromMs: number[] = [];
  if ((series.chunksToMs[ref] as number) > -Infinity) {
    for (const row of db.chunksInRange.all(ref, fromMs, toMs)) {
      const [id, minMs, maxMs, samples, data] = row;
      if (maxMs < fromMs && samples >= (hasHistograms(data) ? FULL_HISTOGRAMS : FULL_SAMPLES)) continue;
      if (!contents.readChunk(ref, row, merged)) {
        unreadFromMs.push(minMs);
        continue;
      }
      db.deleteChunk.run(id);
      replaced += samples;
    }
  }
  head.read(ref, -Infinity, Infinity, merged, 0);
  // Whoever looks for a time begins with the last chunk that begins before it: none may reach past the beginning of one that stays.
  let written = 0;
  for (const startMs of [...unreadFromMs, Infinity]) {
    const end = firstAtOrAfter(merged, startMs, written);
    writeChunks(contents, ref, written, end, times, pages);
    written = end;
  }
  doubtRollups(contents, ref, fromMs, toMs, merged);
  return {
    ref,
    fromMs: Math.min(series.chunksFromMs[ref] as number, merged.timestampsMs[0] as number),
    toMs: Math.max(series.chunksToMs[ref] as number, merged.timestampsMs[merged.length - 1] as number),
    addedSamples: merged.length - replaced,
  };
}

function writeChunks(
  { db }: Contents,
  ref: number,
  first: number,
  last: number,
  times: CommonTimes | undefined,
  pages: ChunkPages | undefined,
): void {
  const count = last - first;
  const pieces = Math.ceil(count / (merged.histograms === undefined ? MAX_SAMPLES : MAX_HISTOGRAMS));
  for (let piece = 0, from = first, end = first; piece < pieces && end < last; piece++, from = end) {
    end = Math.min(last, endOfBucket(merged, first + Math.floor((count * (piece + 1)) / pieces)));
    const minMs = merged.timestampsMs[from] as number;
    const maxMs = merged.timestampsMs[end - 1] as number;
    const timesId = times?.idOf(merged.timestampsMs, from, end - from);
    const samples = end - from;
    const data = encodeChunk(merged, from, samples, chunkSeal(ref, minMs, maxMs, samples), timesId);
    const write = (): void => void db.insertChunk.run(ref, minMs, maxMs, samples, data);
    if (pages === undefined) write();
    else pages.add(data.length, write);
  }
}
