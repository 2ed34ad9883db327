import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame, NumberField } from '@vitrine/model/frame.ts';
import { formatText } from '@vitrine/model/unit.ts';

/** What a heatmap draws of an answer. */
export interface HeatRows {
  readonly shape: 'buckets' | 'series';
  readonly xs: Float64Array;
  /** From the lowest to the highest; `from` and `to` are a bucket's bounds in words. */
  readonly rows: readonly { readonly name: string; readonly field: NumberField; readonly from: string }[];
}

/**
 * Buckets stand in the order of their bounds, series in their own order from the top down. The first frame that can be drawn
 * decides which of both; frames of the other shape, or over other times, have no place in it.
 */
export function heatRows(frames: readonly Frame[], bucketUnit: string): HeatRows | undefined {
  const first = frames.find((frame) => frame.shape !== 'table' && frame.length > 0 && frame.fields.length > 1);
  const x = first?.fields[0];
  if (first === undefined || !isNumbers(x)) return undefined;
  const alike = frames.filter((frame) => frame.shape === first.shape && sameX(frame, x.values));
  const fields = alike.flatMap((frame) => frame.fields.slice(1)).filter(isNumbers);
  if (fields.length === 0) return undefined;
  if (first.shape === 'series') {
    return { shape: 'series', xs: x.values, rows: fields.map((field) => ({ name: field.name, field, from: '' })).toReversed() };
  }
  const bounded = fields
    .map((field) => ({ field, bound: boundOf(field) }))
    .toSorted((a, b) => (a.bound === b.bound ? 0 : a.bound - b.bound));
  const words = (bound: number) => (bound === Infinity ? '+Inf' : formatText(bound, bucketUnit));
  return {
    shape: 'buckets',
    xs: x.values,
    rows: bounded.map(({ field, bound }, index) => ({
      name: words(bound),
      field,
      from: index === 0 ? '' : words(bounded[index - 1]!.bound),
    })),
  };
}

function sameX({ fields }: Frame, xs: Float64Array): boolean {
  const x = fields[0];
  if (!isNumbers(x)) return false;
  return x.values === xs || (x.values.length === xs.length && x.values.every((value, index) => value === xs[index]));
}

function boundOf(field: NumberField): number {
  const text = field.labels?.['le'] ?? field.name;
  return text === '+Inf' ? Infinity : Number(text);
}
