import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** Times in a query lie within ± this: SQLite takes no integers that are no safe ones. */
export const FURTHEST_MS = 2 ** 52;

/** A statement whose rows come as arrays, in the order of the columns it selects; `Row` says which those are. */
export class RowQuery<Row extends (number | string | null | Uint8Array)[]> {
  readonly #statement: StatementSync;

  constructor(db: DatabaseSync, sql: string) {
    this.#statement = db.prepare(sql);
    this.#statement.setReturnArrays(true);
  }

  all(...parameters: SQLInputValue[]): Row[] {
    // The types of node:sqlite know rows as objects only.
    return this.#statement.all(...parameters) as unknown as Row[];
  }

  iterate(...parameters: SQLInputValue[]): IterableIterator<Row> {
    // As above.
    return this.#statement.iterate(...parameters) as unknown as IterableIterator<Row>;
  }
}

/**
 * A column of bytes, to be selected. A bit that flips in what SQLite knows of a row may make NULL or a text of it: those come as
 * bytes too, and fail their checksum.
 */
export function bytesIn(column: string): string {
  return `coalesce(CAST(${column} AS BLOB), x'')`;
}
