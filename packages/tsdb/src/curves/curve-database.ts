import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { openError } from '../database.ts';
import { RowQuery } from '../row-query.ts';
import { StoreOpenError } from '../store-open-error.ts';
import { fromRow, type Summary, SUMMARY_COLUMNS, toRow } from './summary.ts';

/** Counts up when the tables change so that an older program must not read them. */
const FORMAT_VERSION = 1;
const PAGE_BYTES = 8192;
const CHECKPOINT_PAGES = 2048;

const SUMMARY_LIST = SUMMARY_COLUMNS.join(', ');

const TABLES = `
  CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, labels TEXT NOT NULL) STRICT;
  CREATE TABLE metric (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE curve (
    metric INTEGER NOT NULL,
    run INTEGER NOT NULL,
    id INTEGER NOT NULL UNIQUE,
    ${SUMMARY_COLUMNS.map((name) => `${name} REAL`).join(', ')},
    PRIMARY KEY (metric, run)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX curve_of_run ON curve (run, metric);
  CREATE TABLE piece (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    curve INTEGER NOT NULL,
    points INTEGER NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE INDEX piece_of_curve ON piece (curve, id, points, from_us, to_us);
  CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB NOT NULL) STRICT;
  CREATE TABLE item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    kind TEXT NOT NULL,
    tag TEXT NOT NULL,
    step INTEGER NOT NULL,
    place INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE INDEX item_of_run ON item (run, tag, step, place);
  CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counter VALUES ('last_curve', 0), ('runs_changed', 0);
  PRAGMA user_version = ${FORMAT_VERSION};
`;

export function curvesFile(folder: string): string {
  return join(folder, 'curves.db');
}

/** The file of the curves, and every statement with which its one writer changes it. Layout: docs/format.md. */
export class CurveDatabase {
  readonly file: string;
  readonly db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #findRun: StatementSync;
  readonly #addRun: StatementSync;
  readonly #setLabels: StatementSync;
  readonly #findMetric: StatementSync;
  readonly #addMetric: StatementSync;
  readonly #findCurve: RowQuery<(number | null)[]>;
  readonly #curveById: RowQuery<(number | null)[]>;
  readonly #putCurve: StatementSync;
  readonly #bump: StatementSync;
  readonly insertLog: StatementSync;
  readonly deleteLog: StatementSync;
  readonly insertPiece: StatementSync;
  readonly deletePiece: StatementSync;
  /** (curve) → its pieces, the newest first. */
  readonly piecesBack: RowQuery<[id: number, points: number]>;
  /** (curve, to, from) → its pieces that reach into a closed range of microseconds. */
  readonly piecesBetween: RowQuery<[data: Uint8Array]>;
  readonly #piece: RowQuery<[data: Uint8Array]>;
  readonly insertItem: StatementSync;
  readonly putMark: StatementSync;
  readonly dropMark: StatementSync;

