import type { RefusedRow } from '@vitrine/model/upload.ts';

/** Some rows of a file: at most a few thousand, but for Parquet's, whose writer chose the size of its row groups. */
export interface Rows {
  readonly count: number;
  /** What people call row `index`: see RefusedRow. */
  numberOf(index: number): number;
  /** The cell of row `index` in the wanted column: text, a number, a bigint, a boolean; undefined or null where it is empty. */
  cell(index: number, column: number): unknown;
  /** Rows that could not be read at all. */
  readonly refused: readonly RefusedRow[];
}

export interface FileColumn {
  readonly name: string;
  /** Where the file says: Parquet's own word. */
  readonly type: string | undefined;
  /** Times are a clock's on a wall. */
  readonly naive: boolean;
}

/** A file as a table. */
export interface Table {
  /** In JSONL more may come: these are the keys of the first lines. */
  readonly columns: readonly FileColumn[];
  readonly mayHaveMore: boolean;
  /** Where the file says. */
  readonly rowCount: number | undefined;
  readonly notices: readonly string[];
  /** The rows from the first on, with the cells of the wanted columns. Can be asked once. */
  rows(wanted: readonly string[]): AsyncIterable<Rows>;
}

/** Names that each stand once: the second "loss" becomes "loss_2". */
export function distinctNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let distinct = name;
    for (let count = 2; seen.has(distinct); count++) distinct = `${name}_${count}`;
    seen.add(distinct);
    return distinct;
  });
}

/** Names for a sentence, the first few. */
export function nameSome(names: readonly string[], most = 20): string {
  const some = names.slice(0, most).map((name) => (name.length > 60 ? `${name.slice(0, 60)}…` : name));
  return names.length > most ? `${some.join(', ')} and ${names.length - most} more` : some.join(', ');
}
