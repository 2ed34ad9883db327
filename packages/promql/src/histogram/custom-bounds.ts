/** Whether two histograms with custom buckets have the same ones. */
export function sameBounds(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The bounds that both have: buckets between them can be merged from either side without guessing. */
export function commonBounds(a: Float64Array, b: Float64Array): Float64Array {
  const common: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      common.push(a[i]!);
      i++;
      j++;
    } else if (a[i]! < b[j]!) i++;
    else j++;
  }
  return Float64Array.from(common);
}

/** For each bucket of `from` (the one to +Inf included) the bucket of `to` that contains it; `to` is a subset of `from`. */
export function bucketMap(from: Float64Array, to: Float64Array): (index: number) => number {
  const map = new Int32Array(from.length + 1);
  let at = 0;
  for (let i = 0; i < from.length; i++) {
    while (at < to.length && to[at]! < from[i]!) at++;
    map[i] = at;
  }
  map[from.length] = to.length;
  return (index) => (index < 0 ? 0 : map[Math.min(index, from.length)]!);
}
