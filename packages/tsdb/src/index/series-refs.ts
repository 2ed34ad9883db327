/** Refs are dense; of a million series that were dropped some may be left. */
const FURTHEST_GAP = 2 ** 24;

/**
 * Gives refs to new series. The ref of a dropped series is given again, so that columns indexed by ref stay dense, but
 * only once the log holds none of its samples: they would come back as another series'.
 */
export class SeriesRefs {
  #next = 0;
  readonly #free: number[] = [];
  #resting: { readonly ref: number; readonly walId: number }[] = [];

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
    this.#resting.push({ ref, walId });
  }

  /** The log's rows up to `walId` are gone. */
  cut(walId: number): void {
    for (const resting of this.#resting) if (resting.walId <= walId) this.#free.push(resting.ref);
    this.#resting = this.#resting.filter((resting) => resting.walId > walId);
  }
}
