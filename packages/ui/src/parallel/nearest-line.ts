/** Where one line of parallel coordinates crosses the axes, 0 at the bottom to 1; NaN has no value there. */
export type Places = Float64Array;

/** Below the axis, where the values stand that are not there. */
export const MISSING_PLACE = -0.1;

/** Whether a line crosses every brushed axis within its brush; what has no value there does not. Pure. */
export function isWithin(places: Places, brushes: readonly (readonly [low: number, high: number] | undefined)[]): boolean {
  return brushes.every((brush, axis) => brush === undefined || (places[axis]! >= brush[0] && places[axis]! <= brush[1]));
}

/**
 * The line nearest to a point, by its height there; -1 where none comes within `reach`. `axis` is a fraction: 1.5 is halfway between the
 * second axis and the third. Pure.
 */
export function nearestLine(lines: readonly Places[], axis: number, place: number, reach: number): number {
  let best = -1;
  let least = reach;
  for (const [at, places] of lines.entries()) {
    const left = Math.max(0, Math.min(places.length - 1, Math.floor(axis)));
    const right = Math.min(places.length - 1, left + 1);
    const part = Math.max(0, Math.min(1, axis - left));
    const distance = Math.abs(shown(places[left]!) * (1 - part) + shown(places[right]!) * part - place);
    if (distance <= least) [best, least] = [at, distance];
  }
  return best;
}

/** Where a place is drawn. */
export function shown(place: number): number {
  return Number.isNaN(place) ? MISSING_PLACE : place;
}
