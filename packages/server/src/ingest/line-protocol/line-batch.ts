import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import type { SeriesMemory } from './series-memory.ts';

const FIRST_SERIES = 64;
const FIRST_ROWS = 1024;
export const MOST_SAMPLES = 1_000_000;
export const MOST_KEY_CHARS = 64 * 1024 * 1024;

/**
 * Collects the samples of one body into columns, and then of another, so that no memory is asked for anew. Of two values of one
 * series at one time the later one counts. Several may be filled in turns over one memory.
 */
export class LineBatch {
  /** Whether there are more samples than one batch may hold, or more text in their series. */
  tooMany = false;
  /** Rows so far. */
  length = 0;
  seriesCount = 0;
  readonly memory: SeriesMemory;

  #generation = 0;
  /** Whether a series may stand twice. */
  #isAmbiguous = false;
  #keyChars = 0;
  readonly #keys: string[] = [];
  /** The id of each series; -1 where the memory has forgotten it. */
  #ids = new Int32Array(FIRST_SERIES);
  /** The row of the newest sample of each series; -1 for none. */
  #newestRow = new Int32Array(FIRST_SERIES);
  #seriesIndex = new Uint32Array(FIRST_ROWS);
  #timestampsMs = new Float64Array(FIRST_ROWS);
  #values = new Float64Array(FIRST_ROWS);

  constructor(memory: SeriesMemory) {
    this.memory = memory;
    this.#generation = memory.generation;
  }

  /** Rows that there is room for. */
  get room(): number {
    return this.#values.length;
  }

  clear(): void {
    this.tooMany = false;
    this.length = 0;
    this.seriesCount = 0;
    this.#keyChars = 0;
    this.#isAmbiguous = false;
    this.#generation = this.memory.generation;
  }

  /** Goes on after another batch may have been filled over the same memory. */
  resume(): void {
    this.#checkGeneration();
    if (this.memory.placesOf === this) return;
    this.memory.placesOf = this;
    // The other may have given the same series places of its own.
    for (let i = 0; i < this.seriesCount; i++) {
      const id = this.#ids[i] as number;
      if (id !== -1) this.memory.places[id] = i;
    }
  }

  /** A row without a time. The id must be of the memory's generation. */
  add(id: number, value: number): void {
    if (this.memory.generation !== this.#generation) this.#checkGeneration();
    let series = this.memory.places[id] as number;
    if (series >= this.seriesCount || this.#ids[series] !== id) series = this.#addSeries(id);
    const row = this.length;
    if (row === this.#values.length) this.#growRows();
    this.#seriesIndex[row] = series;
    this.#values[row] = value;
    this.length = row + 1;
  }

  /** Gives the rows from `from` on their time. */
  setTimes(from: number, timeMs: number): void {
    const series = this.#seriesIndex;
    const times = this.#timestampsMs;
    const values = this.#values;
    const newest = this.#newestRow;
    let to = from;
    for (let row = from; row < this.length; row++) {
      const index = series[row] as number;
      const before = newest[index] as number;
      if (before !== -1 && times[before] === timeMs) {
        values[before] = values[row] as number;
        continue;
      }
      newest[index] = to;
      series[to] = index;
      values[to] = values[row] as number;
      times[to] = timeMs;
      to++;
    }
    this.length = to;
    if (to > MOST_SAMPLES) this.tooMany = true;
  }

  /** Forgets the rows from `rows` on, which have no time yet, and the series from `series` on. */
  takeBack(rows: number, series: number): void {
    this.length = rows;
    this.seriesCount = series;
  }

  /** The columns are this batch's own: they hold until it is cleared. */
  finish(): SampleBatch {
    const length = this.length;
    const seriesIndex = this.#seriesIndex.subarray(0, length);
    const keys = this.#keys.slice(0, this.seriesCount);
    return {
      seriesKeys: this.#isAmbiguous ? mergeEqual(keys, seriesIndex) : keys,
      seriesIndex,
      timestampsMs: this.#timestampsMs.subarray(0, length),
      values: this.#values.subarray(0, length),
    };
  }

  /** After the memory forgot all, ids mean other series. */
  #checkGeneration(): void {
    if (this.memory.generation === this.#generation) return;
    this.#generation = this.memory.generation;
    this.#ids.fill(-1);
    this.#isAmbiguous = true;
  }

  #addSeries(id: number): number {
    const key = this.memory.keys[id] as string;
    const series = this.seriesCount++;
    this.#keys[series] = key;
    this.#keyChars += key.length;
    if (this.#keyChars > MOST_KEY_CHARS) this.tooMany = true;
    if (series === this.#ids.length) {
      this.#ids = grown(this.#ids, new Int32Array(series * 2));
      this.#newestRow = grown(this.#newestRow, new Int32Array(series * 2));
    }
    this.#ids[series] = id;
    this.#newestRow[series] = -1;
    this.memory.places[id] = series;
    return series;
  }

  #growRows(): void {
    const rows = this.#values.length * 2;
    this.#seriesIndex = grown(this.#seriesIndex, new Uint32Array(rows));
    this.#timestampsMs = grown(this.#timestampsMs, new Float64Array(rows));
    this.#values = grown(this.#values, new Float64Array(rows));
  }
}

function grown<Numbers extends Int32Array | Uint32Array | Float64Array>(numbers: Numbers, larger: Numbers): Numbers {
  larger.set(numbers);
  return larger;
}

/** The distinct keys; `seriesIndex` is changed to point at them. */
function mergeEqual(keys: readonly string[], seriesIndex: Uint32Array): string[] {
  const indexByKey = new Map<string, number>();
  const target = keys.map((key) => {
    const index = indexByKey.get(key) ?? indexByKey.size;
    indexByKey.set(key, index);
    return index;
  });
  for (let i = 0; i < seriesIndex.length; i++) seriesIndex[i] = target[seriesIndex[i] as number] as number;
  return [...indexByKey.keys()];
}
