import type { SampleBatch } from '@vitrine/model/sample-store.ts';
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
  #keyChars = 0;

  get length(): number {
    return this.#values.length;
  }

  /** `key` is `Labels.key`. undefined as a value is the stale marker. Throws BodyRefused where the series grow too large in all. */
  add(key: string, timeMs: number, value: number | undefined): void {
    let index = this.#indexByKey.get(key);
    if (index === undefined) {
      this.#keyChars += key.length;
      if (this.#keyChars > MOST_KEY_CHARS) {
        throw new BodyRefused(
          413,
          `The labels of the request's series take more than ${MOST_KEY_CHARS / 1024 / 1024} MiB. Send fewer data points in one request, or fewer and shorter attributes.`,
        );
      }
      index = this.#indexByKey.size;
      this.#indexByKey.set(key, index);
    }
    if (value === undefined) this.#stale.push(this.#values.length);
    this.#series.push(index);
    this.#timesMs.push(timeMs);
    this.#values.push(value ?? 0);
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
    };
  }
}
