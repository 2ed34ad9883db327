import type { RunItem } from '@vitrine/model/curve-store.ts';
import type { RunItemRows } from '@vitrine/model/run-api.ts';

const DOUBLE_BYTES = 8;
const MOST_BYTES = 16 * 1024 * 1024;
const PR_ROWS = 6;
const HISTOGRAM_ROWS = 3;

/** The numbers of a histogram (left edges, right edges, counts) or PR curve (TP, FP, TN, FN, precision, recall); rows of equal length. */
export function itemRows({ kind }: Pick<RunItem, 'kind'>, data: Uint8Array): RunItemRows['rows'] {
  const numbers = doubles(data);
  if (kind === 'pr_curve') {
    const length = Math.floor(numbers.length / PR_ROWS);
    return Array.from({ length: PR_ROWS }, (_, row) => numbers.slice(row * length, (row + 1) * length));
  }
  const buckets = Math.floor(numbers.length / HISTOGRAM_ROWS);
  return Array.from({ length: HISTOGRAM_ROWS }, (_, row) =>
    Array.from({ length: buckets }, (__, bucket) => numbers[bucket * HISTOGRAM_ROWS + row] as number),
  );
}

function doubles(data: Uint8Array): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: Math.floor(data.byteLength / DOUBLE_BYTES) }, (_, at) => view.getFloat64(at * DOUBLE_BYTES, true));
}

/**
 * So many of them, the first and the last among them, evenly by place; all where they are no more. Fewer where their data would be more
 * than 16 MiB, as much as one item may have: in an answer it is several times that, as text.
 */
export function evenly<T extends { readonly bytes: number }>(
  all: readonly T[],
  most: number,
): { readonly chosen: readonly T[]; readonly isCut: boolean } {
  for (let count = most; ;) {
    const chosen = byPlace(all, count);
    const bytes = chosen.reduce((sum, item) => sum + item.bytes, 0);
    if (bytes <= MOST_BYTES || chosen.length <= 1) return { chosen, isCut: count < most };
    count = Math.min(chosen.length - 1, Math.ceil((chosen.length * MOST_BYTES) / bytes));
  }
}

function byPlace<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  if (most === 1) return all.slice(-1);
  return Array.from({ length: most }, (_, at) => all[Math.round((at * (all.length - 1)) / (most - 1))] as T);
}
