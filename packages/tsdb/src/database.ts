import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { bringBackTables, EXEMPLARS, FLUSHED, leaveOutEmptyTables, LOG, MARKS } from './empty-tables.ts';
import { SeriesNames } from './names/series-names.ts';
import { hasRollups, ROLLUP_TABLE, RollupRows, rollupsInRange, type RollupsInRange } from './rollup/rollup-rows.ts';
import { bytesIn, RowQuery } from './row-query.ts';
import { isDamage, isForeignSchema, isUnwritable } from './sqlite-error.ts';
import { StoreOpenError } from './store-open-error.ts';
import { commitsInWalFile } from './wal/wal-file.ts';

/** Counts up when the tables change so that an older program must not read them. */
const FORMAT_VERSION = 3;

const PAGE_BYTES = 8192;
/** SQLite's own log is folded into the main file at this size. */
const CHECKPOINT_PAGES = 2048;

/** Row ids count up from 1 and never come here: one beyond it is damaged. */
const FURTHEST_ID = 2 ** 48;

/** What version 2 brought. There `mark` had row ids, and `times` an AUTOINCREMENT: that is a page each, and nothing else. */
const SINCE_2 = `
  ${EXEMPLARS}
  ${MARKS}
  CREATE TABLE IF NOT EXISTS times (id INTEGER PRIMARY KEY, max_ms INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
`;

const TABLES = `
  CREATE TABLE series (id INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
  CREATE TABLE chunk (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    min_ms INTEGER NOT NULL,
    max_ms INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE INDEX chunk_of_series ON chunk (series, min_ms, max_ms, samples);
  CREATE INDEX chunk_by_age ON chunk (max_ms);
  ${LOG}
  ${FLUSHED}
  ${SINCE_2}
`;

/** A row of `chunk`, in the order of its columns as they are selected. */
export type ChunkRow = [id: number, minMs: number, maxMs: number, samples: number, data: Uint8Array];

/** The store's SQLite file and every statement that runs on it. Layout: docs/format.md. */
export class Database {
  readonly file: string;
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly names: SeriesNames;
  readonly insertWal: StatementSync;
  readonly deleteWal: StatementSync;
  readonly insertFlushed: StatementSync;
  readonly deleteFlushed: StatementSync;
  readonly insertChunk: StatementSync;
  readonly deleteChunk: StatementSync;
  /** (series, fromMs, toMs) → the series' chunks in that range in time order, perhaps with one before it. */
  readonly chunksInRange: RowQuery<ChunkRow>;
  readonly hasChunks: StatementSync;
  readonly #insertTimes: StatementSync;
  /** The greatest id of times that was ever given while this is open: readers remember what ids stand for. */
  #lastTimes: number;
  readonly deleteTimes: StatementSync;
  /** (id, limit) → times after that id, and whether a chunk ends where they do: if not then none points to them. */
  readonly timesAfter: RowQuery<[id: number, isUsed: number]>;
  readonly #selectTimes: RowQuery<[data: Uint8Array]>;
  readonly #walData: RowQuery<[data: Uint8Array]>;
  /** (series) → the first and the last millisecond of its chunks, null where there are none. */
  readonly reachOfSeries: RowQuery<[fromMs: number | null, toMs: number | null]>;
  readonly insertExemplars: StatementSync;
  /** (id) deletes the rows before that one. */
  readonly deleteExemplars: StatementSync;
  readonly deleteExemplarRow: StatementSync;
  /** (limit) → [id, series, maxMs, samples, bytes] of the chunks that end first. */
  readonly oldestChunks: RowQuery<[id: number, series: number, maxMs: number, samples: number, bytes: number]>;
  /** (series) → its chunk that begins last. */
  readonly newestOfSeries: RowQuery<ChunkRow>;
  /** (maxMs, id, untilMs, limit) → the chunks behind that one, in the order in which they end, that end before `untilMs`. */
  readonly chunksByAge: RowQuery<[id: number, series: number, minMs: number, maxMs: number]>;
  /** () → when the last chunk ends; null where there is none. */
  readonly #newest: RowQuery<[maxMs: number | null]>;
  /** (series, afterMs) → where its first chunk behind that begins. */
  readonly #nextChunk: RowQuery<[minMs: number]>;
  #rollups: RollupRows | undefined;
  readonly #mark: RowQuery<[value: number]>;
  readonly #setMark: StatementSync;

