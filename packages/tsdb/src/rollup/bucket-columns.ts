import { isStaleAt } from '@vitrine/model/stale-nan.ts';
import type { Columns } from '../chunk/columns.ts';

/** What is known of each bucket, in the order in which it is stored. Times and counts are whole numbers. */
export const BUCKET_COLUMNS = [
  /** Of `(k * widthMs, (k + 1) * widthMs]` the k. */
  'index',
  /** Its samples, markers of the series' end not among them; 0 where there is only such a marker, and then nothing else counts. */
  'counts',
  'sums',
  /** NaN only where all are. */
  'least',
  'greatest',
  'first',
  'last',
  /** From the bucket's beginning to its first sample, and from its last to its end. */
  'firstAfterMs',
  'lastBeforeMs',
  /** From its last sample but one to its end; the bucket's width where there is none, 0 where nobody knows. */
  'nextBeforeMs',
  /** The values before each fall, added up. */
  'falls',
  /** 1 where the series ended behind its last sample. */
  'ended',
] as const;

export type BucketColumn = (typeof BUCKET_COLUMNS)[number];

/** Larger numbers might overflow where they are added up in another order. */
const GREATEST_SUMMED = 1e290;

/** Buckets of one series as columns, in time order. */
export class BucketColumns {
  length = 0;
  columns: Readonly<Record<BucketColumn, Float64Array<ArrayBuffer>>>;

  constructor(capacity = 512) {
    this.columns = columnsOf(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  reserve(count: number): void {
    const held = this.columns.index.length;
    if (this.length + count <= held) return;
    const wider = columnsOf(Math.max(this.length + count, held * 2));
    for (const name of BUCKET_COLUMNS) wider[name].set(this.columns[name].subarray(0, this.length));
    this.columns = wider;
  }

  /** All samples that they stand for. */
  get samples(): number {
    let sum = 0;
    for (let i = 0; i < this.length; i++) sum += this.columns.counts[i] as number;
    return sum;
  }

  /**
   * Adds the buckets of samples that lie behind them, numbers only, none of which are in a bucket that is there. False where
   * their sums would depend on the order, or samples stand for more than a bucket: then what is here means nothing.
   */
  add(samples: Columns, widthMs: number): boolean {
    const { timestampsMs, length } = samples;
    for (let from = 0; from < length;) {
      const index = Math.ceil((timestampsMs[from] as number) / widthMs) - 1;
      const endMs = (index + 1) * widthMs;
      let end = from + 1;
      while (end < length && (timestampsMs[end] as number) <= endMs) end++;
      if (!this.#addOne(samples, from, end, index, endMs, widthMs)) return false;
      from = end;
    }
    return true;
  }

  #addOne(samples: Columns, from: number, end: number, index: number, endMs: number, widthMs: number): boolean {
    const { timestampsMs, values, words, rolled } = samples;
    let [first, lastButOne, last] = [-1, -1, -1];
    let [least, greatest] = [Number.NaN, Number.NaN];
    let [count, sum, lost, falls, ended] = [0, 0, 0, 0, 0];
    for (let at = from; at < end; at++) {
      const value = values[at] as number;
      if (value !== value && isStaleAt(words, at)) {
        ended = 1;
        continue;
      }
      ended = 0;
      if (value > GREATEST_SUMMED || value < -GREATEST_SUMMED) return false;
      if (first === -1) first = at;
      else if (value < (values[last] as number)) falls += values[last] as number;
      lastButOne = last;
      last = at;
      // Of equal ones the last counts, as it does where all samples are looked at: 0 and -0 are equal.
      if (!(value > least) && value === value) least = value;
      if (!(value < greatest) && value === value) greatest = value;
      const part = rolled === undefined ? value : (rolled.sums[at] as number);
      count += rolled === undefined ? 1 : (rolled.counts[at] as number);
      if (rolled !== undefined) falls += rolled.falls[at] as number;
      // Kahan's summation in Neumaier's form.
      const next = sum + part;
      lost += Math.abs(sum) >= Math.abs(part) ? sum - next + part : part - next + sum;
      sum = next;
    }
    // Kept of a wider bucket, whose last sample counts for all of it.
    if (first !== -1 && count === 0) return false;
    this.reserve(1);
    const at = this.length++;
    const { columns } = this;
    const set = (name: BucketColumn, value: number): void => {
      columns[name][at] = value;
    };
    set('index', index);
    set('counts', first === -1 ? 0 : count);
    set('ended', ended);
    if (first === -1) {
      // Nothing counts here, so let it pack well.
      for (const name of BUCKET_COLUMNS.slice(2, -1)) set(name, at > 0 ? (columns[name][at - 1] as number) : 0);
      return true;
    }
    set('sums', sum + lost);
    set('least', least);
    set('greatest', greatest);
    set('first', values[first] as number);
    set('last', values[last] as number);
    set('firstAfterMs', (timestampsMs[first] as number) - (endMs - widthMs));
    set('lastBeforeMs', endMs - (timestampsMs[last] as number));
    const isKnown = rolled === undefined || rolled.counts[last] === 1;
    set('nextBeforeMs', !isKnown ? 0 : lastButOne === -1 ? widthMs : endMs - (timestampsMs[lastButOne] as number));
    set('falls', falls);
    return true;
  }
}

function columnsOf(capacity: number): Record<BucketColumn, Float64Array<ArrayBuffer>> {
  const columns: Partial<Record<BucketColumn, Float64Array<ArrayBuffer>>> = {};
  for (const name of BUCKET_COLUMNS) columns[name] = new Float64Array(capacity);
  return columns as Record<BucketColumn, Float64Array<ArrayBuffer>>;
}
