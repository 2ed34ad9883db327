import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { seededRandom, shuffledIndexes } from './random.ts';

/** Pictures are squares of this many pixels a side. */
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
export const CLASSES = 10;

/** Handwritten digits: picture `i` is `pixels[i × 784 …]`, row by row, 0 paper to 1 ink. */
export interface Digits {
  readonly count: number;
  readonly pixels: Float32Array;
  /** What the writer meant, 0 to 9. */
  readonly labels: Uint8Array;
}

export interface DigitSplit {
  readonly train: Digits;
  readonly validation: Digits;
  /** Seen by no training and by no choice made during it. The load generator replays these. */
  readonly heldOut: Digits;
}

const VALIDATION_COUNT = 500;
const HELD_OUT_COUNT = 2_000;

// Fixed, so that the load generator, another process, knows which digits no training has seen.
const SPLIT_SEED = 20_240_229;

/**
 * Reads the roughly 10,000 MNIST digits that the package `mnist` carries. Its files are read directly: requiring it would parse them
 * into plain arrays, and it hangs its names on the global object.
 */
export async function readDigits(): Promise<Digits> {
  const folder = join(dirname(fileURLToPath(import.meta.resolve('mnist'))), 'digits');
  const parts: { pixels: Float32Array; count: number }[] = [];
  // One after the other: parsed, a file takes several times the room of what is kept of it.
  for (let digit = 0; digit < CLASSES; digit++) {
    const { data } = JSON.parse(await readFile(join(folder, `${digit}.json`), 'utf8')) as { data: number[] };
    const count = Math.floor(data.length / PIXELS);
    parts.push({ pixels: Float32Array.from(data.slice(0, count * PIXELS)), count });
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const pixels = new Float32Array(count * PIXELS);
  const labels = new Uint8Array(count);
  let at = 0;
  parts.forEach((part, digit) => {
    pixels.set(part.pixels, at * PIXELS);
    labels.fill(digit, at, at + part.count);
    at += part.count;
  });
  return { count, pixels, labels };
}

/** Always the same three parts of the same digits. */
export function splitDigits(all: Digits): DigitSplit {
  const order = shuffledIndexes(all.count, seededRandom(SPLIT_SEED));
  const trainEnd = all.count - VALIDATION_COUNT - HELD_OUT_COUNT;
  const validationEnd = all.count - HELD_OUT_COUNT;
  return {
    train: pickDigits(all, order.subarray(0, trainEnd)),
    validation: pickDigits(all, order.subarray(trainEnd, validationEnd)),
    heldOut: pickDigits(all, order.subarray(validationEnd)),
  };
}

/** Copies the digits at these indexes. */
export function pickDigits(from: Digits, indexes: Uint32Array): Digits {
  const pixels = new Float32Array(indexes.length * PIXELS);
  const labels = new Uint8Array(indexes.length);
  indexes.forEach((index, at) => {
    pixels.set(pixelsOf(from, index), at * PIXELS);
    labels[at] = from.labels[index]!;
  });
  return { count: indexes.length, pixels, labels };
}

/** A view on one picture, not a copy. */
export function pixelsOf(digits: Digits, index: number): Float32Array {
  return digits.pixels.subarray(index * PIXELS, (index + 1) * PIXELS);
}