  private constructor(file: string, db: DatabaseSync) {
    this.file = file;
    this.#db = db;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.names = new SeriesNames(db);
    this.insertWal = db.prepare('INSERT INTO wal (id, data) VALUES (?, ?)');
    this.deleteWal = db.prepare('DELETE FROM wal WHERE id <= ?');
    this.insertFlushed = db.prepare('INSERT INTO flushed VALUES (?, ?, ?)');
    this.deleteFlushed = db.prepare('DELETE FROM flushed WHERE wal_id <= ?');
    this.insertChunk = db.prepare('INSERT INTO chunk (series, min_ms, max_ms, samples, data) VALUES (?, ?, ?, ?, ?)');
    this.deleteChunk = db.prepare('DELETE FROM chunk WHERE id = ?');
    this.chunksInRange = chunksInRange(db);
    this.#insertTimes = db.prepare('INSERT INTO times (id, max_ms, data) VALUES (?, ?, ?)');
    this.#lastTimes =
      new RowQuery<[id: number | null]>(db, `SELECT max(id) FROM times WHERE id < ${FURTHEST_ID}`).all()[0]?.[0] ?? 0;
    this.deleteTimes = db.prepare('DELETE FROM times WHERE id = ?');
    this.timesAfter = new RowQuery(
      db,
      'SELECT id, EXISTS (SELECT 1 FROM chunk WHERE chunk.max_ms = times.max_ms) FROM times WHERE id > ? ORDER BY id LIMIT ?',
    );
    this.#selectTimes = selectTimes(db);
    this.#walData = new RowQuery(db, `SELECT ${bytesIn('data')} FROM wal WHERE id = ?`);
    this.reachOfSeries = new RowQuery(db, 'SELECT min(min_ms), max(max_ms) FROM chunk WHERE series = ?');
    this.insertExemplars = db.prepare('INSERT INTO exemplar (id, data) VALUES (?, ?)');
    this.deleteExemplars = db.prepare('DELETE FROM exemplar WHERE id < ?');
    this.deleteExemplarRow = db.prepare('DELETE FROM exemplar WHERE id = ?');
    this.hasChunks = db.prepare('SELECT 1 FROM chunk WHERE series = ? LIMIT 1');
    this.oldestChunks = new RowQuery(db, 'SELECT id, series, max_ms, samples, length(data) FROM chunk ORDER BY max_ms LIMIT ?');
    this.chunksByAge = new RowQuery(
      db,
      'SELECT id, series, min_ms, max_ms FROM chunk WHERE (max_ms, id) > (?, ?) AND max_ms < ? ORDER BY max_ms, id LIMIT ?',
    );
    this.#newest = new RowQuery(db, 'SELECT max(max_ms) FROM chunk');
    this.#nextChunk = new RowQuery(db, 'SELECT min_ms FROM chunk WHERE series = ? AND min_ms > ? ORDER BY min_ms LIMIT 1');
    if (hasRollups(db)) this.#rollups = new RollupRows(db);
    this.#mark = new RowQuery(db, 'SELECT value FROM mark WHERE name = ?');
    this.#setMark = db.prepare('INSERT OR REPLACE INTO mark VALUES (?, ?)');
    this.newestOfSeries = new RowQuery(
      db,
      `SELECT id, min_ms, max_ms, samples, ${bytesIn('data')} FROM chunk WHERE series = ? ORDER BY min_ms DESC LIMIT 1`,
    );
  }

