import { ByteReader } from '../chunk/bytes.ts';
import { readInts } from '../chunk/int-stream.ts';

const US_PER_MS = 1_000;

/** Times of points that follow each other. */
export interface TimesPart {
  readonly length: number;
  /** Unix milliseconds, or whole microseconds as a stored piece has them. */
  readonly times: Float64Array | Uint8Array;
}

let scratch = new Float64Array(8_192);

/** When the points of a curve were logged. Times of stored pieces stay as they are stored: of a long curve few are ever asked for. */
export class CurveTimes {
  readonly #parts: readonly TimesPart[];
  /** The row of each part's first point, and at the end the number of all. */
  readonly #starts: Float64Array;

  constructor(parts: readonly TimesPart[]) {
    this.#parts = parts.filter(({ length }) => length > 0);
    this.#starts = new Float64Array(this.#parts.length + 1);
    for (const [index, { length }] of this.#parts.entries()) this.#starts[index + 1] = this.#starts[index]! + length;
  }

  get length(): number {
    return this.#starts.at(-1)!;
  }

  /** What they take in memory. */
  get bytes(): number {
    return this.#parts.reduce((sum, { times }) => sum + times.byteLength, 0);
  }

  /** Unix milliseconds of all of them, in an array of their own. */
  all(): Float64Array<ArrayBuffer> {
    const timesMs = new Float64Array(this.length);
    for (const [index, part] of this.#parts.entries()) decode(part, timesMs, this.#starts[index]!);
    return timesMs;
  }

  /** Unix milliseconds of those in these rows: soonest where the rows rise. */
  at(rows: Uint32Array): Float64Array<ArrayBuffer> {
    const found = new Float64Array(rows.length);
    let part = -1;
    let from = 0;
    let to = 0;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!;
      if (row < from || row >= to) {
        part = this.#partOf(row, part);
        from = this.#starts[part]!;
        to = this.#starts[part + 1]!;
        if (scratch.length < to - from) scratch = new Float64Array(to - from);
        decode(this.#parts[part]!, scratch, 0);
      }
      found[index] = scratch[row - from]!;
    }
    return found;
  }

  /** These, and behind them others. */
  followedBy(later: CurveTimes): CurveTimes {
    const last = this.#parts.at(-1);
    // A curve that grows by a few points at a time has not a part of each.
    if (last?.times instanceof Float64Array && last.length < scratch.length) {
      const joined = new Float64Array(last.length + later.length);
      joined.set(last.times);
      joined.set(later.all(), last.length);
      return new CurveTimes([...this.#parts.slice(0, -1), { length: joined.length, times: joined }]);
    }
    return new CurveTimes([...this.#parts, ...later.#parts]);
  }

  /** The part that has the row; mostly the one behind `near`. */
  #partOf(row: number, near: number): number {
    const starts = this.#starts;
    if (row >= starts[near + 1]! && row < (starts[near + 2] ?? 0)) return near + 1;
    let low = 0;
    let high = this.#parts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= row) low = middle;
      else high = middle;
    }
    return low;
  }
}

function decode({ length, times }: TimesPart, out: Float64Array, at: number): void {
  if (times instanceof Float64Array) {
    out.set(times, at);
    return;
  }
  readInts(new ByteReader(times), length, out, at);
  for (let index = at; index < at + length; index++) out[index] = out[index]! / US_PER_MS;
}
