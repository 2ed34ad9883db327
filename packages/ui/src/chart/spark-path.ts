import { lowerBound, thin, thinCapacity } from '@vitrine/compute/downsample.ts';

/** SVG path data of a small line and of the area under it. */
export interface SparkPath {
  readonly line: string;
  readonly area: string;
  /** Points without neighbours, as x, y pairs. */
  readonly dots: readonly (readonly [number, number])[];
}

/** Room for the stroke at both edges. */
const INSET = 2;

/** A line of `ys` over `xs` (rising; NaN is a gap) in a box. A flat line runs through the middle. Pure. */
export function sparkPath(
  xs: Float64Array,
  ys: Float64Array,
  xMin: number,
  xMax: number,
  width: number,
  height: number,
): SparkPath {
  const columns = Math.max(1, Math.floor(width));
  const from = lowerBound(xs, xMin);
  const to = Math.min(xs.length, lowerBound(xs, xMax) + 1);
  const kept = new Uint32Array(thinCapacity(columns + 2));
  const count = to > from && xMax > xMin ? thin(xs, ys, from, to, xMin, xMax, columns, kept) : 0;
  let low = Infinity;
  let high = -Infinity;
  for (let n = 0; n < count; n++) {
    const y = ys[kept[n]!]!;
    if (y - y !== 0) continue;
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  if (!(low <= high)) return { line: '', area: '', dots: [] };
  const room = Math.max(1, height - 2 * INSET);
  const px = (x: number) => round(((x - xMin) / (xMax - xMin)) * width);
  const py = (y: number) => round(high === low ? height / 2 : INSET + room - ((y - low) / (high - low)) * room);
  let line = '';
  let area = '';
  const dots: (readonly [number, number])[] = [];
  let stretch: (readonly [number, number])[] = [];
  const close = () => {
    if (stretch.length === 1) dots.push(stretch[0]!);
    if (stretch.length > 1) {
      const path = stretch.map(([x, y]) => `${x} ${y}`).join('L');
      line += `M${path}`;
      area += `M${stretch[0]![0]} ${height}L${path}L${stretch[stretch.length - 1]![0]} ${height}Z`;
    }
    stretch = [];
  };
  for (let n = 0; n < count; n++) {
    const index = kept[n]!;
    const y = ys[index]!;
    if (y - y !== 0) close();
    else stretch.push([px(xs[index]!), py(y)]);
  }
  close();
  return { line, area, dots };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
