import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { bytesIn, RowQuery } from '../row-query.ts';
import type { BucketPlace } from './bucket-codec.ts';

/** Buckets from one cell to the next: a row of five minutes' buckets reaches over a day, one of hours over twelve days. */
const CELL_BUCKETS = 288;

/** Rows are found by series, width and cell, and those that are to be built anew by themselves. */
export const ROLLUP_TABLE = `
  BEGIN;
  CREATE TABLE rollup (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    width_ms INTEGER NOT NULL,
    cell_ms INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX rollup_of_series ON rollup (series, width_ms, cell_ms);
  CREATE INDEX rollup_to_build ON rollup (id) WHERE data = x'';
  COMMIT;
`;

/** A row of `rollup`: it stands for the series' samples in chunks at `(fromMs, toMs]`. */
export type RollupRow = [id: number, fromMs: number, toMs: number, cellMs: number, data: Uint8Array];

/** (series, widthMs, first cell, toMs) → the rows that have buckets, in time order. */
export type RollupsInRange = RowQuery<RollupRow>;

const NO_DATA = new Uint8Array();
/** A row that says that buckets cannot stand for the samples. */
const UNFIT = Uint8Array.of(0);
const MARKS = 'rollups of %';

/** Where the cell begins that a time after its first millisecond is in. */
export function cellOf(timeMs: number, widthMs: number): number {
  const lengthMs = CELL_BUCKETS * widthMs;
  return Math.floor(timeMs / lengthMs) * lengthMs;
}

export function cellEnd(cellMs: number, widthMs: number): number {
  return cellMs + CELL_BUCKETS * widthMs;
}