  /** Opens or creates the store's file in a folder. `onLoss` is told of committed work that SQLite's own log has lost. */
  static open(folder: string, onLoss: (sentence: string) => void): Database {
    const file = storeFile(folder);
    const walFile = `${file}-wal`;
    let db: DatabaseSync | undefined;
    try {
      const isNew = !existsSync(file) || statSync(file).size === 0;
      const before = isNew ? 0 : commitsInWalFile(walFile);
      db = new DatabaseSync(file, { timeout: 1000, enableForeignKeyConstraints: false });
      db.exec(`PRAGMA page_size=${PAGE_BYTES}; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA cell_size_check=ON`);
      // FULL: in WAL mode SQLite syncs its log at the end of every commit, so a commit that returned survives a power cut.
      db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
      if (before !== 0) reportLoss(db, walFile, before, onLoss);
      db.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY`);
      db.exec(`PRAGMA journal_size_limit=${2 * CHECKPOINT_PAGES * PAGE_BYTES}`);
      const version = pragma(db, 'user_version');
      if (version > FORMAT_VERSION) {
        throw new StoreOpenError(
          'newer version',
          `${file} was written by a newer version of Vitrine (format ${version}, this one reads ${FORMAT_VERSION}): start that version, or choose another data folder`,
        );
      }
      // Chunks, log rows and names say their own version, and older ones are read as ever. A kill leaves all of this or none.
      if (version < FORMAT_VERSION) {
        db.exec(`BEGIN; ${version === 0 ? TABLES : SINCE_2} PRAGMA user_version = ${FORMAT_VERSION}; COMMIT`);
      } else {
        const missing = bringBackTables(db);
        if (missing !== '') db.exec(`BEGIN; ${missing} COMMIT`);
      }
      return new Database(file, db);
    } catch (error) {
      db?.close();
      throw openError(file, error);
    }
  }

  /** Runs `work` as one transaction: it is on disk when this returns, and undone where this throws. */
  transaction(work: () => void): void {
    this.#begin.run();
    try {
      work();
      this.#commit.run();
    } catch (error) {
      // SQLite has rolled back by itself after some errors.
      if (this.#db.isTransaction) this.#rollback.run();
      throw error;
    }
  }

  *chunkRanges(): Generator<readonly [series: number, minMs: number, maxMs: number, samples: number]> {
    yield* new RowQuery<[series: number, minMs: number, maxMs: number, samples: number]>(
      this.#db,
      'SELECT series, min(min_ms), max(max_ms), sum(samples) FROM chunk GROUP BY series',
    ).iterate();
  }

  flushed(): readonly (readonly [firstSeries: number, lastSeries: number, walId: number])[] {
    return new RowQuery<[firstSeries: number, lastSeries: number, walId: number]>(
      this.#db,
      'SELECT first_series, last_series, wal_id FROM flushed',
    ).all();
  }

  walIds(): readonly number[] {
    return this.#db
      .prepare('SELECT id FROM wal ORDER BY id')
      .all()
      .map((row) => row['id'] as number);
  }

  walBytes(): number {
    return (this.#db.prepare('SELECT sum(length(data)) AS bytes FROM wal').get()?.['bytes'] as number | null) ?? 0;
  }

  walData(id: number): Uint8Array {
    return this.#walData.all(id)[0]?.[0] ?? new Uint8Array();
  }

  /** Writes times that chunks share, `maxMs` the last of them, within the caller's transaction; returns their id. */
  addTimes(maxMs: number, data: Uint8Array): number {
    this.#insertTimes.run(++this.#lastTimes, maxMs, data);
    return this.#lastTimes;
  }

  /** A row of times that chunks share; undefined where there is none. */
  readTimes(id: number): Uint8Array | undefined {
    return timesOf(this.#selectTimes, id);
  }

  /** What chunks come to beside them; undefined where nobody has wanted that: an empty table takes pages, too. */
  get rollups(): RollupRows | undefined {
    return this.#rollups;
  }

  needRollups(): RollupRows {
    if (this.#rollups !== undefined) return this.#rollups;
    this.#db.exec(ROLLUP_TABLE);
    return (this.#rollups = new RollupRows(this.#db));
  }

  dropRollups(): void {
    this.#rollups = undefined;
    this.#db.exec('DROP TABLE IF EXISTS rollup');
  }

  /** When the last chunk ends; undefined where there is none. */
  newestMs(): number | undefined {
    return this.#newest.all()[0]?.[0] ?? undefined;
  }

  /** Where the series' first chunk begins that begins after that; undefined where none does. */
  nextChunkMs(ref: number, afterMs: number): number | undefined {
    return this.#nextChunk.all(ref, afterMs)[0]?.[0];
  }

  /** The last chunk, in the order in which they end, that was rolled up to such buckets; undefined where none was. */
  rolledUpTo(bucketMs: number): readonly [maxMs: number, id: number] | undefined {
    const [maxMs, id] = [rolledUpMark(bucketMs), rolledUpChunkMark(bucketMs)].map((name) => this.#mark.all(name)[0]?.[0]);
    return maxMs === undefined ? undefined : [maxMs, id ?? -1];
  }

  /** Within the caller's transaction. */
  setRolledUpTo(bucketMs: number, maxMs: number, id: number): void {
    this.#setMark.run(rolledUpMark(bucketMs), maxMs);
    this.#setMark.run(rolledUpChunkMark(bucketMs), id);
  }

  /** The newest unix millisecond that was written down; undefined where none was. */
  seenMs(): number | undefined {
    return this.#mark.all(SEEN_MARK)[0]?.[0];
  }

  /** Within the caller's transaction. */
  setSeen(nowMs: number): void {
    this.#setMark.run(SEEN_MARK, nowMs);
  }

  /** All rows of exemplars, in the order in which they were written. */
  *exemplarRows(): Generator<readonly [id: number, data: Uint8Array]> {
    yield* new RowQuery<[id: number, data: Uint8Array]>(
      this.#db,
      `SELECT id, ${bytesIn('data')} FROM exemplar ORDER BY id`,
    ).iterate();
  }

  /** Gives a table that cannot be read another name, and makes an empty one; within the caller's transaction. */
  putExemplarsAside(): void {
    const names = this.#db.prepare("SELECT count(*) AS tables FROM sqlite_schema WHERE name LIKE 'damaged_exemplar_%'").get();
    this.#db.exec(`ALTER TABLE exemplar RENAME TO damaged_exemplar_${Number(names?.['tables']) + 1}; ${EXEMPLARS}`);
  }

  /** Bytes of the main file that hold data, and those that are free for reuse. */
  pages(): { usedBytes: number; freeBytes: number } {
    const free = pragma(this.#db, 'freelist_count');
    return { usedBytes: (pragma(this.#db, 'page_count') - free) * PAGE_BYTES, freeBytes: free * PAGE_BYTES };
  }

  /** Gives free pages at the end of the file back to the disk, at most so many bytes. */
  shrink(bytes: number): void {
    this.#db.exec(`PRAGMA incremental_vacuum(${Math.floor(bytes / PAGE_BYTES)})`);
  }

  /** Folds SQLite's own log into the main file: only then does that become shorter. */
  checkpoint(): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  bytesOnDisk(): number {
    return [this.file, `${this.file}-wal`].reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
  }

  /** The last thing before `close`. */
  leaveOutEmptyTables(): void {
    leaveOutEmptyTables(this.#db);
  }

  close(): void {
    this.#db.close();
  }
}

const SEEN_MARK = 'seen';

function rolledUpMark(bucketMs: number): string {
  return `rolled up to ${bucketMs} ms`;
}

function rolledUpChunkMark(bucketMs: number): string {
  return `chunk rolled up to ${bucketMs} ms`;
}

function chunksInRange(db: DatabaseSync): RowQuery<ChunkRow> {
  return new RowQuery(
    db,
    `SELECT id, min_ms, max_ms, samples, ${bytesIn('data')} FROM chunk
     WHERE series = ?1 AND min_ms <= ?3 AND min_ms >= coalesce(
       (SELECT min_ms FROM chunk WHERE series = ?1 AND min_ms <= ?2 ORDER BY min_ms DESC LIMIT 1), ?2)
     ORDER BY min_ms`,
  );
}

/** The chunks of the store in a folder, for a thread beside the one that has it open. */
export function openChunks(folder: string): {
  readonly file: string;
  readonly chunksInRange: RowQuery<ChunkRow>;
  readonly rollupsInRange: RollupsInRange | undefined;
  readonly readTimes: (id: number) => Uint8Array | undefined;
} {
  const file = storeFile(folder);
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000, enableForeignKeyConstraints: false });
  db.exec('PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY');
  const times = selectTimes(db);
  return {
    file,
    chunksInRange: chunksInRange(db),
    rollupsInRange: hasRollups(db) ? rollupsInRange(db) : undefined,
    readTimes: (id) => timesOf(times, id),
  };
}

function selectTimes(db: DatabaseSync): RowQuery<[data: Uint8Array]> {
  return new RowQuery(db, `SELECT ${bytesIn('data')} FROM times WHERE id = ?`);
}

/** Undefined where SQLite cannot read them: then they are lost. */
function timesOf(select: RowQuery<[data: Uint8Array]>, id: number): Uint8Array | undefined {
  try {
    return select.all(id)[0]?.[0];
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

function storeFile(folder: string): string {
  return join(folder, 'samples.db');
}

function reportLoss(db: DatabaseSync, walFile: string, commitsBefore: number, onLoss: (sentence: string) => void): void {
  // Reading makes SQLite recover its log; what it keeps is the longest undamaged start.
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
  const kept = db.prepare('PRAGMA wal_checkpoint(NOOP)').get()?.['log'];
  if (Number.isNaN(commitsBefore)) {
    onLoss(`${walFile} is damaged: its header cannot be read, so all commits in it are dropped; everything before them is kept`);
    return;
  }
  const lost = commitsBefore - commitsInWalFile(walFile, Number(kept));
  if (lost > 0) {
    onLoss(
      `${walFile} is damaged: the last ${lost} of ${commitsBefore} commits in it cannot be read and are dropped; everything before them is kept`,
    );
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0] as number;
}

/** An error of opening as a sentence that names the file and the way out. */
export function openError(file: string, error: unknown): unknown {
  if (error instanceof StoreOpenError) return error;
  if (isDamage(error) || isForeignSchema(error)) {
    return new StoreOpenError(
      'damaged',
      `${file} is damaged (${(error as Error).message}): restore it from a backup, or move it aside to start with an empty store`,
      { cause: error },
    );
  }
  if (isUnwritable(error)) {
    return new StoreOpenError(
      'not writable',
      `${file} cannot be opened for writing (${(error as Error).message}): check free space and that this user may write to its folder`,
      { cause: error },
    );
  }
  return error;
}
