import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Exemplar, SampleBatch } from '@vitrine/model/sample-store.ts';
import { setStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import { BodyRefused } from '../body-refused.ts';

/** Characters that a request's series may have in all: labels of a resource stand in each of its series. */
const MOST_KEY_CHARS = 64 * 1024 * 1024;

/** Collects one request's samples into columns. */
export class SampleColumns {
  readonly #indexByKey = new Map<string, number>();
  readonly #series: number[] = [];
  readonly #timesMs: number[] = [];
  readonly #values: number[] = [];
  readonly #stale: number[] = [];
  readonly #starts: (readonly [place: number, startMs: number])[] = [];
  readonly #histograms = new Map<number, NativeHistogram>();
  readonly #exemplars: { readonly seriesIndex: number; readonly exemplar: Exemplar }[] = [];
  #keyChars = 0;

  get length(): number {
    return this.#values.length;
  }

  /**
   * `key` is `Labels.key`. undefined as a value is the stale marker. `startMs` is since when it counts, 0 where that is not
   * said. Throws BodyRefused where the series grow too large in all.
   */
  add(key: string, timeMs: number, value: number | undefined, startMs = 0): void {
    if (value === undefined) this.#stale.push(this.#values.length);
    this.#series.push(this.#indexOf(key));
    this.#timesMs.push(timeMs);
    this.#values.push(value ?? 0);
    // Most requests say it of all or of none.
    if (startMs > 0) this.#starts.push([this.#values.length - 1, startMs]);
  }

  addHistogram(key: string, timeMs: number, histogram: NativeHistogram, startMs = 0): void {
    this.add(key, timeMs, 0, startMs);
    this.#histograms.set(this.#values.length - 1, histogram);
  }

  addExemplar(key: string, exemplar: Exemplar): void {
    this.#exemplars.push({ seriesIndex: this.#indexOf(key), exemplar });
  }

  #indexOf(key: string): number {
    let index = this.#indexByKey.get(key);
    if (index !== undefined) return index;
    this.#keyChars += key.length;
    if (this.#keyChars > MOST_KEY_CHARS) {
      throw new BodyRefused(
        413,
        `The labels of the request's series take more than ${MOST_KEY_CHARS / 1024 / 1024} MiB. Send fewer data points in one request, or fewer and shorter attributes.`,
      );
    }
    index = this.#indexByKey.size;
    this.#indexByKey.set(key, index);
    return index;
  }

  finish(): SampleBatch {
    const values = Float64Array.from(this.#values);
    const words = wordsOf(values);
    for (const index of this.#stale) setStaleAt(words, index);
    return {
      seriesKeys: [...this.#indexByKey.keys()],
      seriesIndex: Uint32Array.from(this.#series),
      timestampsMs: Float64Array.from(this.#timesMs),
      values,
      histograms: this.#histograms.size === 0 ? undefined : this.#histograms,
      startsMs: this.#starts.length === 0 ? undefined : this.#startsOf(values.length),
      exemplars: this.#exemplars.length === 0 ? undefined : this.#exemplars,
    };
  }

  #startsOf(length: number): Float64Array {
    const startsMs = new Float64Array(length).fill(Number.NaN);
    for (const [place, startMs] of this.#starts) startsMs[place] = startMs;
    return startsMs;
  }
}
