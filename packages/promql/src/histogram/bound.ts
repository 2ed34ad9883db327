import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';

/**
 * The upper bound of bucket `index`, as an absolute value: 2^(index / 2^schema), or the listed bound of a histogram with
 * custom buckets. Equal bounds of different schemas are the same number to the last bit.
 */
export function upperBound(index: number, { schema, customValues }: Pick<NativeHistogram, 'schema' | 'customValues'>): number {
  if (schema === CUSTOM_BUCKETS) {
    return index < 0 ? -Infinity : index < customValues.length ? customValues[index]! : Infinity;
  }
  const perDoubling = 2 ** schema;
  const whole = Math.floor(index / perDoubling);
  const part = index - whole * perDoubling;
  // The last bucket before the one of ±Inf ends at the largest number; the formula says Infinity.
  if (whole === 1024 && part === 0) return Number.MAX_VALUE;
  // One power could overflow or lose bits where their product does not.
  return (part === 0 ? 1 : (ROOTS[schema]?.[part] ?? 2 ** (part / perDoubling))) * 2 ** whole;
}

/** By schema from 0 to 8: 2^(i / 2^schema) for the buckets of one doubling. */
const ROOTS: readonly Float64Array[] = Array.from({ length: 9 }, (_, schema) =>
  Float64Array.from({ length: 2 ** schema }, (__, i) => 2 ** (i / 2 ** schema)),
);
