import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import type { LabelSet } from './label-set.ts';

/** Sentences kept about what was refused; the counts have no bound. */
const MOST_PROBLEMS = 10;

/** Collects one request's samples into columns. */
export class BatchBuilder {
  readonly #request: number;
  readonly #keys: string[] = [];
  #seriesIndex: Uint32Array;
  #timestampsMs: Float64Array;
  #values: Float64Array;
  #words: Uint32Array;
  #length = 0;
  #ambiguous = false;
  readonly problems: string[] = [];
  refusedSamples = 0;
  refusedHistograms = 0;
  ignoredExemplars = 0;

  /** `request` is a number that no earlier request of the same cache had; `guess` is about how many samples come. */
  constructor(request: number, guess: number) {
    this.#request = request;
    this.#seriesIndex = new Uint32Array(guess);
    this.#timestampsMs = new Float64Array(guess);
    this.#values = new Float64Array(guess);
    this.#words = wordsOf(this.#values);
  }

  get length(): number {
    return this.#length;
  }

  /** The index of a series that is not refused. */
  seriesOf(set: LabelSet): number {
    if (set.request !== this.#request) {
      set.request = this.#request;
      set.index = this.#keys.push(set.key) - 1;
      if (set.ambiguous) this.#ambiguous = true;
    }
    return set.index;
  }

  /** The value comes as the two words of its bits, so that the payload of a NaN survives. */
  add(series: number, timestampMs: number, lowWord: number, highWord: number): void {
    if (!Number.isSafeInteger(timestampMs)) {
      this.refuse('A sample has a timestamp beyond the range of milliseconds that can be stored.', 1);
      return;
    }
    const at = this.#length;
    if (at === this.#seriesIndex.length) this.#grow();
    this.#seriesIndex[at] = series;
    this.#timestampsMs[at] = timestampMs;
    this.#words[2 * at] = lowWord;
    this.#words[2 * at + 1] = highWord;
    this.#length = at + 1;
  }

  refuse(problem: string, samples: number): void {
    this.refusedSamples += samples;
    if (this.problems.length < MOST_PROBLEMS && !this.problems.includes(problem)) this.problems.push(problem);
  }

  finish(): SampleBatch {
    if (this.#ambiguous) this.#mergeEqualKeys();
    const length = this.#length;
    return {
      seriesKeys: this.#keys,
      seriesIndex: this.#seriesIndex.slice(0, length),
      timestampsMs: this.#timestampsMs.slice(0, length),
      values: this.#values.slice(0, length),
    };
  }

  /** Labels that were written in two ways are still one series. */
  #mergeEqualKeys(): void {
    const indexByKey = new Map<string, number>();
    const target = this.#keys.map((key) => {
      const index = indexByKey.get(key) ?? indexByKey.size;
      indexByKey.set(key, index);
      return index;
    });
    this.#keys.splice(0, this.#keys.length, ...indexByKey.keys());
    for (let i = 0; i < this.#length; i++) this.#seriesIndex[i] = target[this.#seriesIndex[i] as number] as number;
  }

  #grow(): void {
    const size = Math.max(64, this.#length * 2);
    const seriesIndex = new Uint32Array(size);
    seriesIndex.set(this.#seriesIndex);
    this.#seriesIndex = seriesIndex;
    const timestampsMs = new Float64Array(size);
    timestampsMs.set(this.#timestampsMs);
    this.#timestampsMs = timestampsMs;
    const values = new Float64Array(size);
    const words = wordsOf(values);
    words.set(this.#words);
    this.#values = values;
    this.#words = words;
  }
}
