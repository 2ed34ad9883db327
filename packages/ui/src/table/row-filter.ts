/** What a column is filtered by: rows whose text is one of `only` (where given) and contains `search`. */
export interface ColumnFilter {
  readonly only: ReadonlySet<string> | undefined;
  readonly search: string;
}

export type CellText = (row: number) => string;

/** The rows that every filter lets through, in their order. */
export function filterRows(
  length: number,
  filters: readonly { readonly text: CellText; readonly filter: ColumnFilter }[],
): Uint32Array {
  const rows = new Uint32Array(length);
  const tests = filters.map(({ text, filter: { only, search } }) => {
    const part = search.trim().toLowerCase();
    return (row: number) => {
      const cell = text(row);
      return (only === undefined || only.has(cell)) && (part === '' || cell.toLowerCase().includes(part));
    };
  });
  let kept = 0;
  for (let row = 0; row < length; row++) if (tests.every((test) => test(row))) rows[kept++] = row;
  return rows.subarray(0, kept);
}

/** The different texts of a column with how often each occurs, in the order in which they come. */
export function distinctTexts(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const cell of texts) {
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  return counts;
}
