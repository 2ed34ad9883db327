/** What is known of each series beside its samples, in columns indexed by ref. */
export class SeriesTable {
  /** The series' newest timestamp, wherever it is stored; -Infinity where there is none. */
  newestMs = new Float64Array(0);
  /** The bits of the newest value, where `newestKnown` is 1: else it is a histogram, or after a restart in a chunk only. */
  newestLow = new Uint32Array(0);
  newestHigh = new Uint32Array(0);
  newestKnown = new Uint8Array(0);
  /** No sample is older than this; Infinity where there is none. */
  oldestMs = new Float64Array(0);
  /** What the series' chunks reach over; Infinity and -Infinity where there are none. */
  chunksFromMs = new Float64Array(0);
  chunksToMs = new Float64Array(0);
  /** Counts up whenever chunks of the ref are written or deleted, whichever series has it. */
  chunksVersion = new Uint32Array(0);

  reserve(limit: number): void {
    const held = this.newestMs.length;
    if (limit <= held) return;
    const capacity = Math.max(1024, limit, held * 2);
    const times = (old: Float64Array, empty: number): Float64Array<ArrayBuffer> => {
      const column = new Float64Array(capacity).fill(empty, held);
      column.set(old);
      return column;
    };
    const words = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const column = new Uint32Array(capacity);
      column.set(old);
      return column;
    };
    const known = new Uint8Array(capacity);
    known.set(this.newestKnown);
    this.newestMs = times(this.newestMs, -Infinity);
    this.oldestMs = times(this.oldestMs, Infinity);
    this.chunksFromMs = times(this.chunksFromMs, Infinity);
    this.chunksToMs = times(this.chunksToMs, -Infinity);
    this.newestLow = words(this.newestLow);
    this.newestHigh = words(this.newestHigh);
    this.newestKnown = known;
    this.chunksVersion = words(this.chunksVersion);
  }

  clear(ref: number): void {
    this.newestMs[ref] = -Infinity;
    this.newestKnown[ref] = 0;
    this.oldestMs[ref] = Infinity;
    this.chunksFromMs[ref] = Infinity;
    this.chunksToMs[ref] = -Infinity;
  }

  overlaps(ref: number, fromMs: number, toMs: number): boolean {
    return (this.oldestMs[ref] as number) <= toMs && (this.newestMs[ref] as number) >= fromMs;
  }
}
