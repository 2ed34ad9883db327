/** Of what a column has, so much more is set aside when it grows. */
const ROOM = 1 / 8;

/**
 * The column with `tail` behind it: in its own memory where there is room, so that a long one is seldom copied. Whoever has the column
 * still has what it had; it must not be lengthened a second time.
 */
export function lengthened(column: Float64Array, tail: Float64Array): Float64Array {
  const longer = withRoom(column, column.length + tail.length);
  longer.set(tail, column.length);
  return longer;
}

/** The same with what comes behind left open. */
export function withRoom(column: Float64Array, length: number): Float64Array {
  if (column.byteOffset + length * column.BYTES_PER_ELEMENT <= column.buffer.byteLength)
    return new Float64Array(column.buffer, column.byteOffset, length);
  const longer = new Float64Array(Math.ceil(length * (1 + ROOM))).subarray(0, length);
  longer.set(column);
  return longer;
}
