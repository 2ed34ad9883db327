import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Exemplar, SampleBatch } from '@vitrine/model/sample-store.ts';
import { setStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';

/** Collects the samples of one scrape into columns. */
export class ScrapeBatch {
  readonly #keys: string[] = [];
  readonly #seriesIndex: Uint32Array;
  readonly #timestampsMs: Float64Array;
  readonly #values: Float64Array;
  readonly #words: Uint32Array;
  readonly #histograms = new Map<number, NativeHistogram>();
  #startsMs: Float64Array | undefined;
  readonly #exemplars: { seriesIndex: number; exemplar: Exemplar }[] = [];
  #length = 0;

  /** `capacity` is the most samples that will be added. */
  constructor(capacity: number) {
    this.#seriesIndex = new Uint32Array(capacity);
    this.#timestampsMs = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#words = wordsOf(this.#values);
  }

  /** Adds a series; each key once. Returns its index. */
  addSeries(key: string): number {
    return this.#keys.push(key) - 1;
  }

  add(series: number, timestampMs: number, value: number): void {
    this.#seriesIndex[this.#length] = series;
    this.#timestampsMs[this.#length] = timestampMs;
    this.#values[this.#length] = value;
    this.#length++;
  }

  /** What the sample that was added last is: a histogram rather than its value. */
  isHistogram(histogram: NativeHistogram): void {
    this.#histograms.set(this.#length - 1, histogram);
  }

  /** Since when the sample that was added last has counted. */
  startedAt(startMs: number): void {
    this.#startsMs ??= new Float64Array(this.#values.length).fill(Number.NaN);
    this.#startsMs[this.#length - 1] = startMs;
  }

  addExemplar(series: number, exemplar: Exemplar): void {
    this.#exemplars.push({ seriesIndex: series, exemplar });
  }

  /** Adds the sample that says that the series ended. */
  addStale(key: string, timestampMs: number): void {
    setStaleAt(this.#words, this.#length);
    this.#seriesIndex[this.#length] = this.addSeries(key);
    this.#timestampsMs[this.#length] = timestampMs;
    this.#length++;
  }

  finish(): SampleBatch {
    const length = this.#length;
    return {
      seriesKeys: this.#keys,
      seriesIndex: this.#seriesIndex.slice(0, length),
      timestampsMs: this.#timestampsMs.slice(0, length),
      values: this.#values.slice(0, length),
      histograms: this.#histograms.size === 0 ? undefined : this.#histograms,
      startsMs: this.#startsMs?.slice(0, length),
      exemplars: this.#exemplars.length === 0 ? undefined : this.#exemplars,
    };
  }
}
