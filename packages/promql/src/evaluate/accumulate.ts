import type { Aggregation } from '../ast.ts';
import { HistogramMean } from '../histogram/mean.ts';
import { HistogramSum } from '../histogram/sum.ts';
import { dropHistograms, type Cells, type Column } from './column.ts';
import { HistogramTotals } from './histogram-totals.ts';
import { compensate, roundingOf } from './kahan.ts';
import { NotShareable } from './not-shareable.ts';
import type { SeriesNotes } from './series-notes.ts';

/** Takes a group's series one after the other and holds no more than a few numbers a step. */
export interface Accumulator {
  /** May take the histograms out of the column. */
  add(column: Column): void;
  /** The group's values; `present` says where any series had one. Called once, at the end. */
  finish(): Cells;
  /** In place of finish(): numbers that several may add up, each with those of some of the series, to what one would have found. */
  finishPart?(): Cells[];
}

/** The accumulator of an aggregation that needs no more than running numbers; undefined for the others. */
export function accumulatorOf({ op, role }: Aggregation, count: number, notes: SeriesNotes): Accumulator | undefined {
  switch (op) {
    case 'sum':
      return new Sum(count, notes, role !== undefined);
    case 'avg':
      return new Average(count, notes, role !== undefined);
    case 'min':
      return new OfNumbers(op, notes, new Extreme(count, -1));
    case 'max':
      return new OfNumbers(op, notes, new Extreme(count, 1));
    case 'count':
      return new Count(count, false);
    case 'group':
      return new Count(count, true);
    case 'stdvar':
      return new OfNumbers(op, notes, new Variance(count, false));
    case 'stddev':
      return new OfNumbers(op, notes, new Variance(count, true));
    default:
      return undefined;
  }
}

/** Passes over histograms, and says so. */
class OfNumbers implements Accumulator {
  readonly #op: Aggregation['op'];
  readonly #notes: SeriesNotes;
  readonly #numbers: Accumulator;

  constructor(op: Aggregation['op'], notes: SeriesNotes, numbers: Accumulator) {
    this.#op = op;
    this.#notes = notes;
    this.#numbers = numbers;
  }

  add(column: Column): void {
    if (dropHistograms(column) > 0) this.#notes.ignoredInAggregation(this.#op);
    this.#numbers.add(column);
  }

  finish(): Cells {
    return this.#numbers.finish();
  }
}

class Sum implements Accumulator {
  readonly #sums: Float64Array;
  readonly #lost: Float64Array;
  readonly #present: Uint8Array;
  readonly #notes: SeriesNotes;
  readonly #isShared: boolean;
  #histograms: HistogramTotals | undefined;

  /** @param isShared Others add some of the series: finite numbers that overflow are refused. */
  constructor(count: number, notes: SeriesNotes, isShared: boolean) {
    this.#isShared = isShared;
    this.#sums = new Float64Array(count);
    this.#lost = new Float64Array(count);
    this.#present = new Uint8Array(count);
    this.#notes = notes;
  }

