/** What the value axis shows. Hard limits win over the data, soft limits widen it. */
export interface RangeLimits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly softMin?: number | undefined;
  readonly softMax?: number | undefined;
  readonly log?: boolean | undefined;
}

const PADDING = 0.06;
/** Zero comes in where the data reaches down to this share of its maximum: half the axis would be empty otherwise. */
const ZERO_WITHIN = 0.3;

/** A span this small beside the numbers is what rounding left of none. */
const ROUNDING = 1e-11;

/**
 * The [min, max] of an axis for data from `low` to `high` (NaN, NaN where there is none). Air above and below; never below
 * zero for data that isn't; never empty.
 */
export function valueRange(low: number, high: number, limits: RangeLimits): readonly [min: number, max: number] {
  let min = Number.isFinite(low) ? low : 0;
  let max = Number.isFinite(high) ? high : Number.isFinite(low) ? low : 1;
  if (limits.softMin !== undefined) min = Math.min(min, limits.softMin);
  if (limits.softMax !== undefined) max = Math.max(max, limits.softMax);
  if (limits.log) return logRange(min, max, limits);
  if (max - min <= Math.max(Math.abs(min), Math.abs(max)) * ROUNDING) {
    const air = min === 0 ? 1 : Math.abs(min) * 0.2;
    [min, max] = [min >= 0 ? Math.max(0, min - air) : min - air, max <= 0 && min < 0 ? Math.min(0, max + air) : max + air];
  } else {
    const air = (max - min) * PADDING;
    if (min > 0 && min <= max * ZERO_WITHIN) min = 0;
    else if (min !== 0 && min !== limits.softMin) min = min > 0 ? Math.max(0, min - air) : min - air;
    if (max !== 0 && max !== limits.softMax) max = max < 0 ? Math.min(0, max + air) : max + air;
  }
  if (limits.min !== undefined && Number.isFinite(limits.min)) min = limits.min;
  if (limits.max !== undefined && Number.isFinite(limits.max)) max = limits.max;
  if (!(max > min)) max = limits.max === undefined || limits.min !== undefined ? min + Math.max(1, Math.abs(min) * 0.2) : max;
  if (!(max > min)) min = max - Math.max(1, Math.abs(max) * 0.2);
  return withFiniteSpan(min, max);
}

/** As far as an axis reaches where the data go from one end of all numbers to the other: their distance is no number any more. */
const FURTHEST = Number.MAX_VALUE / 4;

export function withFiniteSpan(min: number, max: number): readonly [min: number, max: number] {
  return Number.isFinite(max - min) ? [min, max] : [Math.max(min, -FURTHEST), Math.min(max, FURTHEST)];
}

/** The smallest positive number an axis starts from where the data has none. */
const LOG_FLOOR = 1e-12;

function logRange(low: number, high: number, limits: RangeLimits): readonly [number, number] {
  const positive = (value: number | undefined) =>
    value !== undefined && value > 0 && Number.isFinite(value) ? value : undefined;
  let min = positive(limits.min) ?? positive(low) ?? LOG_FLOOR;
  let max = positive(limits.max) ?? positive(high) ?? min * 10;
  if (positive(limits.min) === undefined) min /= 1.15;
  if (positive(limits.max) === undefined) max *= 1.15;
  if (!(max > min)) max = min * 10;
  return [min, Math.min(max, Number.MAX_VALUE)];
}
