/** A slice: angles in radians, clockwise from twelve o'clock. */
export interface PieSlice {
  /** Its place among the values. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
  /** Of the whole, 0 to 1. */
  readonly share: number;
}

/** Slices of the values above zero; nothing else has a share of a whole. Equal values stay in their order. */
export function pieSlices(values: readonly number[], sort: 'asc' | 'desc' | 'none'): PieSlice[] {
  const drawn = [...values.entries()].filter(([, value]) => value > 0 && Number.isFinite(value));
  if (sort !== 'none') drawn.sort(([, a], [, b]) => (sort === 'asc' ? a - b : b - a));
  // Scaled first: a sum of the largest numbers would be infinite.
  const largest = drawn.reduce((most, [, value]) => Math.max(most, value), 0);
  const total = drawn.reduce((sum, [, value]) => sum + value / largest, 0);
  let at = 0;
  return drawn.map(([index, value]) => {
    const share = value / largest / total;
    const from = at;
    at += share * 2 * Math.PI;
    return { index, from, to: at, share };
  });
}

/** The slice at an angle; -1 where there is none. */
export function sliceAt(slices: readonly PieSlice[], angle: number): number {
  const turn = 2 * Math.PI;
  const at = ((angle % turn) + turn) % turn;
  const found = slices.findIndex(({ from, to }) => at >= from && at < to);
  return found < 0 && slices.length > 0 && at > slices.at(-1)!.to - 1e-9 ? slices.length - 1 : found;
}
