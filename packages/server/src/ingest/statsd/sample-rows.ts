import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import { setStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';

/** Collects samples into columns. */
export class SampleRows {
  readonly #keys: string[] = [];
  readonly #series: number[] = [];
  readonly #timesMs: number[] = [];
  readonly #values: number[] = [];
  readonly #stale: number[] = [];

  get length(): number {
    return this.#values.length;
  }

  /** Samples of one series come one after the other. undefined as a value is the stale marker. */
  add(key: string, timeMs: number, value: number | undefined): void {
    if (this.#keys.at(-1) !== key) this.#keys.push(key);
    if (value === undefined) this.#stale.push(this.#values.length);
    this.#series.push(this.#keys.length - 1);
    this.#timesMs.push(timeMs);
    this.#values.push(value ?? 0);
  }

  finish(): SampleBatch {
    const values = Float64Array.from(this.#values);
    const words = wordsOf(values);
    for (const index of this.#stale) setStaleAt(words, index);
    return {
      seriesKeys: this.#keys,
      seriesIndex: Uint32Array.from(this.#series),
      timestampsMs: Float64Array.from(this.#timesMs),
      values,
    };
  }
}
