import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame, NumberField } from '@vitrine/model/frame.ts';

/** Buckets that a source counted already: a bar each. */
export interface BucketBars {
  /** One more than there are bars, rising; the first may be -Infinity, the last Infinity. */
  readonly edges: readonly number[];
  readonly counts: Float64Array;
  /** Says how values of the bounds are written. */
  readonly field: NumberField;
}

/**
 * The buckets of the first frame that holds any, added up over its rows. Those at either end that counted nothing are left out.
 * undefined where no frame holds buckets.
 */
export function bucketBars(frames: readonly Frame[]): BucketBars | undefined {
  const frame = frames.find(({ shape, length }) => shape === 'buckets' && length > 0);
  if (frame === undefined) return undefined;
  const buckets = frame.fields
    .slice(1)
    .filter((field): field is NumberField => isNumbers(field))
    .map((field) => ({ field, high: boundOf(field), count: sumOf(field) }))
    .filter(({ high }) => !Number.isNaN(high));
  const from = buckets.findIndex(({ count }) => count > 0);
  if (from === -1) return undefined;
  const to = buckets.findLastIndex(({ count }) => count > 0) + 1;
  const shown = buckets.slice(from, to);
  return {
    edges: [buckets[from - 1]?.high ?? Number.NEGATIVE_INFINITY, ...shown.map(({ high }) => high)],
    counts: Float64Array.from(shown, ({ count }) => count),
    field: shown[0]!.field,
  };
}

function boundOf({ labels, name }: NumberField): number {
  const text = labels?.['le'] ?? name;
  if (/^\+?Inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  return text.trim() === '' ? Number.NaN : Number(text);
}

function sumOf({ values, present }: NumberField): number {
  return values.reduce((sum, value, row) => (present?.[row] === 0 || Number.isNaN(value) ? sum : sum + value), 0);
}
