import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { Columns } from '../chunk/columns.ts';

/** Samples of one series that came behind its newest one. */
export class OutOfOrder {
  #columns = new Columns(8);
  #sorted = true;

  get length(): number {
    return this.#columns.length;
  }

  push(timestampMs: number, low: number, high: number, histogram?: NativeHistogram, startMs = Number.NaN): void {
    const { length } = this.#columns;
    if (length > 0 && timestampMs <= (this.#columns.timestampsMs[length - 1] as number)) this.#sorted = false;
    // A number may take the place of a histogram.
    if (histogram === undefined) this.#columns.histograms?.delete(timestampMs);
    this.#columns.push(timestampMs, low, high, histogram, startMs);
  }

  /** In time order, one a timestamp: the later written counts. Not to be changed. */
  sorted(): Columns {
    if (!this.#sorted) {
      this.#columns = sortLastWins(this.#columns);
      this.#sorted = true;
    }
    return this.#columns;
  }
}

function sortLastWins(columns: Columns): Columns {
  const { timestampsMs, words, startsMs, length } = columns;
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  order.sort((a, b) => (timestampsMs[a] as number) - (timestampsMs[b] as number) || a - b);
  const sorted = new Columns(Math.max(8, length));
  for (let i = 0; i < length; i++) {
    const at = order[i] as number;
    const next = order[i + 1];
    if (next !== undefined && timestampsMs[next] === timestampsMs[at]) continue;
    sorted.push(timestampsMs[at] as number, words[2 * at] as number, words[2 * at + 1] as number, undefined, startsMs?.[at]);
  }
  sorted.histograms = columns.histograms;
  return sorted;
}
