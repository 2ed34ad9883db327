import { findReducer } from '@vitrine/compute/reducers.ts';
import { useEffect, useMemo, useState } from 'react';

import { columnFooter } from './column-footer.ts';
import type { FooterValue } from './column-footer.ts';
import { inPieces } from './pieces.ts';
import type { TableColumn } from './table-column.ts';

/** What stands below one column. */
export type Footer = readonly FooterValue[];

/** So many cells are reduced at once. */
const AT_ONCE = 20_000;
const PENDING = '…';

/** What the reducers of each column say of the rows; of many rows a column at a time, so that the page lives on meanwhile. */
export function useFooters(
  columns: readonly TableColumn[],
  reducersOf: (column: TableColumn) => readonly string[],
  rows: Uint32Array,
): readonly Footer[] {
  const asked = useMemo(() => columns.map(reducersOf), [columns, reducersOf]);
  const cells = rows.length * asked.reduce((sum, { length }) => sum + length, 0);
  const atOnce = useMemo(
    () => (cells <= AT_ONCE ? columns.map((column, at) => columnFooter(column, asked[at]!, rows)) : undefined),
    [cells, columns, asked, rows],
  );
  const pending = useMemo(() => asked.map(pendingFooter), [asked]);
  const [made, setMade] = useState<{
    readonly rows: Uint32Array;
    readonly columns: readonly TableColumn[];
    readonly footers: readonly Footer[];
  }>();
  useEffect(() => {
    if (atOnce !== undefined) return;
    const footers: Footer[] = [];
    // A column is a piece of its own: none is stopped half-way.
    return inPieces(
      columns.length,
      (at) => footers.push(columnFooter(columns[at]!, asked[at]!, rows)),
      () => setMade({ rows, columns, footers }),
      1,
    );
  }, [atOnce, columns, asked, rows]);
  if (atOnce !== undefined) return atOnce;
  // What was said of other rows or columns is not said of these.
  return made?.rows === rows && made.columns === columns && made.footers.length === asked.length ? made.footers : pending;
}

function pendingFooter(reducers: readonly string[]): Footer {
  return reducers.flatMap((id) => {
    const title = findReducer(id)?.title;
    return title === undefined ? [] : [{ title, text: PENDING }];
  });
}
