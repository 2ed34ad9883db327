import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeleteRequest, DeletedSamples } from '@vitrine/model/sample-store.ts';
import { encodeChunk } from '../chunk/chunk.ts';
import { chunkSeal } from '../chunk/row-seal.ts';
import { Columns } from '../chunk/columns.ts';
import { flushSeries } from '../compact/flush-series.ts';
import type { Contents } from '../contents.ts';
import { ALL_TIMES, deleteExemplars, type TimeRange } from '../exemplars/delete-exemplars.ts';
import { firstAtOrAfter } from '../head/head.ts';
import { blockOf } from '../names/name-block.ts';
import { forgetCutBuckets } from '../rollup/buckets.ts';
import { doubtRollups } from '../rollup/doubt-rollups.ts';
import type { Watchers } from '../watchers.ts';
import { FURTHEST_MS } from '../row-query.ts';

/** A transaction ends after this much work, so that appends and queries get their turn. */
const SLICE_MS = 10;

const columns = new Columns(2048);

interface Cut {
  readonly ref: number;
  /** What the series' chunks reach over now; undefined where none is left. */
  readonly reach: readonly [fromMs: number, toMs: number] | undefined;
  /** What the samples in chunks have become more, and how many were deleted. */
  readonly addedSamples: number;
  readonly deletedSamples: number;
  readonly hadHead: boolean;
}

/**
 * Deletes the samples and exemplars in the closed range of every series that a selector matches, for good: in chunks and
 * in the log. In small transactions: what an error leaves behind is whole series deleted, or not.
 */
export async function deleteSeries(contents: Contents, watchers: Watchers, request: DeleteRequest): Promise<DeletedSamples> {
  const { index, series } = contents;
  const fromMs = Math.max(request.fromMs, -FURTHEST_MS);
  const toMs = Math.min(request.toMs, FURTHEST_MS);
  const refs = [...new Set(request.selectors.flatMap((selector) => index.match(selector)))].sort((a, b) => a - b);
  const deleted = { series: 0, samples: 0 };
  for (let at = 0; at < refs.length;) {
    const endsMs = performance.now() + SLICE_MS;
    const exemplars = new Map<number, TimeRange>();
    const cuts: Cut[] = [];
    let emptied: number[] = [];
    contents.db.transaction(() => {
      for (; at < refs.length && performance.now() < endsMs; at++) {
        const ref = refs[at] as number;
        if (!index.has(ref)) continue;
        exemplars.set(ref, [fromMs, toMs]);
        if (!series.overlaps(ref, fromMs, toMs)) continue;
        const cut = cutSeries(contents, ref, fromMs, toMs);
        cuts.push(cut);
        if (cut.reach !== undefined) continue;
        contents.db.rollups?.forget(ref);
        exemplars.set(ref, ALL_TIMES);
        // Block by block, each once: writing them is what takes the longest where each series is in another.
        if (emptied.length > 0 && blockOf(emptied[0] as number) !== blockOf(ref)) {
          contents.db.names.delete(emptied);
          emptied = [];
        }
        emptied.push(ref);
      }
      contents.db.names.delete(emptied);
      noteFlushed(contents, cuts);
      deleteExemplars(contents, exemplars);
    });
    for (const [ref, [from, to]] of exemplars) contents.exemplars.remove(ref, from, to);
    apply(contents, watchers, cuts);
    for (const { deletedSamples } of cuts) {
      if (deletedSamples > 0) deleted.series++;
      deleted.samples += deletedSamples;
    }
    await nextTurn();
  }
  return deleted;
}

/** Moves what the series has in head into chunks, and takes the range out of them; within the caller's transaction. */
function cutSeries(contents: Contents, ref: number, fromMs: number, toMs: number): Cut {
  const { db, head } = contents;
  const hadHead = head.count(ref) > 0;
  let addedSamples = hadHead ? flushSeries(contents, ref).addedSamples : 0;
  let deletedSamples = 0;
  for (const row of db.chunksInRange.all(ref, fromMs, toMs)) {
    const [id, minMs, maxMs, samples] = row;
    if (maxMs < fromMs) continue;
    let left = 0;
    if (minMs < fromMs || maxMs > toMs) {
      columns.clear();
      // Nobody knows which of its samples are in range: it is told of, and stays as it is.
      if (!contents.readChunk(ref, row, columns)) continue;
      const from = firstAtOrAfter(columns, fromMs);
      const end = firstAtOrAfter(columns, toMs + 1, from);
      if (!forgetCutBuckets(columns, fromMs, toMs) && from === end) continue;
      insert(contents, ref, 0, from);
      insert(contents, ref, end, columns.length);
      left = columns.length - (end - from);
    }
    db.deleteChunk.run(id);
    deletedSamples += samples - left;
  }
  doubtRollups(contents, ref, fromMs, toMs);
  addedSamples -= deletedSamples;
  const [reach] = db.reachOfSeries.all(ref);
  const [first, last] = reach ?? [null, null];
  return { ref, reach: first === null || last === null ? undefined : [first, last], addedSamples, deletedSamples, hadHead };
}

function insert({ db }: Contents, ref: number, from: number, end: number): void {
  if (from === end) return;
  const count = end - from;
  const minMs = columns.timestampsMs[from] as number;
  const maxMs = columns.timestampsMs[end - 1] as number;
  db.insertChunk.run(ref, minMs, maxMs, count, encodeChunk(columns, from, count, chunkSeal(ref, minMs, maxMs, count)));
}

/** The log has these series' samples still, and they must not come back from it. */
function noteFlushed({ db, lastWalId }: Contents, cuts: readonly Cut[]): void {
  const refs = cuts.filter(({ hadHead }) => hadHead).map(({ ref }) => ref);
  for (let i = 0; i < refs.length;) {
    const first = refs[i] as number;
    let last = first;
    for (i++; i < refs.length && refs[i] === last + 1; i++) last++;
    db.insertFlushed.run(first, last, lastWalId);
  }
}

function apply(contents: Contents, watchers: Watchers, cuts: readonly Cut[]): void {
  const { head, series } = contents;
  const gone = new Set<number>();
  for (const { ref, reach, addedSamples } of cuts) {
    contents.storedSamples += addedSamples;
    contents.chunksChanged(ref);
    head.clear(ref);
    if (reach === undefined) {
      gone.add(ref);
      continue;
    }
    [series.oldestMs[ref], series.newestMs[ref]] = reach;
    [series.chunksFromMs[ref], series.chunksToMs[ref]] = reach;
    series.newestKnown[ref] = 0;
  }
  for (const ref of gone) watchers.seriesRemoved(ref);
  if (gone.size > 0) contents.dropSeries(gone);
}
