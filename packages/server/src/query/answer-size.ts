import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

/** What one question may bring from a data source. More would fill the memory, and no panel could show it. */
export interface AnswerLimits {
  /** Of all frames together. */
  readonly rows: number;
  /** Rows times columns. */
  readonly cells: number;
  /** In memory. */
  readonly bytes: number;
  /** Values of a variable, and marks of an annotation query. */
  readonly items: number;
}

export const ANSWER_LIMITS: AnswerLimits = { rows: 2_000_000, cells: 10_000_000, bytes: 512 * 1024 * 1024, items: 1_000_000 };

/** Throws LimitExceeded with how to ask for less. */
export function checkFrames(source: string, frames: readonly Frame[], limits: AnswerLimits): void {
  let rows = 0;
  let cells = 0;
  for (const { length, fields } of frames) {
    rows += length;
    cells += length * fields.length;
  }
  refusePast(source, rows, limits.rows, 'rows');
  refusePast(source, cells, limits.cells, 'values');
  if (framesBytes(frames, limits.bytes) > limits.bytes) {
    throw new LimitExceeded(
      'answer',
      `The data source "${source}" answers with more than ${Math.round(limits.bytes / 1024 / 1024)} MiB; ask for fewer rows, fewer columns or a shorter range`,
    );
  }
}

/** What frames take in memory, roughly; counted no farther than past `most`. */
export function framesBytes(frames: readonly Frame[], most: number): number {
  let bytes = 0;
  for (const { fields } of frames) {
    for (const field of fields) {
      bytes += bytesOf(field, most - bytes);
      if (bytes > most) return bytes;
    }
  }
  return bytes;
}

/** Throws LimitExceeded where there are more values or marks than anybody could choose from or look at. */
export function checkItems(source: string, what: string, items: readonly unknown[], limits: AnswerLimits): void {
  refusePast(source, items.length, limits.items, what);
}

function refusePast(source: string, count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new LimitExceeded(
    'answer',
    `The data source "${source}" answers with ${count.toLocaleString('en')} ${what}, and the limit is ${most.toLocaleString('en')}; ask for fewer series, a shorter range or a longer step, or set a limit in the query`,
  );
}

/** Roughly, and no farther than `most`. */
function bytesOf(field: Field, most: number): number {
  switch (field.type) {
    case 'number':
    case 'time':
    case 'boolean':
      return field.values.byteLength;
    case 'string':
    case 'json':
      return weigh(field.values, most);
    case 'frame':
      return field.values.reduce(
        (sum, frames) => sum + frames.reduce((inner, { length, fields }) => inner + 8 * length * fields.length, 0),
        0,
      );
  }
}

function weigh(value: unknown, most: number): number {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 16;
  for (const each of Array.isArray(value) ? value : Object.entries(value)) {
    bytes += weigh(each, most - bytes);
    if (bytes > most) break;
  }
  return bytes;
}