  private constructor(file: string, db: DatabaseSync) {
    this.file = file;
    this.db = db;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#findRun = db.prepare('SELECT id FROM run WHERE name = ?');
    this.#addRun = db.prepare(`INSERT INTO run (name, labels) VALUES (?, '{}') RETURNING id`);
    this.#setLabels = db.prepare('UPDATE run SET labels = ?2 WHERE id = ?1 AND labels != ?2');
    this.#findMetric = db.prepare('SELECT id FROM metric WHERE name = ?');
    this.#addMetric = db.prepare('INSERT INTO metric (name) VALUES (?) RETURNING id');
    this.#findCurve = new RowQuery(db, `SELECT id, ${SUMMARY_LIST} FROM curve WHERE metric = ? AND run = ?`);
    this.#curveById = new RowQuery(db, `SELECT metric, run, ${SUMMARY_LIST} FROM curve WHERE id = ?`);
    this.#putCurve = db.prepare(
      `INSERT INTO curve (metric, run, id, ${SUMMARY_LIST}) VALUES (?, ?, ?${', ?'.repeat(SUMMARY_COLUMNS.length)})
       ON CONFLICT (metric, run) DO UPDATE SET ${SUMMARY_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    );
    this.#bump = db.prepare('UPDATE counter SET value = value + 1 WHERE name = ? RETURNING value');
    this.insertLog = db.prepare('INSERT INTO log (data) VALUES (?)');
    this.deleteLog = db.prepare('DELETE FROM log');
    this.insertPiece = db.prepare('INSERT INTO piece (curve, points, from_us, to_us, data) VALUES (?, ?, ?, ?, ?)');
    this.deletePiece = db.prepare('DELETE FROM piece WHERE id = ?');
    this.piecesBack = new RowQuery(db, 'SELECT id, points FROM piece WHERE curve = ? ORDER BY id DESC');
    this.piecesBetween = new RowQuery(
      db,
      'SELECT data FROM piece WHERE curve = ?1 AND from_us <= ?2 AND to_us >= ?3 ORDER BY id',
    );
    this.#piece = new RowQuery(db, 'SELECT data FROM piece WHERE id = ?');
    this.insertItem = db.prepare(
      'INSERT INTO item (run, kind, tag, step, place, time_us, media_type, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.putMark = db.prepare('INSERT INTO mark VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value');
    this.dropMark = db.prepare('DELETE FROM mark WHERE name = ?');
  }

  /** Opens or makes the file in a folder that is there. Throws StoreOpenError. */
  static open(folder: string): CurveDatabase {
    const file = curvesFile(folder);
    try {
      const db = new DatabaseSync(file, { timeout: 1_000, enableForeignKeyConstraints: false });
      db.exec(`PRAGMA page_size=${PAGE_BYTES}; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA cell_size_check=ON`);
      // FULL: in WAL mode SQLite syncs its log at the end of every commit, so a commit that returned survives a power cut.
      db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768');
      db.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}; PRAGMA journal_size_limit=${2 * CHECKPOINT_PAGES * PAGE_BYTES}`);
      const version = Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0] as number;
      if (version > FORMAT_VERSION) {
        throw new StoreOpenError(
          'newer version',
          `${file} was written by a newer version of Vitrine (format ${version}, this one reads ${FORMAT_VERSION}): start that version, or choose another data folder`,
        );
      }
      if (version === 0) db.exec(`BEGIN; ${TABLES} COMMIT`);
      return new CurveDatabase(file, db);
    } catch (error) {
      throw openError(file, error);
    }
  }

  /** Runs `work` as one transaction: it is on disk when this returns, and undone where this throws. */
  transaction<T>(work: () => T): T {
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors.
      if (this.db.isTransaction) this.#rollback.run();
      throw error;
    }
  }

  /** Made where there is none, within the caller's transaction. */
  run(name: string): number {
    const known = this.#findRun.get(name)?.['id'] as number | undefined;
    if (known !== undefined) return known;
    this.#bump.get('runs_changed');
    return this.#addRun.get(name)?.['id'] as number;
  }

  findRun(name: string): number | undefined {
    return this.#findRun.get(name)?.['id'] as number | undefined;
  }

  setLabels(run: number, labels: Readonly<Record<string, string>>): void {
    if (this.#setLabels.run(run, JSON.stringify(labels)).changes !== 0) this.#bump.get('runs_changed');
  }

  /** Made where there is none, within the caller's transaction. */
  metric(name: string): number {
    return (this.#findMetric.get(name)?.['id'] ?? this.#addMetric.get(name)?.['id']) as number;
  }

  curve(metric: number, run: number): { readonly id: number; readonly summary: Summary } | undefined {
    const [row] = this.#findCurve.all(metric, run);
    return row === undefined ? undefined : { id: row[0] as number, summary: fromRow(row, 1) };
  }

  curveById(id: number): { readonly metric: number; readonly run: number; readonly summary: Summary } | undefined {
    const [row] = this.#curveById.all(id);
    return row === undefined ? undefined : { metric: row[0] as number, run: row[1] as number, summary: fromRow(row, 2) };
  }

  /** An id that no curve has had, within the caller's transaction. */
  newCurveId(): number {
    return this.#bump.get('last_curve')?.['value'] as number;
  }

  putCurve(metric: number, run: number, id: number, summary: Summary): void {
    this.#putCurve.run(metric, run, id, ...toRow(summary));
  }

  pieceData(id: number): Uint8Array {
    const [row] = this.#piece.all(id);
    if (row === undefined) throw new Error(`there is no piece ${id}`);
    return row[0];
  }

  /** Removes all of a run, within the caller's transaction. */
  removeRun(run: number): void {
    this.db.prepare('DELETE FROM piece WHERE curve IN (SELECT id FROM curve WHERE run = ?)').run(run);
    this.db.prepare('DELETE FROM curve WHERE run = ?').run(run);
    this.db.prepare('DELETE FROM item WHERE run = ?').run(run);
    this.db.prepare('DELETE FROM run WHERE id = ?').run(run);
    this.#bump.get('runs_changed');
  }

  /** Metrics that no curve has any longer, within the caller's transaction. */
  dropIdleMetrics(): void {
    this.db.exec('DELETE FROM metric WHERE NOT EXISTS (SELECT 1 FROM curve WHERE curve.metric = metric.id)');
  }

  logBytes(): number {
    return (this.db.prepare('SELECT sum(length(data)) AS bytes FROM log').get()?.['bytes'] as number | null) ?? 0;
  }

  /** Gives free pages back to the disk. */
  shrink(): void {
    this.db.exec('PRAGMA incremental_vacuum(4096)');
  }

  bytesOnDisk(): number {
    return [this.file, `${this.file}-wal`].reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
  }

  close(): void {
    this.db.close();
  }
}
