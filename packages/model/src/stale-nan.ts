/**
 * The sample that says "this series ended here": a NaN with the payload that Prometheus uses
 * (0x7ff0000000000002). It is told from other NaNs by its bits only, so look at it through a Uint32Array over
 * the same buffer and move it with `TypedArray.set`, never through arithmetic.
 */
const STALE_NAN_HIGH = 0x7ff00000;
const STALE_NAN_LOW = 0x00000002;

/** Whether the number at `index` is the stale marker; `words` is a Uint32Array over the values' buffer (little-endian). */
export function isStaleAt(words: Uint32Array, index: number): boolean {
  return words[2 * index + 1] === STALE_NAN_HIGH && words[2 * index] === STALE_NAN_LOW;
}

/** Writes the stale marker at `index`. */
export function setStaleAt(words: Uint32Array, index: number): void {
  words[2 * index + 1] = STALE_NAN_HIGH;
  words[2 * index] = STALE_NAN_LOW;
}

/** A Uint32Array over the same bytes as `values`: two words a number, the low one first. */
export function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
