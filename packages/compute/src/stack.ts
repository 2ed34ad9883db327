/** A line and what lies under it. */
export interface Stacked {
  /** The sums, this line's own values included; NaN where it has none. */
  readonly tops: Float64Array;
  /** The sums without its own values. */
  readonly bases: Float64Array;
}

/**
 * Stacks lines in their order, matching points by equal x. A missing value adds nothing and leaves a gap in its own line.
 * Positive and negative values pile up on their own sides of zero, so that areas never overlap.
 */
export function stack(lines: readonly { readonly xs: Float64Array; readonly ys: Float64Array }[]): Stacked[] {
  const above = new Map<number, number>();
  const below = new Map<number, number>();
  return lines.map(({ xs, ys }) => {
    const tops = new Float64Array(ys.length);
    const bases = new Float64Array(ys.length);
    for (let index = 0; index < ys.length; index++) {
      const x = xs[index]!;
      const y = ys[index]!;
      const pile = y < 0 ? below : above;
      const base = pile.get(x) ?? 0;
      bases[index] = base;
      tops[index] = base + y;
      if (!Number.isNaN(y)) pile.set(x, base + y);
    }
    return { tops, bases };
  });
}
