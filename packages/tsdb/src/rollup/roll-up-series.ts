import { encodeChunk } from '../chunk/chunk.ts';
import { chunkSeal } from '../chunk/row-seal.ts';
import { Columns } from '../chunk/columns.ts';
import type { Contents } from '../contents.ts';
import type { ChunkRow } from '../database.ts';
import { endOfBucket } from './buckets.ts';
import { countsUp, rollUp } from './roll-up.ts';

/** A chunk before these that has fewer samples is joined with them. */
const FULL_SAMPLES = 720;
const MAX_SAMPLES = 1_440;

const raw = new Columns(2 * MAX_SAMPLES);
const rolled = new Columns(2 * MAX_SAMPLES);

/**
 * Rolls up the chunks of a series that lie in a closed range, within the caller's transaction, together with the one before
 * them where it is small. Answers how many samples went, or undefined where all stayed as it is: what has native histograms or start
 * times does, and what cannot be read.
 */
export function rollUpSeries(
  contents: Contents,
  ref: number,
  fromMs: number,
  toMs: number,
  bucketMs: number,
): number | undefined {
  const { db, index } = contents;
  // It gives the chunk that begins there or before: that is the one before these.
  const rows = db.chunksInRange.all(ref, fromMs - 1, toMs);
  const own = rows.filter(([, , maxMs]) => maxMs >= fromMs);
  const joined = rows.filter(([, , maxMs, samples]) => maxMs >= fromMs || samples < FULL_SAMPLES);
  const taken = readNumbers(contents, ref, joined) ? joined : readNumbers(contents, ref, own) ? own : undefined;
  if (taken === undefined) return undefined;
  rolled.clear();
  rollUp(raw, bucketMs, countsUp(index.labelsOf(ref).metricName), rolled);
  if (rolled.length === raw.length && taken.length === 1) return undefined;
  const pieces = Math.ceil(rolled.length / MAX_SAMPLES);
  const written: ChunkRow[] = [];
  for (let piece = 0, from = 0, end = 0; piece < pieces && end < rolled.length; piece++, from = end) {
    end = endOfBucket(rolled, Math.floor((rolled.length * (piece + 1)) / pieces));
    const minMs = rolled.timestampsMs[from] as number;
    const maxMs = rolled.timestampsMs[end - 1] as number;
    const seal = chunkSeal(ref, minMs, maxMs, end - from);
    written.push([0, minMs, maxMs, end - from, encodeChunk(rolled, from, end - from, seal)]);
  }
  // What packs well already, such as a number that hardly ever changes, would only grow.
  if (bytesOf(written) >= bytesOf(taken)) return undefined;
  for (const [id] of taken) db.deleteChunk.run(id);
  for (const [, minMs, maxMs, samples, data] of written) db.insertChunk.run(ref, minMs, maxMs, samples, data);
  return raw.length - rolled.length;
}

function bytesOf(rows: readonly ChunkRow[]): number {
  return rows.reduce((sum, [, , , , data]) => sum + data.length, 0);
}

/** Whether all of the rows could be read, and hold numbers and nothing else. */
function readNumbers(contents: Contents, ref: number, rows: readonly ChunkRow[]): boolean {
  raw.clear();
  return (
    rows.every((row) => contents.readChunk(ref, row, raw)) &&
    raw.length > 0 &&
    raw.histograms === undefined &&
    raw.startsMs === undefined
  );
}
