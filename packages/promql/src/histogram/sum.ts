import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { BucketSpan, CounterReset, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { compensate } from '../evaluate/kahan.ts';
import { upperBound } from './bound.ts';
import { bucketMap, commonBounds, sameBounds } from './custom-bounds.ts';
import { coarser, indexesOf, isPacked, packSide, regroup, sameIndexes, sameSpans, sideOf, type Side } from './side.ts';

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

const NOTHING = new Float64Array(0);

/** Sums of buckets. Buckets that come in are made room for. */
class SideTotal {
  /** The spans of the counts as long as no other bucket has come in: histograms of a series nearly always have the same. */
  #spans: readonly BucketSpan[] | undefined;
  /** Made where the spans are not enough. */
  #knownIndexes: Int32Array | undefined;
  #counts: Float64Array;
  /** What rounding took from each; undefined until something is added. */
  #lost: Float64Array | undefined;

  constructor(spans: readonly BucketSpan[], counts: Float64Array) {
    this.#spans = spans;
    this.#counts = counts.length === 0 ? NOTHING : counts.slice();
  }

  /** Adds buckets that lie as the spans say. */
  addSpans(spans: readonly BucketSpan[], counts: Float64Array, sign: 1 | -1): void {
    const sums = this.#counts;
    if (this.#spans === undefined || counts.length !== sums.length || !sameSpans(this.#spans, spans)) {
      this.add(sideOf(spans, counts), sign);
      return;
    }
    if (counts.length === 0) return;
    const lost = (this.#lost ??= new Float64Array(sums.length));
    for (let i = 0; i < sums.length; i++) {
      const sum = sums[i]!;
      const value = sign * counts[i]!;
      const next = sum + value;
      lost[i] = compensate(sum, value, next, lost[i]!);
      sums[i] = next;
    }
  }

  add({ indexes, counts }: Side, sign: 1 | -1): void {
    if (indexes.length === 0) return;
    if (!sameIndexes(this.#indexes(), indexes)) this.#makeRoom(indexes);
    const [mine, sums] = [this.#indexes(), this.#counts];
    const lost = (this.#lost ??= new Float64Array(sums.length));
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
    const before = this.#indexes();
    const { indexes, counts } = regroup({ indexes: before, counts: this.#counts }, target);
    // Both are sums, so that what was lost can be merged in the same way.
    if (this.#lost !== undefined) this.#lost = regroup({ indexes: before, counts: this.#lost }, target).counts;
    this.#counts = counts;
    this.#place(indexes);
  }

  scale(factor: number): void {
    const [counts, lost] = [this.#counts, this.#lost];
    for (let i = 0; i < counts.length; i++) counts[i]! *= factor;
    if (lost !== undefined) for (let i = 0; i < lost.length; i++) lost[i]! *= factor;
  }

  /** The upper bound of the populated bucket that has the threshold within it; the threshold where there is none. */
  widen(threshold: number, schema: { schema: number; customValues: Float64Array }): number {
    const indexes = this.#indexes();
    for (let i = 0; i < indexes.length; i++) {
      const index = indexes[i]!;
      if (upperBound(index - 1, schema) >= threshold) return threshold;
      const upper = upperBound(index, schema);
      if (upper > threshold) return this.#counts[i] === 0 ? threshold : upper;
    }
    return threshold;
  }

  /** Takes out the buckets that begin below the threshold and adds them to `into`. */
  moveBelow(threshold: number, schema: { schema: number; customValues: Float64Array }, into: Total): void {
    const indexes = this.#indexes();
    let to = 0;
    for (; to < indexes.length; to++) {
      if (upperBound(indexes[to]! - 1, schema) >= threshold) break;
      into.add(this.#counts[to]!);
      if (this.#lost !== undefined) into.add(this.#lost[to]!);
    }
    if (to === 0) return;
    this.#counts = this.#counts.subarray(to);
    this.#lost = this.#lost?.subarray(to);
    this.#place(indexes.subarray(to));
  }

  /** As they are now. */
  get side(): Side {
    return { indexes: this.#indexes(), counts: this.#sums() };
  }

  /** As they are now, without empty buckets. */
  pack(): { readonly spans: readonly BucketSpan[]; readonly buckets: Float64Array } {
    const sums = this.#sums();
    return this.#spans !== undefined && isPacked(this.#spans, sums)
      ? { spans: this.#spans, buckets: sums }
      : packSide({ indexes: this.#indexes(), counts: sums });
  }

  #indexes(): Int32Array {
    return (this.#knownIndexes ??= indexesOf(this.#spans ?? [], this.#counts.length));
  }

  #place(indexes: Int32Array): void {
    this.#knownIndexes = indexes;
    this.#spans = undefined;
  }

  #sums(): Float64Array {
    const [counts, lost] = [this.#counts, this.#lost];
    if (counts.length === 0) return NOTHING;
    const sums = counts.slice();
    if (lost !== undefined) for (let i = 0; i < sums.length; i++) sums[i]! += lost[i]!;
    return sums;
  }

  #makeRoom(indexes: Int32Array): void {
    const mine = this.#indexes();
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
        lost[length] = this.#lost?.[i] ?? 0;
        i++;
      }
      length++;
    }
    this.#counts = counts.subarray(0, length);
    this.#lost = lost.subarray(0, length);
    this.#place(merged.subarray(0, length));
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
    this.#positive = new SideTotal(first.positiveSpans, first.positiveBuckets);
    this.#negative = new SideTotal(first.negativeSpans, first.negativeBuckets);
  }

  /** A histogram that says "reset" met one that says "not reset": then the sum's hint is "unknown". */
  get collided(): boolean {
    return this.#collided;
  }

  /** Custom bounds differed, and only those that all have are left. */
  get reconciled(): boolean {
    return this.#reconciled;
  }

  /** All observations so far. */
  get count(): number {
    return this.#count.result;
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
    if (other.schema === this.#schema && other.zeroThreshold === this.#zeroThreshold) {
      this.#zero.add(sign * other.zeroCount);
      this.#positive.addSpans(other.positiveSpans, other.positiveBuckets, sign);
      this.#negative.addSpans(other.negativeSpans, other.negativeBuckets, sign);
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
    this.#zero.scale(factor);
    this.#count.scale(factor);
    this.#sum.scale(factor);
    this.#positive.scale(factor);
    this.#negative.scale(factor);
    if (factor < 0) this.#reset = 'gauge';
  }

  /** The sum as it is now, without empty buckets. */
  result(): NativeHistogram {
    const positive = this.#positive.pack();
    const negative = this.#negative.pack();
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
    if (!(threshold > this.#zeroThreshold)) return this.#zeroThreshold;
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
    const working = new HistogramSum(other);
    // Each may push the other's threshold up until both end at a bound of both.
    for (;;) {
      const wide = working.widenZero(this.#zeroThreshold);
      if (!(wide > this.#zeroThreshold)) break;
      this.widenZero(wide);
    }
    working.coarsen(this.#schema);
    this.coarsen(working.#schema);
    return { zeroCount: working.#zero.result, positive: working.#positive.side, negative: working.#negative.side };
  }

  #addCustom(other: NativeHistogram, sign: 1 | -1): void {
    if (sameBounds(this.#customValues, other.customValues)) {
      this.#positive.addSpans(other.positiveSpans, other.positiveBuckets, sign);
      return;
    }
    const common = commonBounds(this.#customValues, other.customValues);
    this.#positive.regroup(bucketMap(this.#customValues, common));
    const side = sideOf(other.positiveSpans, other.positiveBuckets);
    this.#positive.add(regroup(side, bucketMap(other.customValues, common)), sign);
    this.#customValues = common;
    this.#reconciled = true;
  }
}
