import type { Field } from '@vitrine/model/frame.ts';

import { cellAt, takeFrameRows, textOf } from './column.ts';
import { findField } from './fields.ts';
import type { TransformationKind } from './transformation.ts';

export const sortBy: TransformationKind = {
  id: 'sortBy',
  title: 'Sort by',
  description: 'Sorts the rows of each frame by a field.',
  defaults: { sort: [] },
  apply(frames, options) {
    const [first] = options.list('sort');
    if (first === undefined) return frames;
    const desc = first.flag('desc', false);
    return frames.map((frame) => {
      const field = findField(first.text('field'), frame, frames);
      if (field === undefined) return frame;
      return takeFrameRows(frame, sortRows(field, frame.length, desc));
    });
  },
};

const naturally = new Intl.Collator('en', { numeric: false, sensitivity: 'base' });

/**
 * The rows in the order of a field's values; equal ones stay as they stand. Missing numbers count as lowest and NaN as lower
 * still, missing texts as highest.
 */
export function sortRows(field: Field, length: number, desc: boolean): Int32Array {
  const rows = Int32Array.from({ length }, (_, row) => row);
  const sign = desc ? -1 : 1;
  if (field.type === 'number' || field.type === 'time' || field.type === 'boolean') {
    const keys = new Float64Array(length);
    const rank = new Uint8Array(length);
    for (let row = 0; row < length; row++) {
      const missing = field.present !== undefined && field.present[row] === 0;
      keys[row] = missing ? 0 : field.values[row]!;
      rank[row] = missing ? 1 : Number.isNaN(keys[row]) ? 0 : 2;
    }
    if (!desc && isSorted(keys, rank)) return rows;
    return rows.sort((a, b) => {
      if (rank[a] !== rank[b]) return sign * (rank[a]! - rank[b]!);
      return keys[a] === keys[b] || rank[a] !== 2 ? a - b : sign * (keys[a]! < keys[b]! ? -1 : 1);
    });
  }
  // Many cells hold the same few texts: compare each once.
  const texts = Array.from({ length }, (_, row) => (cellAt(field, row) === undefined ? undefined : textOf(cellAt(field, row))));
  const distinct = [...new Set(texts)].filter((text) => text !== undefined).sort(compareTexts);
  const rankOf = new Map<string | undefined, number>(distinct.map((text) => [text, 0]));
  let rank = 0;
  for (const [index, text] of distinct.entries()) {
    if (index > 0 && compareTexts(distinct[index - 1]!, text) !== 0) rank++;
    rankOf.set(text, rank);
  }
  rankOf.set(undefined, rank + 1);
  const ranks = Int32Array.from(texts, (text) => rankOf.get(text)!);
  return rows.sort((a, b) => (ranks[a] === ranks[b] ? a - b : sign * (ranks[a]! - ranks[b]!)));
}

function isSorted(keys: Float64Array, rank: Uint8Array): boolean {
  for (let row = 0; row < keys.length; row++) {
    if (rank[row] !== 2 || (row > 0 && keys[row]! < keys[row - 1]!)) return false;
  }
  return true;
}

/** Regardless of case; an empty text is no text and comes last. */
function compareTexts(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  return naturally.compare(a, b);
}
