/**
 * Smoothing of one stretch of a curve, at full resolution. All write `out[from…to)` from `ys[from…to)`. Values that are not finite
 * come out as they are and do not enter any average. The formulas stand in docs/curves.md.
 */

/** Whether all finite values are the same: their averages would differ in the last digit, and a chart of nothing but that would be drawn. */
function isConstant(ys: Float64Array, from: number, to: number): boolean {
  let known = Number.NaN;
  for (let index = from; index < to; index++) {
    const y = ys[index]!;
    if (y - y !== 0 || y === known) continue;
    if (known - known === 0) return false;
    known = y;
  }
  return true;
}

/** 1 less this is 1. */
const NEGLIGIBLE = 1e-17;

/** Between two points of an exponential average. */
export interface EmaState {
  readonly sum: number;
  /** wⁿ: the share of the average that no value has filled. 0 where that is too small to matter. */
  readonly missing: number;
}

const EMA_START: EmaState = { sum: 0, missing: 1 };
/** So many values are averaged before it is asked whether all of them were finite. */
const EMA_BLOCK = 1_024;

/**
 * TensorBoard's: s = w·s + (1 − w)·y from s = 0, divided by 1 − wⁿ after n finite values, so that the start does not lean towards zero.
 * `weight` is 0 up to 1, 1 excluded. Answers where it ended, for who goes on from there with what came since, as `before`; undefined
 * where all values were the same so far.
 */
export function smoothEma(
  ys: Float64Array,
  weight: number,
  out: Float64Array,
  from = 0,
  to = ys.length,
  before?: EmaState,
): EmaState | undefined {
  if (before === undefined && isConstant(ys, from, to)) {
    out.set(ys.subarray(from, to), from);
    return undefined;
  }
  let { sum, missing } = before ?? EMA_START;
  const share = 1 - weight;
  for (let index = from; index < to;) {
    const end = Math.min(to, index + EMA_BLOCK);
    if (missing === 0) {
      let ahead = sum;
      for (let at = index; at < end; at++) {
        ahead = ahead * weight + share * ys[at]!;
        out[at] = ahead;
      }
      // What is not finite would have stayed in the sum. To look at each value takes longer than all the rest.
      if (ahead - ahead === 0) {
        sum = ahead;
        index = end;
        continue;
      }
    }
    for (; index < end; index++) {
      const y = ys[index]!;
      if (y - y !== 0) {
        out[index] = y;
        continue;
      }
      sum = sum * weight + share * y;
      // Too small to matter: kept on, it would become a number that processors are slow at, and a division costs as much as all the rest.
      missing = missing < NEGLIGIBLE ? 0 : missing * weight;
      out[index] = missing === 0 ? sum : sum / (1 - missing);
    }
  }
  return { sum, missing };
}

/** What W&B multiplies the share of the range by: as if every chart were so many points wide. */
const VIEWPORT_SCALE = 1_000;
const MOST_TWEMA_WEIGHT = 0.999;

/**
 * W&B's time-weighted average: the past is kept by w^(1000·Δx / range) where w = min(√weight, 0.999), so that points close together
 * count less each. `xs` does not fall; `range` is the whole curve's extent on x, above 0.
 */
export function smoothTwema(
  xs: Float64Array,
  ys: Float64Array,
  weight: number,
  range: number,
  out: Float64Array,
  from = 0,
  to = ys.length,
): void {
  if (isConstant(ys, from, to)) {
    out.set(ys.subarray(from, to), from);
    return;
  }
  const kept = Math.min(Math.sqrt(weight), MOST_TWEMA_WEIGHT);
  const perX = range > 0 ? VIEWPORT_SCALE / range : 0;
  let sum = 0;
  let mass = 0;
  let before = -1;
  let knownDistance = Number.NaN;
  let decay = 1;
  for (let index = from; index < to; index++) {
    const y = ys[index]!;
    if (y - y !== 0) {
      out[index] = y;
      continue;
    }
    const distance = before < 0 ? 0 : xs[index]! - xs[before]!;
    // Steps are mostly even, and a power costs more than all the rest.
    if (distance !== knownDistance) {
      knownDistance = distance;
      decay = kept ** (distance * perX);
    }
    sum = sum * decay + y;
    mass = mass * decay + 1;
    out[index] = sum / mass;
    before = index;
  }
}

/** The kernel ends so many standard deviations from its middle. */
const GAUSSIAN_REACH = 4;
/** Multiplications above which neighbours are averaged first. */
const MOST_GAUSSIAN_WORK = 4e8;

/**
 * The average of the neighbours, each weighed by exp(−d² / 2σ²) of its distance d in points, up to 4σ. At the ends the weights of those
 * that are there count. `points` are those of all stretches that are smoothed so: they decide together what is too much work.
 */
export function smoothGaussian(
  ys: Float64Array,
  sigma: number,
  out: Float64Array,
  from = 0,
  to = ys.length,
  points = to - from,
): void {
  if (!(sigma > 0) || isConstant(ys, from, to)) {
    out.set(ys.subarray(from, to), from);
    return;
  }
  const work = points * Math.min(2 * GAUSSIAN_REACH * sigma + 1, to - from);
  if (work > MOST_GAUSSIAN_WORK && sigma >= 16) smoothWideGaussian(ys, sigma, out, from, to);
  else convolve(ys, gaussianKernel(sigma, to - from), out, from, to);
}

/** The newest: a curve of many stretches needs the same for each. */
let kept: { readonly sigma: number; readonly kernel: Float64Array } | undefined;

