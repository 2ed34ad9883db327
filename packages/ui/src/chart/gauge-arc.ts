/** Rings of gauges. Angles in turns, clockwise from 12 o'clock. All pure. */
export interface Ring {
  readonly start: number;
  /** Up to a whole turn. */
  readonly sweep: number;
}

/** Two thirds of a ring, open at the bottom. */
export const ARC: Ring = { start: -0.335, sweep: 0.67 };
/** A whole ring from the bottom round. */
export const CIRCLE: Ring = { start: -0.5, sweep: 1 };

export interface GaugeScale {
  readonly min: number;
  readonly max: number;
}

/** Where a value stands on the ring, 0 to 1; a value outside stays at its end. */
export function share(value: number, { min, max }: GaugeScale): number {
  if (!(max > min) || Number.isNaN(value)) return 0;
  return Math.min(1, Math.max(0, (value - min) / (max - min)));
}

/** SVG path data of the ring from one share to another around (0, 0). */
export function arcPath(from: number, to: number, radius: number, ring: Ring = ARC): string {
  // An arc that ends where it began is none: a whole ring is two.
  if ((to - from) * ring.sweep > 0.999) {
    const middle = (from + to) / 2;
    return arcPath(from, middle, radius, ring) + arcPath(middle, to, radius, ring).replace('M', 'L');
  }
  const [x1, y1] = point(from, radius, ring);
  const [x2, y2] = point(to, radius, ring);
  const large = (to - from) * ring.sweep > 0.5 ? 1 : 0;
  return `M${x1} ${y1}A${radius} ${radius} 0 ${large} 1 ${x2} ${y2}`;
}

/** The point of the ring at a share. */
export function point(at: number, radius: number, { start, sweep }: Ring = ARC): readonly [x: number, y: number] {
  const angle = (start + at * sweep) * 2 * Math.PI;
  return [round(Math.sin(angle) * radius), round(-Math.cos(angle) * radius)];
}

/**
 * The stretches, as shares, that a value fills of a ring in so many pieces, from where it begins to be filled. `spacing` is how far
 * pieces stand apart, 0 to 1.
 */
export function filledPieces(from: number, to: number, pieces: number, spacing = 0.3): readonly (readonly [number, number])[] {
  const [low, high] = from < to ? [from, to] : [to, from];
  if (!(high > low)) return [];
  if (pieces <= 1) return [[low, high]];
  const gap = (0.6 * spacing) / pieces;
  return Array.from({ length: pieces }, (_, piece): readonly [number, number] => [
    Math.max(low, piece / pieces + gap / 2),
    Math.min(high, (piece + 1) / pieces - gap / 2),
  ]).filter(([start, end]) => end > start);
}

/** The largest ring whose box fits, and where its middle goes. */
export function gaugeRing(
  width: number,
  height: number,
  ring: Ring = ARC,
): { readonly radius: number; readonly centerX: number; readonly centerY: number } {
  // Below the middle an open ring reaches down to its open ends only.
  const below = ring.sweep >= 1 ? 1 : -Math.cos(ring.start * 2 * Math.PI);
  const radius = Math.max(8, Math.min(width / 2, height / (1 + below)));
  return { radius, centerX: width / 2, centerY: radius + (height - radius * (1 + below)) / 2 };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
