import { isDamage } from '../sqlite-error.ts';
import type { Contents } from '../contents.ts';
import { DamagedRecord, decodeRecord, SampleColumns } from './record.ts';

/** Brings back the head from the log. A row that cannot be read is dropped, and told of; the others count. */
export function replay(contents: Contents): void {
  const { db, head, series, index, refs: places, log } = contents;
  const flushedUpTo = upToBySeries(db.flushed(), places.limit);
  const samples = new SampleColumns();
  // No series is added while the log is read, so the columns stay what they are.
  const { oldestMs, newestMs, newestLow, newestHigh, newestKnown } = series;
  let damaged = 0;
  let first: string | undefined;
  for (const id of db.walIds()) {
    contents.lastWalId = id;
    try {
      const data = db.walData(id);
      contents.walBytes += data.length;
      decodeRecord(data, samples);
    } catch (error) {
      if (!(error instanceof DamagedRecord) && !(error instanceof RangeError) && !isDamage(error)) throw error;
      damaged++;
      first ??= `row ${id}: ${(error as Error).message}`;
      continue;
    }
    const { refs, timestampsMs, words, histograms, startsMs, length } = samples;
    const isRich = histograms !== undefined || startsMs !== undefined;
    for (let i = 0; i < length; i++) {
      const ref = refs[i] as number;
      if (!index.has(ref)) {
        // Dropped by retention. No new series may take its place while the log has its samples.
        places.adopt(ref);
        continue;
      }
      if (flushedUpTo !== undefined && (flushedUpTo[ref] as number) >= id) continue;
      const timestampMs = timestampsMs[i] as number;
      const low = words[2 * i] as number;
      const high = words[2 * i + 1] as number;
      if (timestampMs < (oldestMs[ref] as number)) oldestMs[ref] = timestampMs;
      const histogram = histograms?.get(i);
      if (timestampMs > (newestMs[ref] as number)) {
        if (isRich) head.appendRich(ref, timestampMs, low, high, histogram, startsMs?.[i]);
        else head.append(ref, timestampMs, low, high);
        newestMs[ref] = timestampMs;
        newestLow[ref] = low;
        newestHigh[ref] = high;
        newestKnown[ref] = histogram === undefined ? 1 : 0;
      } else head.appendLate(ref, timestampMs, low, high, histogram, startsMs?.[i]);
    }
  }
  if (damaged > 0) {
    log(
      'error',
      `${db.file}: ${damaged} of the write-ahead log's rows cannot be read and ${damaged === 1 ? 'is' : 'are'} dropped with the samples in ${damaged === 1 ? 'it' : 'them'} (${first}); everything else is kept`,
    );
  }
}

/** The last of the log's rows whose samples of a series are in chunks, by series, -1 where none are; undefined where it is so for all. */
export function upToBySeries(
  flushed: readonly (readonly [firstSeries: number, lastSeries: number, walId: number])[],
  limit: number,
): Float64Array | undefined {
  if (flushed.length === 0) return undefined;
  const upTo = new Float64Array(limit).fill(-1);
  for (const [first, last, walId] of flushed) {
    for (let ref = first; ref <= last && ref < limit; ref++) upTo[ref] = Math.max(upTo[ref] as number, walId);
  }
  return upTo;
}
