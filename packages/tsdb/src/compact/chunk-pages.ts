/** What a page of SQLite holds beside its header. */
const PAGE_ROOM = 8192 - 8;
/** What SQLite writes beside a chunk's bytes, at most: its place in the page, lengths, ids and times. */
const ROW_BYTES = 36;

interface Row {
  readonly bytes: number;
  readonly write: () => void;
}

/**
 * Writes rows of chunks in an order in which they fill the pages of their table: SQLite puts a row where the one before it is, or on a
 * page of its own where it does not fit there any more. In the order of series a tenth of the table was room that nothing fitted into.
 */
export class ChunkPages {
  #rows: Row[] = [];
  /** What is free behind the row that was written last, as far as is known. */
  #left = 0;

  /** Remembers a row with a chunk of so many bytes, to be written with others. */
  add(bytes: number, write: () => void): void {
    this.#rows.push({ bytes: bytes + ROW_BYTES, write });
  }

  /** Writes what was added, within the transaction in which it was. Not to be used any more where that fails. */
  write(): void {
    const rows = this.#rows.sort((a, b) => a.bytes - b.bytes);
    this.#rows = [];
    while (rows.length > 0) {
      let at = fitting(rows, this.#left) - 1;
      if (at === -1) {
        at = rows.length - 1;
        this.#left = PAGE_ROOM;
      }
      const [row] = rows.splice(at, 1) as [Row];
      this.#left = Math.max(0, this.#left - row.bytes);
      row.write();
    }
  }
}

/** How many of the rows, the smallest first, fit into so many bytes. */
function fitting(rows: readonly Row[], bytes: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] as Row).bytes <= bytes) low = middle + 1;
    else high = middle;
  }
  return low;
}
