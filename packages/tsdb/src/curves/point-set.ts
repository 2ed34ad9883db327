import type { PointColumns } from './points.ts';

const LEAST_PLACES = 64;
/** Past this share the table grows. */
const FULL = 0.5;
const LOW_WORD = 2 ** 32;

/** Which points are among some columns: step, time and the value's bits alike. Looks at what was appended to the columns since it looked last. */
export class PointSet {
  readonly #points: PointColumns;
  #known = 0;
  /** Open addressing: 1 + the point's index, 0 where nothing is. */
  #places = new Int32Array(LEAST_PLACES);

  constructor(points: PointColumns) {
    this.#points = points;
  }

  has(step: number, timeUs: number, low: number, high: number): boolean {
    this.#takeIn();
    return this.#places[this.#find(step, timeUs, low, high)] !== 0;
  }

  /** The place of that point, or the empty one where it would stand. */
  #find(step: number, timeUs: number, low: number, high: number): number {
    const { steps, timesUs, words } = this.#points;
    const mask = this.#places.length - 1;
    for (let place = hash(step, timeUs, low, high) & mask; ; place = (place + 1) & mask) {
      const at = (this.#places[place] as number) - 1;
      if (at < 0) return place;
      if (steps[at] === step && timesUs[at] === timeUs && words[2 * at] === low && words[2 * at + 1] === high) return place;
    }
  }

  #takeIn(): void {
    const { length } = this.#points;
    if (length === this.#known) return;
    if (length > this.#places.length * FULL) {
      let places = this.#places.length;
      while (length > places * FULL) places *= 2;
      this.#places = new Int32Array(places);
      this.#known = 0;
    }
    const { steps, timesUs, words } = this.#points;
    for (let at = this.#known; at < length; at++) {
      const [step, timeUs] = [steps[at] as number, timesUs[at] as number];
      const [low, high] = [words[2 * at] as number, words[2 * at + 1] as number];
      const place = this.#find(step, timeUs, low, high);
      // Of equal points one is enough, and a thousand would make a long way to those behind them.
      if (this.#places[place] === 0) this.#places[place] = at + 1;
    }
    this.#known = length;
  }
}

function hash(step: number, timeUs: number, low: number, high: number): number {
  let mixed = Math.imul((step % LOW_WORD) | 0, 0x9e3779b1);
  mixed = Math.imul((mixed ^ ((timeUs % LOW_WORD) | 0)) + (mixed >>> 15), 0x85ebca77);
  mixed = Math.imul((mixed ^ low) + (mixed >>> 13), 0xc2b2ae3d);
  mixed = Math.imul((mixed ^ high) + (mixed >>> 16), 0x27d4eb2f);
  return mixed ^ (mixed >>> 15);
}
