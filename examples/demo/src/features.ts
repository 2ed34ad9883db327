import { PIXELS, SIDE } from './digits.ts';

/** What is watched for drift. Positions are in pixels from the upper left. */
export const FEATURES = ['mean_intensity', 'ink_fraction', 'centroid_x', 'centroid_y', 'stroke_width'] as const;
export type Feature = (typeof FEATURES)[number];

const INK = 0.5;

/** A picture's features. Without any ink there is no centroid and no stroke: those are NaN. */
export function featuresOf(pixels: Float32Array): Record<Feature, number> {
  let sum = 0;
  let sumX = 0;
  let sumY = 0;
  let ink = 0;
  let edges = 0;
  const inked = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < SIDE && y < SIDE && pixels[y * SIDE + x]! >= INK;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const value = pixels[y * SIDE + x]!;
      sum += value;
      sumX += value * x;
      sumY += value * y;
      if (!inked(x, y)) continue;
      ink += 1;
      edges += Number(!inked(x - 1, y)) + Number(!inked(x + 1, y)) + Number(!inked(x, y - 1)) + Number(!inked(x, y + 1));
    }
  }
  return {
    mean_intensity: sum / PIXELS,
    ink_fraction: ink / PIXELS,
    centroid_x: sum > 0 ? sumX / sum : Number.NaN,
    centroid_y: sum > 0 ? sumY / sum : Number.NaN,
    // A long stroke of width w has an area of w times its length and edges of twice its length.
    stroke_width: edges > 0 ? (2 * ink) / edges : Number.NaN,
  };
}

/** Mean and standard deviation of the features of the latest pictures. */
export class FeatureWindow {
  readonly #size: number;
  readonly #recent: Record<Feature, number>[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  add(features: Record<Feature, number>): void {
    this.#recent.push(features);
    if (this.#recent.length > this.#size) this.#recent.shift();
  }

  /** Undefined where no picture in the window has this feature. */
  of(feature: Feature): { mean: number; standardDeviation: number } | undefined {
    const values = this.#recent.map((features) => features[feature]).filter(Number.isFinite);
    if (values.length === 0) return undefined;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, standardDeviation: Math.sqrt(squares / values.length) };
  }
}
