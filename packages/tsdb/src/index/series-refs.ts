/** Refs are dense; of a million series that were dropped some may be left. */
const FURTHEST_GAP = 2 ** 24;

/** Longer than any query works on the series that it was told of at once. */
const REST_MS = 10 * 60_000;

/**
 * Gives refs to new series. The ref of a dropped series is given again, so that columns indexed by ref stay dense, but
 * only once the log holds none of its samples, which would come back as another series', and no query that was told of the
 * dropped one reads chunks under its ref any more.
 */
export class SeriesRefs {
  #next = 0;
  readonly #free: number[] = [];
  #resting: { readonly ref: number; readonly walId: number; readonly sinceMs: number }[] = [];

  /** One more than the greatest ref given. */
  get limit(): number {
    return this.#next;
  }

  /** Says that a ref is in use. */
  adopt(ref: number): void {
    // One far beyond all others is a damaged one, that no new series will come to.
    if (ref >= this.#next && ref < this.#next + FURTHEST_GAP) this.#next = ref + 1;
  }

  take(): number {
    return this.#free.pop() ?? this.#next++;
  }

  /** Takes back a ref that was never written. */
  giveBack(ref: number): void {
    this.#free.push(ref);
  }

  /** The series is gone; the log may hold samples of it up to row `walId`. */
  rest(ref: number, walId: number): void {
    this.#resting.push({ ref, walId, sinceMs: performance.now() });
  }

  /** The log's rows up to `walId` are gone. */
  cut(walId: number): void {
    const restedMs = performance.now() - REST_MS;
    this.#resting = this.#resting.filter((resting) => {
      if (resting.walId > walId || resting.sinceMs > restedMs) return true;
      this.#free.push(resting.ref);
      return false;
    });
  }
}