  add(column: Column): void {
    if (column.histograms !== undefined) {
      this.#histograms ??= new HistogramTotals(HistogramSum, this.#notes);
      this.#histograms.add(column);
      dropHistograms(column);
    }
    const { values, present } = column;
    const [sums, lost, any, isShared] = [this.#sums, this.#lost, this.#present, this.#isShared];
    for (let i = 0; i < sums.length; i++) {
      if (present[i] === 0) continue;
      any[i] = 1;
      const value = values[i]!;
      const sum = sums[i]!;
      const next = sum + value;
      if (isShared && overflows(sum, value, next)) throw new NotShareable();
      lost[i] = compensate(sum, value, next, lost[i]!);
      sums[i] = next;
    }
  }

  finish(): Cells {
    const sums = this.#sums;
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + this.#lost[i]!;
    const cells: Cells = { values: sums, present: this.#present };
    this.#histograms?.finish(cells);
    return cells;
  }

  finishPart(): Cells[] {
    if (this.#histograms !== undefined) throw new NotShareable();
    const [sums, lost, present] = [this.#sums, this.#lost, this.#present];
    const sum = { values: sums, present };
    return lost.some((value) => value !== 0) ? [sum, { values: lost, present: present.slice() }] : [sum];
  }
}

function overflows(sum: number, value: number, next: number): boolean {
  return (next === Infinity || next === -Infinity) && Number.isFinite(sum) && Number.isFinite(value);
}

class Average implements Accumulator {
  /** The sum; from where it would overflow, the running mean. */
  readonly #sums: Float64Array;
  readonly #lost: Float64Array;
  readonly #counts: Float64Array;
  readonly #running: Uint8Array;
  readonly #notes: SeriesNotes;
  readonly #isShared: boolean;
  #histograms: HistogramTotals | undefined;

  constructor(count: number, notes: SeriesNotes, isShared: boolean) {
    this.#isShared = isShared;
    this.#sums = new Float64Array(count);
    this.#lost = new Float64Array(count);
    this.#counts = new Float64Array(count);
    this.#running = new Uint8Array(count);
    this.#notes = notes;
  }

  add(column: Column): void {
    if (column.histograms !== undefined) {
      this.#histograms ??= new HistogramTotals(HistogramMean, this.#notes);
      this.#histograms.add(column);
      dropHistograms(column);
    }
    const { values, present } = column;
    const [sums, lost, counts] = [this.#sums, this.#lost, this.#counts];
    for (let i = 0; i < sums.length; i++) {
      if (present[i] === 0) continue;
      const value = values[i]!;
      const count = ++counts[i]!;
      const sum = sums[i]!;
      if (this.#running[i] === 0) {
        const next = sum + value;
        if (count === 1 || (next !== Infinity && next !== -Infinity)) {
          lost[i] = compensate(sum, value, next, lost[i]!);
          sums[i] = next;
          continue;
        }
        if (this.#isShared && overflows(sum, value, next)) throw new NotShareable();
        this.#running[i] = 1;
        sums[i] = sum / (count - 1);
        lost[i] = lost[i]! / (count - 1);
      }
      const share = (count - 1) / count;
      const mean = share * sums[i]!;
      const next = mean + value / count;
      lost[i] = compensate(mean, value / count, next, share * lost[i]!);
      sums[i] = next;
    }
  }

  finish(): Cells {
    const [sums, lost, counts] = [this.#sums, this.#lost, this.#counts];
    const present = new Uint8Array(sums.length);
    for (let i = 0; i < sums.length; i++) {
      const count = counts[i]!;
      present[i] = count > 0 ? 1 : 0;
      // The sum and what it lacks, in whichever order the series came.
      const sum = sums[i]! + lost[i]!;
      if (this.#running[i] === 1) sums[i] = sum;
      else sums[i] = Number.isFinite(sum) ? sum / count + roundingOf(sums[i]!, lost[i]!, sum) / count : sum / count;
    }
    const cells: Cells = { values: sums, present };
    this.#histograms?.finish(cells);
    return cells;
  }
}

class Extreme implements Accumulator {
  readonly #best: Float64Array;
  readonly #present: Uint8Array;
  readonly #sign: 1 | -1;

  constructor(count: number, sign: 1 | -1) {
    this.#best = new Float64Array(count);
    this.#present = new Uint8Array(count);
    this.#sign = sign;
  }

  add({ values, present }: Column): void {
    const [best, any, sign] = [this.#best, this.#present, this.#sign];
    for (let i = 0; i < best.length; i++) {
      if (present[i] === 0) continue;
      const known = best[i]!;
      // A NaN gives way to anything.
      if (any[i] === 0 || values[i]! * sign > known * sign || known !== known) best[i] = values[i]!;
      any[i] = 1;
    }
  }

  finish(): Cells {
    return { values: this.#best, present: this.#present };
  }
}

class Count implements Accumulator {
  readonly #counts: Float64Array;
  readonly #onlyOne: boolean;

  /** @param onlyOne `group`: 1 however many there are. */
  constructor(count: number, onlyOne: boolean) {
    this.#counts = new Float64Array(count);
    this.#onlyOne = onlyOne;
  }

  add({ present }: Column): void {
    const counts = this.#counts;
    for (let i = 0; i < counts.length; i++) counts[i]! += present[i]!;
  }

  finish(): Cells {
    const counts = this.#counts;
    const present = new Uint8Array(counts.length);
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      present[i] = 1;
      if (this.#onlyOne) counts[i] = 1;
    }
    return { values: counts, present };
  }
}

/** Welford's running variance. */
class Variance implements Accumulator {
  readonly #counts: Float64Array;
  readonly #means: Float64Array;
  readonly #squares: Float64Array;
  readonly #root: boolean;

  constructor(count: number, root: boolean) {
    this.#counts = new Float64Array(count);
    this.#means = new Float64Array(count);
    this.#squares = new Float64Array(count);
    this.#root = root;
  }

  add({ values, present }: Column): void {
    const [counts, means, squares] = [this.#counts, this.#means, this.#squares];
    for (let i = 0; i < counts.length; i++) {
      if (present[i] === 0) continue;
      const value = values[i]!;
      const count = ++counts[i]!;
      const delta = value - means[i]!;
      const mean = means[i]! + delta / count;
      means[i] = mean;
      squares[i]! += delta * (value - mean);
    }
  }

  finish(): Cells {
    const [counts, squares] = [this.#counts, this.#squares];
    const present = new Uint8Array(counts.length);
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      present[i] = 1;
      const variance = squares[i]! / counts[i]!;
      squares[i] = this.#root ? Math.sqrt(variance) : variance;
    }
    return { values: squares, present };
  }
}
