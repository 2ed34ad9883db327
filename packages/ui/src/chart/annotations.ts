import type { AnnotationEvent } from '@vitrine/model/frame.ts';

/** An annotation on a chart's x axis. */
export interface ChartMark {
  readonly from: number;
  /** The same as `from` for an instant. */
  readonly to: number;
  readonly event: AnnotationEvent;
}

/** Marks that stand so near each other that they share a flag in the lane. */
export interface MarkCluster {
  /** Of the plot's width, 0 to 1. */
  readonly left: number;
  readonly right: number;
  readonly marks: readonly ChartMark[];
}

/** The events where the chart's x is told by `toX`; those whose time has no x there are left out. Pure. */
export function marksOf(events: readonly AnnotationEvent[], toX: (timeMs: number) => number | undefined): ChartMark[] {
  return events.flatMap((event) => {
    const from = toX(event.timeMs);
    const to = toX(event.endMs);
    if (from === undefined && to === undefined) return [];
    return [{ from: from ?? to!, to: to ?? from!, event }];
  });
}

const FLAG_PX = 10;

/** The marks in view, in their order, near ones together. Pure. */
export function clusterMarks(marks: readonly ChartMark[], xMin: number, xMax: number, widthPx: number): MarkCluster[] {
  const share = (x: number) => Math.min(1, Math.max(0, (x - xMin) / (xMax - xMin)));
  const clusters: { left: number; right: number; anchor: number; marks: ChartMark[] }[] = [];
  for (const mark of marks.filter(({ from, to }) => to >= xMin && from <= xMax).toSorted((a, b) => a.from - b.from)) {
    const left = share(mark.from);
    const last = clusters.at(-1);
    if (last !== undefined && (left - last.anchor) * widthPx < FLAG_PX) {
      last.marks.push(mark);
      last.right = Math.max(last.right, share(mark.to));
    } else clusters.push({ left, right: share(mark.to), anchor: left, marks: [mark] });
  }
  return clusters.map(({ left, right, marks: together }) => ({ left, right, marks: together }));
}

/** A map from time to another x by the rows of a frame that has both: straight between rows, nothing beyond them. Times rise. Pure. */
export function timeToX(times: Float64Array, xs: Float64Array): (timeMs: number) => number | undefined {
  return (timeMs) => interpolate(times, xs, timeMs);
}

/** The value of `ys` where `xs`, which rises, is `x`; undefined beyond its ends. */
export function interpolate(xs: Float64Array, ys: Float64Array, x: number): number | undefined {
  const { length } = xs;
  if (length === 0 || !(x >= xs[0]! && x <= xs[length - 1]!)) return undefined;
  let low = 0;
  let high = length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  const width = xs[high]! - xs[low]!;
  return width === 0 ? ys[low] : ys[low]! + ((ys[high]! - ys[low]!) * (x - xs[low]!)) / width;
}
