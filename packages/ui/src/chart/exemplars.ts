import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame } from '@vitrine/model/frame.ts';

/** One observation beside the lines, mostly with the trace that made it. */
export interface Exemplar {
  readonly x: number;
  readonly y: number;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly frame: Frame;
  readonly row: number;
}

/** More dots than this are a cloud. */
const MOST = 5_000;

/** The exemplars of the frames that hold any: the time, the first numbers, and all words as labels. Pure. */
export function exemplarsOf(frames: readonly Frame[]): readonly Exemplar[] {
  const found: Exemplar[] = [];
  for (const frame of frames) {
    if (frame.shape !== 'exemplars') continue;
    const x = frame.fields.find(({ type }) => type === 'time');
    const y = frame.fields.find(({ type }) => type === 'number');
    if (!isNumbers(x) || !isNumbers(y)) continue;
    const words = frame.fields.filter((field) => field.type === 'string');
    for (let row = 0; row < frame.length && found.length < MOST; row++) {
      if (!Number.isFinite(x.values[row]!) || !Number.isFinite(y.values[row]!)) continue;
      const labels = words.flatMap(({ name, values }) => {
        const value = values[row];
        return value === undefined || value === '' ? [] : [[name, value] as const];
      });
      found.push({ x: x.values[row]!, y: y.values[row]!, labels, frame, row });
    }
  }
  return found;
}

/** How far below the plot's upper edge an exemplar is drawn, whole within the plot: one whose value the axis does not reach stands at the edge. Pixels. */
export function withinEdges(top: number, height: number, size: number): number {
  return Math.min(Math.max(top, size), Math.max(size, height - size));
}

/** The one within `reachPx` of a point, where there is one. */
export function nearestExemplar(
  exemplars: readonly Exemplar[],
  point: { readonly left: number; readonly top: number },
  place: (exemplar: Exemplar) => { readonly left: number; readonly top: number },
  reachPx: number,
): Exemplar | undefined {
  let best: Exemplar | undefined;
  let least = reachPx;
  for (const exemplar of exemplars) {
    const { left, top } = place(exemplar);
    const distance = Math.hypot(left - point.left, top - point.top);
    if (distance <= least) [best, least] = [exemplar, distance];
  }
  return best;
}
