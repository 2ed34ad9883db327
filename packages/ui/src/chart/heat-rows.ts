/** Where the rows of a heatmap stand, counted from the bottom as they are drawn. All pure. */

/** The whole rows that a choice of height touches; all rows where nothing is chosen or the rows have become fewer. */
export function rowWindow(chosen: readonly [number, number] | undefined, rows: number): readonly [from: number, to: number] {
  if (chosen === undefined) return [0, rows];
  const from = Math.max(0, Math.floor(chosen[0]));
  const to = Math.min(rows, Math.ceil(chosen[1]));
  return to > from ? [from, to] : [0, rows];
}

/** The row between whose edges a value lies; -1 where there is none. Edges rise; the lowest belongs to the first row. */
export function rowOf(edges: Float64Array, value: number): number {
  const last = edges.length - 1;
  if (!(value >= edges[0]! && value <= edges[last]!)) return -1;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The edges of buckets on a scale: what is open at an end goes on as far as its neighbour is wide; a lowest bucket above nothing
 * begins at zero, which a logarithm does not have. undefined where the bounds have no place on the scale.
 */
export function bucketEdges(
  rows: readonly { readonly low: number; readonly high: number }[],
  scale: 'linear' | 'log' | 'symlog',
): Float64Array | undefined {
  if (rows.length === 0) return undefined;
  const edges = [rows[0]!.low, ...rows.map(({ high }) => high)];
  const last = edges.length - 1;
  const inner = edges.filter((edge) => Number.isFinite(edge) && (scale !== 'log' || edge > 0));
  if (inner.length < 2 || inner.length < edges.length - 2) return undefined;
  const widen = (edge: number, next: number) => (scale === 'log' ? (edge * edge) / next : 2 * edge - next);
  if (!inner.includes(edges[0]!)) edges[0] = scale !== 'log' && inner[0]! > 0 ? 0 : widen(inner[0]!, inner[1]!);
  if (!inner.includes(edges[last]!)) edges[last] = widen(inner.at(-1)!, inner.at(-2)!);
  return edges.every((edge, at) => at === 0 || edge > edges[at - 1]!) ? Float64Array.from(edges) : undefined;
}
