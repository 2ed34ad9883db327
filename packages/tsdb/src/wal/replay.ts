import { isDamage } from '../sqlite-error.ts';
import type { Contents } from '../contents.ts';
import { DamagedRecord, decodeRecord, SampleColumns } from './record.ts';

/** Brings back the head from the log. A row that cannot be read is dropped, and told of; the others count. */
export function replay(contents: Contents): void {
  const { db, head, series, index, refs: places, log } = contents;
  const flushed = db.flushed();
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
    const { refs, timestampsMs, words, length } = samples;
    // Of most rows nothing is in chunks yet.
    const done = flushed.filter(([, , walId]) => walId >= id);
    for (let i = 0; i < length; i++) {
      const ref = refs[i] as number;
      if (!index.has(ref)) {
        // Dropped by retention. No new series may take its place while the log has its samples.
        places.adopt(ref);
        continue;
      }
      if (done.some(([firstSeries, lastSeries]) => ref >= firstSeries && ref <= lastSeries)) continue;
      const timestampMs = timestampsMs[i] as number;
      const low = words[2 * i] as number;
      const high = words[2 * i + 1] as number;
      if (timestampMs < (oldestMs[ref] as number)) oldestMs[ref] = timestampMs;
      if (timestampMs > (newestMs[ref] as number)) {
        head.append(ref, timestampMs, low, high);
        newestMs[ref] = timestampMs;
        newestLow[ref] = low;
        newestHigh[ref] = high;
        newestKnown[ref] = 1;
      } else head.appendLate(ref, timestampMs, low, high);
    }
  }
  if (damaged > 0) {
    log(
      'error',
      `${db.file}: ${damaged} of the write-ahead log's rows cannot be read and ${damaged === 1 ? 'is' : 'are'} dropped with the samples in ${damaged === 1 ? 'it' : 'them'} (${first}); everything else is kept`,
    );
  }
}
