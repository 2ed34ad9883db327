import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Exemplar, SampleBatch } from '@vitrine/model/sample-store.ts';
import { setStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import type { LabelSet } from './label-set.ts';
import { RequestRoom, ROOM } from './request-room.ts';

/** Sentences kept about what was refused; the counts have no bound. */
const MOST_PROBLEMS = 10;

/** What a request is made of. */
export type Part = 'samples' | 'histograms' | 'exemplars';

const UNSTORABLE_TIME = 'has a timestamp beyond the range of milliseconds that can be stored.';

/** Samples, and series, that the memory kept between requests has room for at most. */
const KEPT_SAMPLES = 16_384;

/** Requests under way whose memory is kept. */
const MOST_KEPT = 4;

interface BatchColumns {
  readonly seriesIndex: Uint32Array<ArrayBuffer>;
  readonly timestampsMs: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** What requests leave to the next one: memory, and the list of their series, for senders repeat themselves. */
export class BatchMemory {
  keys: readonly string[] = [];
  readonly #spare: BatchColumns[] = [];

  take(): BatchColumns {
    return this.#spare.pop() ?? columnsOf(256);
  }

  giveBack(columns: BatchColumns): void {
    if (columns.values.length <= KEPT_SAMPLES && this.#spare.length < MOST_KEPT) this.#spare.push(columns);
  }
}

function columnsOf(size: number): BatchColumns {
  return { seriesIndex: new Uint32Array(size), timestampsMs: new Float64Array(size), values: new Float64Array(size) };
}

/** Collects one request's samples into columns. Of the builders with one memory one adds series at a time. */
export class BatchBuilder {
  readonly #request: number;
  readonly #memory: BatchMemory;
  /** Undefined as long as the series are the first of those that the memory has. */
  #keys: string[] | undefined;
  #seriesCount = 0;
  #seriesIndex: Uint32Array<ArrayBuffer>;
  #timestampsMs: Float64Array<ArrayBuffer>;
  #values: Float64Array<ArrayBuffer>;
  #words: Uint32Array;
  #length = 0;
  #ambiguous = false;
  #histograms: Map<number, NativeHistogram> | undefined;
  #staleHistograms: Set<number> | undefined;
  #startsMs: Float64Array | undefined;
  readonly #exemplars: { seriesIndex: number; exemplar: Exemplar }[] = [];
  /** Whoever reads takes what a part needs before it makes it. */
  readonly room = new RequestRoom();
  readonly problems: string[] = [];
  readonly refused: Record<Part, number> = { samples: 0, histograms: 0, exemplars: 0 };
  /** Of each part's first refusal. */
  readonly sentences: Partial<Record<Part, string>> = {};

  /** `request` is a number that no earlier request of the same cache had. */
  constructor(request: number, memory: BatchMemory) {
    this.#request = request;
    this.#memory = memory;
    ({ seriesIndex: this.#seriesIndex, timestampsMs: this.#timestampsMs, values: this.#values } = memory.take());
    this.#words = wordsOf(this.#values);
  }

  get length(): number {
    return this.#length;
  }

  /** The index of a series that is not refused. */
  seriesOf(set: LabelSet): number {
    if (set.request !== this.#request) {
      this.room.take(set.key.length);
      set.request = this.#request;
      set.index = this.#seriesCount++;
      if (this.#keys !== undefined) this.#keys.push(set.key);
      else if (this.#memory.keys[set.index] !== set.key) this.#keys = [...this.#memory.keys.slice(0, set.index), set.key];
      if (set.ambiguous) this.#ambiguous = true;
    }
    return set.index;
  }

  /** The value comes as the two words of its bits, so that the payload of a NaN survives. False where it is refused. */
  add(series: number, timestampMs: number, lowWord: number, highWord: number): boolean {
    if (!Number.isSafeInteger(timestampMs)) {
      this.refuse(`A sample ${UNSTORABLE_TIME}`, 'samples', 1);
      return false;
    }
    this.#push(series, timestampMs, lowWord, highWord);
    return true;
  }

  addHistogram(series: number, timestampMs: number, histogram: NativeHistogram): boolean {
    if (!this.#isStorable(timestampMs)) return false;
    this.#histograms ??= new Map();
    this.#histograms.set(this.#length, histogram);
    this.#push(series, timestampMs, 0, 0);
    return true;
  }

  /** A series of histograms ends as one of numbers does. */
  addStaleHistogram(series: number, timestampMs: number): void {
    if (!this.#isStorable(timestampMs)) return;
    this.#push(series, timestampMs, 0, 0);
    setStaleAt(this.#words, this.#length - 1);
    this.#staleHistograms ??= new Set();
    this.#staleHistograms.add(this.#length - 1);
  }

  /** Since when the sample that was added last has counted; 0 is unknown. */
  startedAt(startMs: number): void {
    if (startMs === 0) return;
    this.#startsMs ??= new Float64Array(this.#values.length).fill(Number.NaN);
    this.#startsMs[this.#length - 1] = startMs;
  }

  addExemplar(series: number, exemplar: Exemplar): void {
    if (Number.isSafeInteger(exemplar.timestampMs)) this.#exemplars.push({ seriesIndex: series, exemplar });
    else this.refuse(`An exemplar ${UNSTORABLE_TIME}`, 'exemplars', 1);
  }

  #isStorable(timestampMs: number): boolean {
    if (Number.isSafeInteger(timestampMs)) return true;
    this.refuse(`A native histogram ${UNSTORABLE_TIME}`, 'histograms', 1);
    return false;
  }

  #push(series: number, timestampMs: number, lowWord: number, highWord: number): void {
    this.room.take(ROOM.sample);
    const at = this.#length;
    if (at === this.#seriesIndex.length) this.#grow();
    this.#seriesIndex[at] = series;
    this.#timestampsMs[at] = timestampMs;
    this.#words[2 * at] = lowWord;
    this.#words[2 * at + 1] = highWord;
    this.#length = at + 1;
  }

  /** A problem may refuse nothing that is counted. */
  refuse(problem: string, part: Part, count: number): void {
    this.refused[part] += count;
    if (count > 0) this.sentences[part] ??= problem;
    if (this.problems.length < MOST_PROBLEMS && !this.problems.includes(problem)) this.problems.push(problem);
  }

  /** The batch, whose columns stay as they are until `release`. */
  finish(): SampleBatch {
    const length = this.#length;
    const seriesKeys = this.#ambiguous ? this.#mergeEqualKeys() : this.#finishKeys();
    return {
      seriesKeys,
      seriesIndex: this.#seriesIndex.subarray(0, length),
      timestampsMs: this.#timestampsMs.subarray(0, length),
      values: this.#values.subarray(0, length),
      histograms: this.#histograms,
      staleHistograms: this.#staleHistograms,
      startsMs: this.#startsMs?.slice(0, length),
      exemplars: this.#exemplars.length === 0 ? undefined : this.#exemplars,
    };
  }

  /** To be called once, when nobody looks at the batch any more: its columns are the next one's. */
  release(): void {
    this.#memory.giveBack({ seriesIndex: this.#seriesIndex, timestampsMs: this.#timestampsMs, values: this.#values });
  }

  #finishKeys(): readonly string[] {
    const memory = this.#memory;
    if (this.#keys === undefined && this.#seriesCount === memory.keys.length) return memory.keys;
    const keys = this.#keys ?? memory.keys.slice(0, this.#seriesCount);
    if (keys.length <= KEPT_SAMPLES) memory.keys = keys;
    return keys;
  }

  /** Labels that were written in two ways are still one series. */
  #mergeEqualKeys(): readonly string[] {
    const indexByKey = new Map<string, number>();
    const target = this.#finishKeys().map((key) => {
      const index = indexByKey.get(key) ?? indexByKey.size;
      indexByKey.set(key, index);
      return index;
    });
    for (let i = 0; i < this.#length; i++) this.#seriesIndex[i] = target[this.#seriesIndex[i] as number] as number;
    for (const entry of this.#exemplars) entry.seriesIndex = target[entry.seriesIndex] as number;
    return [...indexByKey.keys()];
  }

  #grow(): void {
    const size = Math.max(64, this.#length * 2);
    const { seriesIndex, timestampsMs, values } = columnsOf(size);
    seriesIndex.set(this.#seriesIndex);
    timestampsMs.set(this.#timestampsMs);
    const words = wordsOf(values);
    words.set(this.#words);
    this.#seriesIndex = seriesIndex;
    this.#timestampsMs = timestampsMs;
    this.#values = values;
    this.#words = words;
    if (this.#startsMs === undefined) return;
    const startsMs = new Float64Array(size).fill(Number.NaN);
    startsMs.set(this.#startsMs);
    this.#startsMs = startsMs;
  }
}
