import { useEffect, useState } from 'react';

import { inPieces } from './pieces.ts';
import type { CellText } from './row-filter.ts';
import type { TableColumn } from './table-column.ts';

/** So many cells are read at once. */
const AT_ONCE = 5_000;

/** A number is written in microseconds, a hundred thousand of them in a tenth of a second: once, and not in one go. */
const known = new WeakMap<CellText, readonly string[]>();

/** Every text of these columns; undefined while they are being read. */
export function useTexts(
  columns: readonly TableColumn[],
  length: number,
): ((column: TableColumn) => readonly string[]) | undefined {
  const [, setRead] = useState(0);
  const missing = columns.find(({ text }) => !known.has(text));
  if (missing !== undefined && length <= AT_ONCE) for (const { text } of columns) read(text, length);
  const next = length <= AT_ONCE ? undefined : missing?.text;
  useEffect(() => {
    if (next === undefined) return;
    const texts: string[] = [];
    return inPieces(
      length,
      (row) => texts.push(next(row)),
      () => {
        known.set(next, texts);
        setRead((now) => now + 1);
      },
    );
  }, [next, length]);
  return next === undefined ? textsOf : undefined;
}

function textsOf({ text }: TableColumn): readonly string[] {
  return known.get(text) ?? [];
}

function read(text: CellText, length: number): void {
  if (!known.has(text))
    known.set(
      text,
      Array.from({ length }, (_, row) => text(row)),
    );
}
