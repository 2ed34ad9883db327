import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Exemplar, SampleBatch } from '@vitrine/model/sample-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';

/** Samples that are stored, and held, at a time. */
const PART_SAMPLES = 20_000;

/** Sentences of one reason that a part tells; further ones are counted with the last. */
const PART_SENTENCES = 100;

/** Something in a file that cannot be taken. */
export interface RefusedPlace {
  readonly reason: string;
  /** Where and what, for a person: "line 12: …". */
  readonly sentence: string;
  readonly count: number;
}

/** What was read of a file since the part before. */
export interface ReadPart {
  readonly batch: SampleBatch;
  readonly refused: readonly RefusedPlace[];
}

/** Samples as they are read, until they are a batch. */
export class PartBuilder {
  #places = new Map<string, number>();
  readonly #index = new Uint32Array(PART_SAMPLES);
  readonly #timesMs = new Float64Array(PART_SAMPLES);
  readonly #values = new Float64Array(PART_SAMPLES);
  /** Of the values: NaNs keep their bits through this. */
  readonly words = wordsOf(this.#values);
  #histograms: Map<number, NativeHistogram> | undefined;
  #startsMs: Float64Array | undefined;
  #exemplars: { readonly seriesIndex: number; readonly exemplar: Exemplar }[] = [];
  #refused: { reason: string; sentence: string; count: number }[] = [];
  #told = new Map<string, number>();
  /** Where the next sample's value goes, in `words` and for `push`. */
  length = 0;

  get isFull(): boolean {
    return this.length === PART_SAMPLES;
  }

  get isEmpty(): boolean {
    return this.length === 0 && this.#refused.length === 0;
  }

  /** Takes a sample whose value stands in `words` already, at `length`. `key` is the series' `Labels.key`. */
  push(key: string, timestampMs: number, histogram?: NativeHistogram, startMs?: number): void {
    this.#index[this.length] = this.#placeOf(key);
    this.#timesMs[this.length] = timestampMs;
    if (histogram !== undefined) (this.#histograms ??= new Map()).set(this.length, histogram);
    if (startMs !== undefined) {
      this.#startsMs ??= new Float64Array(PART_SAMPLES).fill(Number.NaN);
      this.#startsMs[this.length] = startMs;
    }
    this.length++;
  }

  exemplar(key: string, exemplar: Exemplar): void {
    this.#exemplars.push({ seriesIndex: this.#placeOf(key), exemplar });
  }

  refuse(reason: string, sentence: string, count = 1): void {
    const told = this.#told.get(reason) ?? 0;
    this.#told.set(reason, told + 1);
    const last = told < PART_SENTENCES ? undefined : this.#refused.findLast((place) => place.reason === reason);
    if (last === undefined) this.#refused.push({ reason, sentence, count });
    else last.count += count;
  }

  /** What was taken so far, as copies, and begins anew. */
  take(): ReadPart {
    const { length } = this;
    const part = {
      batch: {
        seriesKeys: [...this.#places.keys()],
        seriesIndex: this.#index.slice(0, length),
        timestampsMs: this.#timesMs.slice(0, length),
        values: this.#values.slice(0, length),
        histograms: this.#histograms,
        startsMs: this.#startsMs?.slice(0, length),
        exemplars: this.#exemplars.length === 0 ? undefined : this.#exemplars,
      },
      refused: this.#refused,
    };
    this.#places = new Map();
    this.#histograms = undefined;
    this.#startsMs = undefined;
    this.#exemplars = [];
    this.#refused = [];
    this.#told = new Map();
    this.length = 0;
    return part;
  }

  #placeOf(key: string): number {
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = this.#places.size));
    return place;
  }
}
