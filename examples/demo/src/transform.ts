import { PIXELS, SIDE } from './digits.ts';
import { gaussian } from './random.ts';
import type { Random } from './random.ts';

/** Turns a picture about its centre, counter-clockwise as seen, with bilinear sampling; what comes from outside is paper. */
export function rotated(pixels: Float32Array, radians: number): Float32Array {
  const turned = new Float32Array(PIXELS);
  const centre = (SIDE - 1) / 2;
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      // Rows grow downwards, so the way back from a counter-clockwise turn has these signs.
      const dx = x - centre;
      const dy = y - centre;
      turned[y * SIDE + x] = sample(pixels, centre + dx * cos - dy * sin, centre + dx * sin + dy * cos);
    }
  }
  return turned;
}

/** Adds normally distributed noise to each pixel, kept within 0 and 1 as a camera would. */
export function noisy(pixels: Float32Array, standardDeviation: number, random: Random): Float32Array {
  return pixels.map((value) => Math.min(1, Math.max(0, value + standardDeviation * gaussian(random))));
}

const WORST_NOISE = 0.45;
const WORST_RADIANS = Math.PI / 3;

/** A picture as a failing, badly mounted camera would send it: severity 0 is untouched, 1 is the worst. */
export function degraded(pixels: Float32Array, severity: number, random: Random): Float32Array {
  if (severity <= 0) return pixels;
  const radians = (2 * random() - 1) * WORST_RADIANS * severity;
  return noisy(rotated(pixels, radians), WORST_NOISE * severity, random);
}

function sample(pixels: Float32Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const down = y - top;
  return (
    at(pixels, left, top) * (1 - right) * (1 - down) +
    at(pixels, left + 1, top) * right * (1 - down) +
    at(pixels, left, top + 1) * (1 - right) * down +
    at(pixels, left + 1, top + 1) * right * down
  );
}

function at(pixels: Float32Array, x: number, y: number): number {
  return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : pixels[y * SIDE + x]!;
}
