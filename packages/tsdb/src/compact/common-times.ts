import { encodeTimes } from '../chunk/times.ts';

/** Fewer are not worth a row. */
const MIN_SAMPLES = 16;
/** Series that are scraped together follow each other, so few have to be remembered. */
const REMEMBERED = 64;

interface Known {
  readonly timestampsMs: Float64Array;
  /** The row that they are in, once a second series has them too. */
  id: number | undefined;
}

/** Finds, while chunks are written, those that have their timestamps in common. */
export class CommonTimes {
  readonly #insert: (maxMs: number, data: Uint8Array) => number;
  readonly #known = new Map<string, Known>();

  /** `insert` writes a row of times, and returns its id. What it wrote must stay as long as this is asked. */
  constructor(insert: (maxMs: number, data: Uint8Array) => number) {
    this.#insert = insert;
  }

  /** The row of times that a chunk of these samples may point to; undefined where it is to have its own. */
  idOf(timestampsMs: Float64Array, from: number, count: number): number | undefined {
    if (count < MIN_SAMPLES || isEven(timestampsMs, from, count)) return undefined;
    const key = `${timestampsMs[from]} ${timestampsMs[from + count - 1]} ${count}`;
    const known = this.#known.get(key);
    if (known === undefined || !isSame(known.timestampsMs, timestampsMs, from)) {
      this.#known.delete(key);
      this.#known.set(key, { timestampsMs: timestampsMs.slice(from, from + count), id: undefined });
      if (this.#known.size > REMEMBERED) this.#known.delete(this.#known.keys().next().value as string);
      return undefined;
    }
    known.id ??= this.#insert(timestampsMs[from + count - 1] as number, encodeTimes(timestampsMs, from, count));
    return known.id;
  }
}

/** Whether they are a straight line, which takes a few bytes anywhere. */
function isEven(timestampsMs: Float64Array, from: number, count: number): boolean {
  const stepMs = (timestampsMs[from + 1] as number) - (timestampsMs[from] as number);
  for (let i = from + 2; i < from + count; i++) {
    if ((timestampsMs[i] as number) - (timestampsMs[i - 1] as number) !== stepMs) return false;
  }
  return true;
}

function isSame(known: Float64Array, timestampsMs: Float64Array, from: number): boolean {
  for (let i = 0; i < known.length; i++) if (known[i] !== timestampsMs[from + i]) return false;
  return true;
}