export function hasRollups(db: DatabaseSync): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'rollup'`).get() !== undefined;
}

export function rollupsInRange(db: DatabaseSync): RollupsInRange {
  return new RowQuery(
    db,
    // No seal covers from_ms: of what is before the series' first chunk nothing is there any more, whatever it says.
    `SELECT id, max(from_ms, coalesce(
       ((SELECT min_ms FROM chunk WHERE series = ?1 ORDER BY min_ms LIMIT 1) - 1) / width_ms * width_ms, to_ms
     )), to_ms, cell_ms, ${bytesIn('data')} FROM rollup
     WHERE series = ?1 AND width_ms = ?2 AND cell_ms >= ?3 AND cell_ms < ?4 AND length(data) > ${UNFIT.length} ORDER BY cell_ms`,
  );
}

/**
 * The table of what samples in chunks come to while they are there too. Rows are derived: each says what the chunks say, or is
 * to be built anew, which holds because whoever changes chunks says so here within the same transaction.
 */
export class RollupRows {
  readonly inRange: RollupsInRange;
  readonly #db: DatabaseSync;
  readonly #one: RowQuery<RollupRow>;
  readonly #put: StatementSync;
  readonly #ask: StatementSync;
  readonly #doubt: StatementSync;
  readonly #remove: StatementSync;
  readonly #forget: StatementSync;
  readonly #removeBefore: StatementSync;
  readonly #cutBefore: StatementSync;
  readonly #toBuild: RowQuery<[id: number, series: number, widthMs: number, cellMs: number]>;
  readonly #any: StatementSync;
  readonly #removeSome: StatementSync;
  readonly #mark: RowQuery<[value: number]>;
  readonly #setMark: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.inRange = rollupsInRange(db);
    const one = 'WHERE series = ? AND width_ms = ? AND cell_ms = ?';
    this.#one = new RowQuery(db, `SELECT id, from_ms, to_ms, cell_ms, ${bytesIn('data')} FROM rollup ${one}`);
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO rollup (series, width_ms, cell_ms, from_ms, to_ms, data) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#ask = db.prepare(
      `INSERT INTO rollup (series, width_ms, cell_ms, from_ms, to_ms, data) VALUES (?1, ?2, ?3, ?3, ?3, x'')
       ON CONFLICT (series, width_ms, cell_ms) DO UPDATE SET data = x'' WHERE to_ms < ?4 AND data <> x''`,
    );
    this.#doubt = db.prepare(`UPDATE rollup SET data = x'' WHERE series = ? AND to_ms >= ? AND from_ms < ? AND data <> x''`);
    this.#remove = db.prepare(`DELETE FROM rollup ${one}`);
    this.#forget = db.prepare('DELETE FROM rollup WHERE series = ?');
    this.#removeBefore = db.prepare('DELETE FROM rollup WHERE series = ? AND width_ms <= ? AND to_ms <= ?');
    this.#cutBefore = db.prepare(
      `UPDATE rollup SET from_ms = (CAST(?1 AS INTEGER) + (?1 > 0) * (width_ms - 1)) / width_ms * width_ms
       WHERE series = ?2 AND width_ms <= ?3 AND from_ms < ?1 AND data <> x''`,
    );
    this.#toBuild = new RowQuery(
      db,
      `SELECT id, series, width_ms, cell_ms FROM rollup WHERE data = x'' AND id > ? ORDER BY id LIMIT ?`,
    );
    this.#any = db.prepare('SELECT 1 FROM rollup LIMIT 1');
    this.#removeSome = db.prepare('DELETE FROM rollup WHERE id IN (SELECT id FROM rollup LIMIT ?)');
    this.#mark = new RowQuery(db, 'SELECT value FROM mark WHERE name = ?');
    this.#setMark = db.prepare('INSERT OR REPLACE INTO mark VALUES (?, ?)');
  }

  get({ ref, widthMs, cellMs }: BucketPlace): RollupRow | undefined {
    return this.#one.all(ref, widthMs, cellMs)[0];
  }

  put({ ref, widthMs, cellMs }: BucketPlace, fromMs: number, toMs: number, data: Uint8Array): void {
    this.#put.run(ref, widthMs, cellMs, fromMs, toMs, data);
  }

  putUnfit(row: BucketPlace, toMs: number): void {
    this.put(row, row.cellMs, toMs, UNFIT);
  }

  remove({ ref, widthMs, cellMs }: BucketPlace): void {
    this.#remove.run(ref, widthMs, cellMs);
  }

  /** Has a row built where there is none that reaches so far: one ends where the series had no more samples then. */
  ask(ref: number, widthMs: number, cellMs: number, toMs: number): void {
    this.#ask.run(ref, widthMs, cellMs, toMs);
  }

  /** Samples of the series came or went in the closed range: what rows say of it is void until they are built anew. */
  doubt(ref: number, fromMs: number, toMs: number): void {
    this.#doubt.run(ref, fromMs, toMs);
  }

  /** All of the series' samples are gone. */
  forget(ref: number): void {
    this.#forget.run(ref);
  }

  /** Rows of buckets no wider than that stand for the series' samples up to a time no more. */
  cut(ref: number, widthMs: number, untilMs: number): void {
    this.#removeBefore.run(ref, widthMs, untilMs);
    this.#cutBefore.run(untilMs, ref, widthMs);
  }

  /** (after, limit) → rows that are to be built anew. */
  toBuild(after: number, limit: number): [id: number, series: number, widthMs: number, cellMs: number][] {
    return this.#toBuild.all(after, limit);
  }

  isAny(): boolean {
    return this.#any.get() !== undefined;
  }

  /** Removes so many rows. */
  removeSome(limit: number): void {
    this.#removeSome.run(limit);
  }

  /** Up to where rows of these widths are built (`done`), and may be (`reach`); undefined where nothing is said of them. */
  marks(widthsMs: readonly number[]): { readonly doneMs: number; readonly reachMs: number } | undefined {
    const [done] = this.#mark.all(markName(widthsMs, 'built'))[0] ?? [];
    const [reach] = this.#mark.all(markName(widthsMs, 'begun'))[0] ?? [];
    return done === undefined || reach === undefined ? undefined : { doneMs: done, reachMs: reach };
  }

  setMark(widthsMs: readonly number[], what: 'built' | 'begun', timeMs: number): void {
    this.#setMark.run(markName(widthsMs, what), timeMs);
  }

  forgetMarks(): void {
    this.#db.prepare('DELETE FROM mark WHERE name LIKE ?').run(MARKS);
  }
}

/** Whether a row says that buckets cannot stand for the samples. */
export function isUnfit(data: Uint8Array): boolean {
  return data.length === UNFIT.length;
}

export function isToBuild(data: Uint8Array): boolean {
  return data.length === NO_DATA.length;
}

function markName(widthsMs: readonly number[], what: string): string {
  return `rollups of ${widthsMs.join(', ')} ms ${what} up to`;
}
