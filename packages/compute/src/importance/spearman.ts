/**
 * Spearman's rank correlation, -1 to 1: Pearson's correlation of the ranks, equal values sharing their mean rank. Pairs in which either
 * is no finite number are left out. NaN where fewer than three pairs are left, or where one side does not vary.
 */
export function spearman(xs: ArrayLike<number>, ys: ArrayLike<number>): number {
  const left: number[] = [];
  const right: number[] = [];
  for (let at = 0; at < Math.min(xs.length, ys.length); at++) {
    if (!Number.isFinite(xs[at]) || !Number.isFinite(ys[at])) continue;
    left.push(xs[at]!);
    right.push(ys[at]!);
  }
  return left.length < 3 ? Number.NaN : pearson(ranks(left), ranks(right));
}

/** From 1 up; equal values have the mean of their ranks. */
function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const ranked = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) ranked[order[at]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranked;
}

function pearson(xs: Float64Array, ys: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  let [both, ofX, ofY] = [0, 0, 0];
  for (let at = 0; at < xs.length; at++) {
    const [dx, dy] = [xs[at]! - meanX, ys[at]! - meanY];
    both += dx * dy;
    ofX += dx * dx;
    ofY += dy * dy;
  }
  return ofX === 0 || ofY === 0 ? Number.NaN : both / Math.sqrt(ofX * ofY);
}
