export interface BarSeries {
  readonly id: string;
  readonly name: string;
  /** A value a category; NaN where there is none. */
  readonly values: Float64Array;
  readonly colorAt: (category: number) => string;
  readonly textAt: (category: number) => string;
  /** Of the bar, 0 to 1. */
  readonly fill: number;
  /** CSS pixels. */
  readonly lineWidth: number;
  readonly gradient: boolean;
  /** Drawn as the outline of its bars, without them. */
  readonly outline?: boolean;
}

/** Bars by columns: which value each shows, from where to where it reaches, and its place across its band. */
export interface Bars {
  readonly count: number;
  readonly category: Uint32Array;
  readonly series: Uint32Array;
  /** Along the value axis. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Shares of the band, 0 to 1. */
  readonly offset: Float64Array;
  readonly thickness: Float64Array;
  /** Over all ends; Infinity, -Infinity where there are no bars. */
  readonly low: number;
  readonly high: number;
}

/** overlay: all in one place, one behind the other. */
export type Stacking = 'none' | 'overlay' | 'normal' | 'percent';

/**
 * Where bars stand. Stacked, rises pile up from zero upward and falls downward; in percent each is its share of its category.
 * What is missing, NaN or infinite has no bar. In the order of categories, then of series.
 */
export function layoutBars(
  series: readonly Pick<BarSeries, 'values'>[],
  categories: number,
  stacking: Stacking,
  groupWidth: number,
  barWidth: number,
): Bars {
  const most = categories * series.length;
  const category = new Uint32Array(most);
  const of = new Uint32Array(most);
  const from = new Float64Array(most);
  const to = new Float64Array(most);
  const offset = new Float64Array(most);
  const thickness = new Float64Array(most);
  const lanes = stacking === 'none' ? Math.max(1, series.length) : 1;
  const piles = stacking === 'normal' || stacking === 'percent';
  const lane = groupWidth / lanes;
  let count = 0;
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < categories; at++) {
    let total = 0;
    if (stacking === 'percent') {
      for (const { values } of series) if (Number.isFinite(values[at]!)) total += Math.abs(values[at]!);
    }
    let up = 0;
    let down = 0;
    for (const [index, { values }] of series.entries()) {
      let value = values[at]!;
      if (!Number.isFinite(value)) continue;
      if (stacking === 'percent') {
        // Nothing has no shares.
        if (total === 0) continue;
        value /= total;
      }
      const base = !piles ? 0 : value >= 0 ? up : down;
      if (piles) {
        if (value >= 0) up += value;
        else down += value;
      }
      category[count] = at;
      of[count] = index;
      from[count] = base;
      to[count] = base + value;
      const place = stacking === 'none' ? index : 0;
      offset[count] = (1 - groupWidth) / 2 + lane * (place + (1 - barWidth) / 2);
      thickness[count] = lane * barWidth;
      low = Math.min(low, base, base + value);
      high = Math.max(high, base, base + value);
      count++;
    }
  }
  return { count, category, series: of, from, to, offset, thickness, low, high };
}
