import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { RolledSample } from '@vitrine/model/sample-store.ts';
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
  /** What samples stand for where others are not kept, by their timestamp; undefined where all stand for themselves. */
  rolled: Map<number, RolledSample> | undefined;

  constructor(capacity = 1024) {
    this.timestampsMs = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.words = wordsOf(this.values);
  }

  /** Histograms before and behind this closed range need not be read into here; samples may be. */
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
    if (this.startsMs === undefined) return;
    const startsMs = new Float64Array(capacity);
    startsMs.set(this.startsMs.subarray(0, this.length));
    this.startsMs = startsMs;
  }

  /** Counts in samples that were written behind the last one; their start times are not known yet. */
  grow(count: number): void {
    this.startsMs?.fill(Number.NaN, this.length, this.length + count);
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

  needRolled(): Map<number, RolledSample> {
    return (this.rolled ??= new Map());
  }

  /** From here on every sample has a start time, NaN where it was not told. */
  needStarts(): Float64Array<ArrayBuffer> {
    return (this.startsMs ??= new Float64Array(this.timestampsMs.length).fill(Number.NaN));
  }

  /** Drops all but the samples at [from, end). */
  keep(from: number, end: number): void {
    if (from > 0) {
      this.timestampsMs.copyWithin(0, from, end);
      this.words.copyWithin(0, 2 * from, 2 * end);
      this.startsMs?.copyWithin(0, from, end);
    }
    this.length = end - from;
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
