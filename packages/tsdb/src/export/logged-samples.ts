import { isDamage } from '../sqlite-error.ts';
import { Columns } from '../chunk/columns.ts';
import { mergeInto } from '../head/merge.ts';
import type { RowQuery } from '../row-query.ts';
import { DamagedRecord, decodeRecord, SampleColumns } from '../wal/record.ts';

/** Undefined are tables that a store was closed without. */
interface LogTables {
  readonly walRows: RowQuery<[id: number, data: Uint8Array]> | undefined;
  readonly flushed: RowQuery<[firstSeries: number, lastSeries: number, walId: number]> | undefined;
}

/**
 * The samples that are in the log and in no chunk yet, by series, in time order; of two with one timestamp the later written
 * stays. As much as a store holds of them in memory. `onDamage` is told of rows that are left out.
 */
export function loggedSamples(
  { walRows, flushed }: LogTables,
  isWanted: (ref: number) => boolean,
  onDamage: (walId: number, problem: string) => void,
): Map<number, Columns> {
  const inChunks = flushed?.all() ?? [];
  const upTo = (ref: number): number => {
    let last = -1;
    for (const [first, until, walId] of inChunks) if (ref >= first && ref <= until && walId > last) last = walId;
    return last;
  };
  const upToByRef = new Map<number, number>();
  const written = new Map<number, Columns>();
  const row = new SampleColumns();
  const late = new SampleColumns();
  for (const [id, data] of walRows?.iterate() ?? []) {
    try {
      decodeRecord(data, row);
    } catch (error) {
      if (!(error instanceof DamagedRecord) && !(error instanceof RangeError) && !isDamage(error)) throw error;
      onDamage(id, (error as Error).message);
      continue;
    }
    const { refs, timestampsMs, words, histograms, startsMs, length } = row;
    for (let i = 0; i < length; i++) {
      const ref = refs[i] as number;
      if (!isWanted(ref)) continue;
      if (inChunks.length > 0) {
        let last = upToByRef.get(ref);
        if (last === undefined) upToByRef.set(ref, (last = upTo(ref)));
        if (last >= id) continue;
      }
      let columns = written.get(ref);
      if (columns === undefined) written.set(ref, (columns = new Columns(16)));
      const timestampMs = timestampsMs[i] as number;
      const [low, high] = [words[2 * i] as number, words[2 * i + 1] as number];
      if (columns.length === 0 || timestampMs > (columns.timestampsMs[columns.length - 1] as number)) {
        columns.push(timestampMs, low, high, histograms?.get(i), startsMs?.[i]);
        continue;
      }
      late.push(ref, timestampMs, low, high);
      late.pushed(histograms?.get(i), startsMs?.[i] ?? Number.NaN);
    }
  }
  mergeLate(late, written);
  return written;
}

/** Samples that came behind others of their series, in the order in which they were written: they count over those before them. */
function mergeLate(late: SampleColumns, written: ReadonlyMap<number, Columns>): void {
  const { length, refs, timestampsMs, words, histograms, startsMs } = late;
  const order = Uint32Array.from({ length }, (_, i) => i).sort(
    (a, b) => (refs[a] as number) - (refs[b] as number) || (timestampsMs[a] as number) - (timestampsMs[b] as number) || a - b,
  );
  const sorted = new Columns(1024);
  for (let i = 0; i < length;) {
    const ref = refs[order[i] as number] as number;
    sorted.clear();
    for (; i < length && refs[order[i] as number] === ref; i++) {
      const at = order[i] as number;
      const next = order[i + 1];
      const isReplaced = next !== undefined && refs[next] === ref && timestampsMs[next] === timestampsMs[at];
      if (isReplaced) continue;
      sorted.push(
        timestampsMs[at] as number,
        words[2 * at] as number,
        words[2 * at + 1] as number,
        histograms?.get(at),
        startsMs?.[at],
      );
    }
    mergeInto(written.get(ref) as Columns, 0, sorted);
  }
}
