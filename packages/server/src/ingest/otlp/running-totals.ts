import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';

/** What was counted of a series so far. Never changed, only replaced. */
export type Total =
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'histogram';
      readonly bounds: readonly number[];
      readonly counts: readonly number[];
      readonly count: number;
      readonly sum: number | undefined;
    }
  | { readonly kind: 'exponential'; readonly histogram: NativeHistogram };

export interface RunningTotal {
  readonly total: Total;
  /** Of the newest point that is in it. */
  readonly startMs: number;
  readonly timeMs: number;
}

export interface RunningTotalsLimits {
  /** Series that are remembered at a time. */
  readonly series: number;
  /** Numbers in all of them together; a histogram has one for each bucket. */
  readonly numbers: number;
  /** A series that is not heard of for so long is forgotten. */
  readonly staleMs: number;
}

const LIMITS: RunningTotalsLimits = { series: 100_000, numbers: 4_000_000, staleMs: 3_600_000 };
/** Characters of a key that take about as much memory as a number with what is around it. */
const KEY_CHARS_A_NUMBER = 8;

interface Entry {
  readonly running: RunningTotal;
  readonly seenMs: number;
  readonly size: number;
}

/** Remembers what was counted so far, by series, in bounded memory. */
export class RunningTotals {
  readonly #limits: RunningTotalsLimits;
  /** The one that was not heard of for the longest time first. */
  readonly #entries = new Map<string, Entry>();
  #numbers = 0;

  constructor(limits: RunningTotalsLimits = LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** One request's view. Its changes count at once, as later requests build on them; `undo` takes them back. */
  begin(nowMs: number): TotalsChange {
    this.#forgetStale(nowMs);
    const changed: { key: string; before: Entry | undefined; after: Entry }[] = [];
    return {
      get: (key) => this.#entries.get(key)?.running,
      set: (key, running) => {
        const before = this.#entries.get(key);
        const after = { running, seenMs: nowMs, size: sizeOf(key, running.total) };
        if (before === undefined && this.#entries.size >= this.#limits.series) return false;
        if (this.#numbers - (before?.size ?? 0) + after.size > this.#limits.numbers) return false;
        this.#put(key, before, after);
        changed.push({ key, before, after });
        return true;
      },
      undo: () => {
        for (const { key, before, after } of changed.toReversed()) {
          // What another request has built upon stays: its samples say already what was counted here.
          if (this.#entries.get(key) !== after) continue;
          if (before !== undefined) this.#put(key, after, before);
          else {
            this.#entries.delete(key);
            this.#numbers -= after.size;
          }
        }
      },
    };
  }

  #put(key: string, before: Entry | undefined, after: Entry): void {
    this.#numbers += after.size - (before?.size ?? 0);
    this.#entries.delete(key);
    this.#entries.set(key, after);
  }

  #forgetStale(nowMs: number): void {
    for (const [key, { seenMs, size }] of this.#entries) {
      if (seenMs > nowMs - this.#limits.staleMs) return;
      this.#entries.delete(key);
      this.#numbers -= size;
    }
  }
}

export interface TotalsChange {
  get(key: string): RunningTotal | undefined;
  /** False where there is no more room, and then nothing has changed. */
  set(key: string, running: RunningTotal): boolean;
  /** For a request that was not stored: its sender sends it again. */
  undo(): void;
}

function sizeOf(key: string, total: Total): number {
  const own = 4 + Math.ceil(key.length / KEY_CHARS_A_NUMBER);
  if (total.kind === 'number') return own;
  if (total.kind === 'histogram') return own + total.bounds.length + total.counts.length;
  const { positiveBuckets, negativeBuckets, positiveSpans, negativeSpans } = total.histogram;
  return own + positiveBuckets.length + negativeBuckets.length + 2 * (positiveSpans.length + negativeSpans.length);
}