/** One half of the kernel: weights of the distances 0, 1, …, of no more than there are between `points` points. */
function gaussianKernel(sigma: number, points: number): Float64Array {
  const whole = Math.floor(GAUSSIAN_REACH * sigma + 0.5) + 1;
  const needed = Math.min(whole, points);
  const known = kept?.sigma === sigma ? kept.kernel.length : 0;
  if (kept === undefined || known < needed) {
    // Stretches may each be longer than the one before by a point.
    const kernel = new Float64Array(Math.min(whole, Math.max(needed, 2 * known)));
    for (let distance = 0; distance < kernel.length; distance++) kernel[distance] = Math.exp(-0.5 * (distance / sigma) ** 2);
    kept = { sigma, kernel };
  }
  return kept.kernel.subarray(0, needed);
}

function convolve(ys: Float64Array, kernel: Float64Array, out: Float64Array, from: number, to: number): void {
  const reach = kernel.length - 1;
  let whole = 0;
  for (let distance = -reach; distance <= reach; distance++) whole += kernel[Math.abs(distance)]!;
  // How many of those in the window are not finite: mostly none, and then no value needs a look.
  let holes = 0;
  for (let index = from; index < Math.min(to, from + reach); index++) if (ys[index]! - ys[index]! !== 0) holes++;
  for (let index = from; index < to; index++) {
    const entering = index + reach;
    const leaving = index - reach - 1;
    if (entering < to && ys[entering]! - ys[entering]! !== 0) holes++;
    if (leaving >= from && ys[leaving]! - ys[leaving]! !== 0) holes--;
    const y = ys[index]!;
    if (y - y !== 0) {
      out[index] = y;
      continue;
    }
    if (holes === 0 && index - reach >= from && entering < to) {
      let sum = kernel[0]! * y;
      for (let distance = 1; distance <= reach; distance++)
        sum += kernel[distance]! * (ys[index - distance]! + ys[index + distance]!);
      out[index] = sum / whole;
      continue;
    }
    let sum = 0;
    let mass = 0;
    for (let other = Math.max(from, index - reach); other < Math.min(to, index + reach + 1); other++) {
      const value = ys[other]!;
      if (value - value !== 0) continue;
      const weight = kernel[Math.abs(other - index)]!;
      sum += weight * value;
      mass += weight;
    }
    out[index] = sum / mass;
  }
}

/**
 * For kernels so wide that every product would take seconds: the same over the means of groups of points, straight lines between them.
 * What grouping and lines widen the kernel by is taken off its variance.
 */
function smoothWideGaussian(ys: Float64Array, sigma: number, out: Float64Array, from: number, to: number): void {
  const size = Math.floor(sigma / 8);
  const groups = Math.ceil((to - from) / size);
  const means = new Float64Array(groups);
  for (let group = 0; group < groups; group++) {
    let sum = 0;
    let count = 0;
    for (let index = from + group * size; index < Math.min(to, from + (group + 1) * size); index++) {
      const y = ys[index]!;
      if (y - y !== 0) continue;
      sum += y;
      count++;
    }
    means[group] = count > 0 ? sum / count : Number.NaN;
  }
  const smooth = new Float64Array(groups);
  const widened = (size * size - 1) / 12 + (size * size) / 6;
  convolve(means, gaussianKernel(Math.sqrt(sigma * sigma - widened) / size, groups), smooth, 0, groups);
  for (let index = from; index < to; index++) {
    const y = ys[index]!;
    if (y - y !== 0) {
      out[index] = y;
      continue;
    }
    const place = (index - from + 0.5) / size - 0.5;
    const left = Math.min(groups - 1, Math.max(0, Math.floor(place)));
    const right = Math.min(groups - 1, left + 1);
    const [a, b] = [smooth[left]!, smooth[right]!];
    const between = a + (b - a) * Math.min(1, Math.max(0, place - left));
    // A group without a finite value has no mean.
    out[index] = Number.isNaN(between) ? (Number.isNaN(a) ? (Number.isNaN(b) ? y : b) : a) : between;
  }
}

/**
 * The mean of the finite values among `points` neighbours: half of them before, itself, the rest after; at the ends of those that are
 * there. No sum is ever taken back from another, so that one huge value leaves nothing behind.
 */
export function smoothMean(ys: Float64Array, points: number, out: Float64Array, from = 0, to = ys.length): void {
  if (isConstant(ys, from, to)) {
    out.set(ys.subarray(from, to), from);
    return;
  }
  const width = Math.max(1, Math.min(Math.floor(points), 2 * (to - from)));
  const before = Math.floor(width / 2);
  // A window lies over two blocks as wide as itself: the end of one and the beginning of the next (van Herk).
  const tailSums = new Float64Array(width);
  const tailCounts = new Float64Array(width);
  let headSum = 0;
  let headCount = 0;
  let block = from - before;
  for (let start = from - before; start < to - before; start++) {
    if (start === from - before || start - block === width) {
      block = start;
      headSum = 0;
      headCount = 0;
      let sum = 0;
      let count = 0;
      for (let offset = width - 1; offset >= 0; offset--) {
        const index = block + offset;
        const y = index >= from && index < to ? ys[index]! : Number.NaN;
        if (y - y === 0) {
          sum += y;
          count++;
        }
        tailSums[offset] = sum;
        tailCounts[offset] = count;
      }
    } else {
      const index = start + width - 1;
      const y = index >= from && index < to ? ys[index]! : Number.NaN;
      if (y - y === 0) {
        headSum += y;
        headCount++;
      }
    }
    const middle = start + before;
    const y = ys[middle]!;
    out[middle] = y - y === 0 ? (tailSums[start - block]! + headSum) / (tailCounts[start - block]! + headCount) : y;
  }
}
