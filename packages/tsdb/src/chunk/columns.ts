import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { RolledSamples } from '@vitrine/model/sample-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';

/** The bits that stand for the value of a sample that is a native histogram: NaN, and nobody may ask what they mean. */
export const PLACEHOLDER_LOW = 0;
export const PLACEHOLDER_HIGH = 0x7ff80000;

/**
 * Samples in time order as columns with room to grow. The buffers are exchanged when they grow: read them anew after
 * every `reserve`. What few series have, histograms and start times, is undefined where no sample has it.
 */
export class Columns {
  length = 0;
  timestampsMs: Float64Array<ArrayBuffer>;
  values: Float64Array<ArrayBuffer>;
  /** The bits of `values`. NaN payloads survive only when moved through this. */
  words: Uint32Array;
  /** The samples that are native histograms, by their timestamp: so they need not move when samples do. */
  histograms: Map<number, NativeHistogram> | undefined;
  /** Since when each sample has counted, unix milliseconds, NaN where that was not told. */
  startsMs: Float64Array<ArrayBuffer> | undefined;
  /** What samples stand for where others are not there; undefined where all stand for themselves. */
  rolled: RolledSamples | undefined;
  /** What `rolled` was before all was cleared. */
  #spareRolled: RolledSamples | undefined;

  constructor(capacity = 1024) {
    this.timestampsMs = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.words = wordsOf(this.values);
  }

  /** What stands before and behind this closed range need not be read into here, and may be all the same. */
  wantedFromMs = -Infinity;
  wantedToMs = Infinity;

  /** Empties it, for samples of which those in the closed range are wanted. */
  clear(wantedFromMs = -Infinity, wantedToMs = Infinity): void {
    this.wantedFromMs = wantedFromMs;
    this.wantedToMs = wantedToMs;
    this.length = 0;
    this.histograms = undefined;
    this.startsMs = undefined;
    this.rolled = undefined;
  }

  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.timestampsMs.length) return;
    const capacity = Math.max(needed, this.timestampsMs.length * 2);
    const timestampsMs = new Float64Array(capacity);
    const values = new Float64Array(capacity);
    const words = wordsOf(values);
    timestampsMs.set(this.timestampsMs.subarray(0, this.length));
    words.set(this.words.subarray(0, 2 * this.length));
    this.timestampsMs = timestampsMs;
    this.values = values;
    this.words = words;
    const wider = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const more = new Float64Array(capacity);
      more.set(column.subarray(0, this.length));
      return more;
    };
    if (this.startsMs !== undefined) this.startsMs = wider(this.startsMs);
    if (this.rolled === undefined) return;
    const { counts, sums, falls } = this.rolled;
    this.rolled = { counts: wider(counts), sums: wider(sums), falls: wider(falls) };
    this.#spareRolled = this.rolled;
  }

  /** Counts in samples that were written behind the last one; their start times are not known yet, and they stand for themselves. */
  grow(count: number): void {
    this.startsMs?.fill(Number.NaN, this.length, this.length + count);
    if (this.rolled !== undefined) this.#standAlone(this.rolled, this.length, this.length + count);
    this.length += count;
  }

  push(timestampMs: number, low: number, high: number, histogram?: NativeHistogram, startMs = Number.NaN): void {
    this.reserve(1);
    const at = this.length;
    this.timestampsMs[at] = timestampMs;
    this.words[2 * at] = low;
    this.words[2 * at + 1] = high;
    this.grow(1);
    if (histogram !== undefined) this.needHistograms().set(timestampMs, histogram);
    if (!Number.isNaN(startMs)) this.needStarts()[at] = startMs;
  }

  needHistograms(): Map<number, NativeHistogram> {
    return (this.histograms ??= new Map());
  }

  /** From here on it is said of every sample what it stands for. Its columns are exchanged as the others are. */
  needRolled(): RolledSamples {
    if (this.rolled === undefined) {
      const room = this.timestampsMs.length;
      if (this.#spareRolled === undefined || this.#spareRolled.counts.length < room) {
        const column = (): Float64Array<ArrayBuffer> => new Float64Array(room);
        this.#spareRolled = { counts: column(), sums: column(), falls: column() };
      }
      this.rolled = this.#spareRolled;
      this.#standAlone(this.rolled, 0, this.length);
    }
    return this.rolled;
  }

  /** Whether the sample at a place stands for others, or another for it. */
  isRolled(at: number): boolean {
    if (this.rolled === undefined) return false;
    const { counts, sums, falls } = this.rolled;
    return counts[at] !== 1 || !Object.is(sums[at], this.values[at]) || falls[at] !== 0;
  }

  /** From here on every sample has a start time, NaN where it was not told. */
  needStarts(): Float64Array<ArrayBuffer> {
    return (this.startsMs ??= new Float64Array(this.timestampsMs.length).fill(Number.NaN));
  }

  /** Drops all from `first` on but the samples at [from, end). */
  keep(from: number, end: number, first = 0): void {
    if (from > first) {
      this.timestampsMs.copyWithin(first, from, end);
      this.words.copyWithin(2 * first, 2 * from, 2 * end);
      this.startsMs?.copyWithin(first, from, end);
      for (const column of this.rolledColumns()) column.copyWithin(first, from, end);
    }
    this.length = first + end - from;
  }

  /** The columns of `rolled`; none where there is none. */
  rolledColumns(): readonly Float64Array[] {
    return this.rolled === undefined ? [] : [this.rolled.counts, this.rolled.sums, this.rolled.falls];
  }

  #standAlone({ counts, sums, falls }: RolledSamples, from: number, end: number): void {
    counts.fill(1, from, end);
    sums.set(this.values.subarray(from, end), from);
    falls.fill(0, from, end);
  }

  /** The native histograms by their samples' places; undefined where all samples are numbers. */
  histogramsByPlace(): (NativeHistogram | undefined)[] | undefined {
    const { histograms, length, timestampsMs } = this;
    if (histograms === undefined) return undefined;
    let found = false;
    const byPlace: (NativeHistogram | undefined)[] = [];
    for (let i = 0; i < length; i++) {
      const histogram = histograms.get(timestampsMs[i] as number);
      if (histogram !== undefined) found = true;
      byPlace.push(histogram);
    }
    return found ? byPlace : undefined;
  }
}
