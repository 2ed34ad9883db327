/** A gauge is three quarters of a ring, open at the bottom. Angles in turns, clockwise from 12 o'clock. Pure. */
const START = -0.335;
const SWEEP = 0.67;

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
export function arcPath(from: number, to: number, radius: number): string {
  const [x1, y1] = point(from, radius);
  const [x2, y2] = point(to, radius);
  const large = (to - from) * SWEEP > 0.5 ? 1 : 0;
  return `M${x1} ${y1}A${radius} ${radius} 0 ${large} 1 ${x2} ${y2}`;
}

/** The point of the ring at a share. */
export function point(at: number, radius: number): readonly [x: number, y: number] {
  const angle = (START + at * SWEEP) * 2 * Math.PI;
  return [round(Math.sin(angle) * radius), round(-Math.cos(angle) * radius)];
}

/** The largest ring whose box fits, and where its middle goes. */
export function gaugeRing(
  width: number,
  height: number,
): { readonly radius: number; readonly centerX: number; readonly centerY: number } {
  // Below the middle the ring reaches down to its open ends only.
  const below = -Math.cos(START * 2 * Math.PI);
  const radius = Math.max(8, Math.min(width / 2, height / (1 + below)));
  return { radius, centerX: width / 2, centerY: radius + (height - radius * (1 + below)) / 2 };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
