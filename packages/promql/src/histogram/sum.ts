import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { CounterReset, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { compensate } from '../evaluate/kahan.ts';
import { upperBound } from './bound.ts';
import { bucketMap, commonBounds, sameBounds } from './custom-bounds.ts';
import { coarser, indexesOf, packSide, regroup, sameIndexes, sideOf, type Side } from './side.ts';

/** A sum with what rounding took from it. */
class Total {
  value: number;
  #lost = 0;

  constructor(value: number) {
    this.value = value;
  }

  add(value: number): void {
    const next = this.value + value;
    this.#lost = compensate(this.value, value, next, this.#lost);
    this.value = next;
  }

  scale(factor: number): void {
    this.value *= factor;
    this.#lost *= factor;
  }

  get result(): number {
    return this.value + this.#lost;
  }
}

/** Sums of buckets. Buckets that come in are made room for. */
class SideTotal {
  #indexes: Int32Array;
  #counts: Float64Array;
  #lost: Float64Array;

  constructor({ indexes, counts }: Side) {
    this.#indexes = indexes;
    this.#counts = counts.slice();
    this.#lost = new Float64Array(counts.length);
  }

  add({ indexes, counts }: Side, sign: 1 | -1): void {
    if (!sameIndexes(this.#indexes, indexes)) this.#makeRoom(indexes);
    const [mine, sums, lost] = [this.#indexes, this.#counts, this.#lost];
    let at = 0;
    for (let i = 0; i < indexes.length; i++) {
      while (mine[at] !== indexes[i]) at++;
      const sum = sums[at]!;
      const value = sign * counts[i]!;
      const next = sum + value;
      lost[at] = compensate(sum, value, next, lost[at]!);
      sums[at] = next;
    }
  }

  /** Merges buckets that have the same target. */
  regroup(target: (index: number) => number): void {
    const { indexes, counts } = regroup({ indexes: this.#indexes, counts: this.#counts }, target);
    // Both are sums, so that what was lost can be merged in the same way.
    this.#lost = regroup({ indexes: this.#indexes, counts: this.#lost }, target).counts;
    this.#indexes = indexes;
    this.#counts = counts;
  }

  scale(factor: number): void {
    for (let i = 0; i < this.#counts.length; i++) {
      this.#counts[i]! *= factor;
      this.#lost[i]! *= factor;
    }
  }

  /** The upper bound of the populated bucket that has the threshold within it; the threshold where there is none. */
  widen(threshold: number, schema: { schema: number; customValues: Float64Array }): number {
    for (let i = 0; i < this.#indexes.length; i++) {
      const index = this.#indexes[i]!;
      if (upperBound(index - 1, schema) >= threshold) return threshold;
      const upper = upperBound(index, schema);
      if (upper > threshold) return this.#counts[i] === 0 ? threshold : upper;
    }
    return threshold;
  }

  /** Takes out the buckets that begin below the threshold and adds them to `into`. */
  moveBelow(threshold: number, schema: { schema: number; customValues: Float64Array }, into: Total): void {
    let to = 0;
    for (; to < this.#indexes.length; to++) {
      if (upperBound(this.#indexes[to]! - 1, schema) >= threshold) break;
      into.add(this.#counts[to]!);
      into.add(this.#lost[to]!);
    }
    if (to === 0) return;
    this.#indexes = this.#indexes.subarray(to);
    this.#counts = this.#counts.subarray(to);
    this.#lost = this.#lost.subarray(to);
  }

  /** As they are now. */
  get side(): Side {
    return { indexes: this.#indexes, counts: this.#counts.map((count, i) => count + this.#lost[i]!) };
  }

  #makeRoom(indexes: Int32Array): void {
    const mine = this.#indexes;
    const merged = new Int32Array(mine.length + indexes.length);
    const counts = new Float64Array(merged.length);
    const lost = new Float64Array(merged.length);
    let length = 0;
    let i = 0;
    let j = 0;
    while (i < mine.length || j < indexes.length) {
      const isMine = j === indexes.length || (i < mine.length && mine[i]! <= indexes[j]!);
      const index = isMine ? mine[i]! : indexes[j]!;
      if (j < indexes.length && indexes[j] === index) j++;
      merged[length] = index;
      if (isMine) {
        counts[length] = this.#counts[i]!;
        lost[length] = this.#lost[i++]!;
      }
      length++;
    }
    this.#indexes = merged.subarray(0, length);
    this.#counts = counts.subarray(0, length);
    this.#lost = lost.subarray(0, length);
  }
}

function overflows(a: number, b: number): boolean {
  return Number.isFinite(a) && Number.isFinite(b) && !Number.isFinite(a + b);
}

/**
 * Adds up native histograms, with the low bits that rounding takes kept beside (see kahan.ts). Different resolutions and
 * zero buckets are brought to what both can say: the coarser schema, a zero bucket that cuts no populated bucket, the
 * custom bounds that both have.
 */
export class HistogramSum {
  #schema: number;
  #zeroThreshold: number;
  #customValues: Float64Array;
  #reset: CounterReset;
  readonly #zero: Total;
  readonly #count: Total;
  readonly #sum: Total;
  readonly #positive: SideTotal;
  readonly #negative: SideTotal;
  #collided = false;
  #reconciled = false;

  constructor(first: NativeHistogram) {
    this.#schema = first.schema;
    this.#zeroThreshold = first.zeroThreshold;
    this.#customValues = first.customValues;
    this.#reset = first.reset;
    this.#zero = new Total(first.zeroCount);
    this.#count = new Total(first.count);
    this.#sum = new Total(first.sum);
    this.#positive = new SideTotal(sideOf(first.positiveSpans, first.positiveBuckets));
    this.#negative = new SideTotal(sideOf(first.negativeSpans, first.negativeBuckets));
  }

  /** A histogram that says "reset" met one that says "not reset": then the sum's hint is "unknown". */
  get collided(): boolean {
    return this.#collided;
  }

  /** Custom bounds differed, and only those that all have are left. */
  get reconciled(): boolean {
    return this.#reconciled;
  }

  /** Whether count or sum would pass what a float64 can hold with this one added, though both are finite. */
  overflowsWith(next: NativeHistogram): boolean {
    return overflows(this.#count.value, next.count) || overflows(this.#sum.value, next.sum);
  }

  /**
   * Adds a histogram, or with −1 subtracts it. False, and nothing has changed, where one has exponential buckets and the
   * other custom ones.
   */
  add(other: NativeHistogram, sign: 1 | -1 = 1): boolean {
    const custom = this.#schema === CUSTOM_BUCKETS;
    if (custom !== (other.schema === CUSTOM_BUCKETS)) return false;
    this.#combineHints(other.reset);
    this.#count.add(sign * other.count);
    this.#sum.add(sign * other.sum);
    if (custom) {
      this.#addCustom(other, sign);
      return true;
    }
    const { zeroCount, positive, negative } = this.#agree(other);
    this.#zero.add(sign * zeroCount);
    this.#positive.add(positive, sign);
    this.#negative.add(negative, sign);
    return true;
  }

  /** Multiplies everything. */
  scale(factor: number): void {
    for (const total of [this.#zero, this.#count, this.#sum, this.#positive, this.#negative]) total.scale(factor);
    if (factor < 0) this.#reset = 'gauge';
  }

  /** The sum as it is now, without empty buckets. */
  result(): NativeHistogram {
    const positive = packSide(this.#positive.side);
    const negative = packSide(this.#negative.side);
    return {
      schema: this.#schema,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zero.result,
      count: this.#count.result,
      sum: this.#sum.result,
      positiveSpans: positive.spans,
      positiveBuckets: positive.buckets,
      negativeSpans: negative.spans,
      negativeBuckets: negative.buckets,
      customValues: this.#customValues,
      reset: this.#reset,
    };
  }

  /** Lowers the resolution; a finer schema than this one changes nothing. */
  coarsen(schema: number): void {
    const by = this.#schema - schema;
    if (by <= 0 || this.#schema === CUSTOM_BUCKETS) return;
    this.#positive.regroup((index) => coarser(index, by));
    this.#negative.regroup((index) => coarser(index, by));
    this.#schema = schema;
  }

  /**
   * Makes the zero bucket at least as wide as `threshold`, and wide enough not to end within a populated bucket. Gives
   * its threshold.
   */
  widenZero(threshold: number): number {
    if (threshold <= this.#zeroThreshold) return this.#zeroThreshold;
    const schema = { schema: this.#schema, customValues: this.#customValues };
    let wide = threshold;
    for (let before = Number.NaN; before !== wide;) {
      before = wide;
      wide = this.#negative.widen(this.#positive.widen(wide, schema), schema);
    }
    this.#positive.moveBelow(wide, schema, this.#zero);
    this.#negative.moveBelow(wide, schema, this.#zero);
    this.#zeroThreshold = wide;
    return wide;
  }

  #combineHints(other: CounterReset): void {
    const mine = this.#reset;
    if (mine === other) return;
    if (mine === 'gauge' || other === 'gauge') {
      this.#reset = 'gauge';
    } else {
      if (mine !== 'unknown' && other !== 'unknown') this.#collided = true;
      this.#reset = 'unknown';
    }
  }

  /** Brings both to one schema and one zero bucket; gives the other's buckets in these. */
  #agree(other: NativeHistogram): { zeroCount: number; positive: Side; negative: Side } {
    if (other.schema === this.#schema && other.zeroThreshold === this.#zeroThreshold) {
      return {
        zeroCount: other.zeroCount,
        positive: sideOf(other.positiveSpans, other.positiveBuckets),
        negative: sideOf(other.negativeSpans, other.negativeBuckets),
      };
    }
    const working = new HistogramSum(other);
    // Each may push the other's threshold up until both end at a bound of both.
    while (working.#zeroThreshold !== this.#zeroThreshold) {
      working.widenZero(this.#zeroThreshold);
      this.widenZero(working.#zeroThreshold);
    }
    working.coarsen(this.#schema);
    this.coarsen(working.#schema);
    return { zeroCount: working.#zero.result, positive: working.#positive.side, negative: working.#negative.side };
  }

  #addCustom(other: NativeHistogram, sign: 1 | -1): void {
    let side: Side = { indexes: indexesOf(other.positiveSpans, other.positiveBuckets.length), counts: other.positiveBuckets };
    if (!sameBounds(this.#customValues, other.customValues)) {
      const common = commonBounds(this.#customValues, other.customValues);
      this.#positive.regroup(bucketMap(this.#customValues, common));
      side = regroup(side, bucketMap(other.customValues, common));
      this.#customValues = common;
      this.#reconciled = true;
    }
    this.#positive.add(side, sign);
  }
}
