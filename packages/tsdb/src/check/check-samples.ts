import { Labels } from '@vitrine/model/labels.ts';
import { DamagedChunk, decodeChunk } from '../chunk/chunk.ts';
import { Columns } from '../chunk/columns.ts';
import { chunkSeal } from '../chunk/row-seal.ts';
import { decodeTimes, SharedTimes } from '../chunk/times.ts';
import { isLeftOut } from '../empty-tables.ts';
import { DamagedExemplars, decodeExemplars } from '../exemplars/record.ts';
import { BLOCK_SERIES } from '../names/name-block.ts';
import { allNames, nameReader } from '../names/series-names.ts';
import { decodeBuckets } from '../rollup/bucket-codec.ts';
import { BUCKET_COLUMNS, BucketColumns } from '../rollup/bucket-columns.ts';
import { cellEnd, isToBuild, isUnfit } from '../rollup/rollup-rows.ts';
import { bytesIn, RowQuery } from '../row-query.ts';
import { DamagedRecord, decodeRecord, SampleColumns } from '../wal/record.ts';
import { upToBySeries } from '../wal/replay.ts';
import { openChecked, type CheckedDatabase } from './check-database.ts';

const SHOWN_LABELS = 300;
/** A ref beyond is damage. */
const MOST_SERIES = 2 ** 27;

export interface CheckedSamples {
  readonly series: number;
  readonly chunks: number;
  /** Those in chunks. */
  readonly samples: number;
  /** Those in the log that are in no chunk yet. */
  readonly loggedSamples: number;
}

/**
 * Reads all of a sample store's file, whether or not a server has it open, and yields a sentence for each row that is not
 * what was written. See openReadOnly about `isAtRest`. Throws what is neither damage nor expected.
 */
export function* checkSamples(file: string, isAtRest = false): Generator<string, CheckedSamples> {
  const checked = yield* openChecked(file, isAtRest);
  const found = { series: 0, chunks: 0, samples: 0, loggedSamples: 0 };
  if (checked === undefined) return found;
  try {
    yield* checkSeries(checked, found);
    yield* checkTimes(checked);
    yield* checkChunks(checked, found);
    yield* checkRollups(checked);
    yield* checkLog(checked, found);
    yield* checkExemplars(checked);
    return found;
  } finally {
    checked.close();
  }
}

function* checkSeries({ db, part }: CheckedDatabase, found: { series: number }): Generator<string> {
  yield* part('series', function* () {
    const halves: number[] = [];
    for (const [ref, key] of allNames(db, (firstRef) => halves.push(firstRef))) {
      found.series++;
      if (key === undefined) yield `series ${ref}: its name fails its checksum; its samples cannot be found`;
    }
    for (const ref of halves) {
      yield `series ${ref} to ${ref + BLOCK_SERIES - 1}: one of the two copies of their names is missing or fails its checksum; the other is sound`;
    }
  });
}

function* checkTimes({ db, part }: CheckedDatabase): Generator<string> {
  if (!hasTable(db, 'times')) return;
  yield* part('times', function* () {
    const rows = new RowQuery<[id: number, data: Uint8Array]>(db, `SELECT id, ${bytesIn('data')} FROM times ORDER BY id`);
    for (const [id, data] of rows.iterate()) {
      const problem = problemOf(() => decodeTimes(data));
      if (problem !== undefined) yield `times ${id}: ${problem}`;
    }
  });
}

function* checkChunks({ db, part }: CheckedDatabase, found: { chunks: number; samples: number }): Generator<string> {
  const times = hasTable(db, 'times')
    ? new RowQuery<[data: Uint8Array]>(db, `SELECT ${bytesIn('data')} FROM times WHERE id = ?`)
    : undefined;
  const shared = new SharedTimes((id) => times?.all(id)[0]?.[0]);
  const nameOf = nameReader(db);
  const columns = new Columns(2048);
  yield* part('chunk', function* () {
    const rows = new RowQuery<[id: number, series: number, minMs: number, maxMs: number, samples: number, data: Uint8Array]>(
      db,
      `SELECT id, series, min_ms, max_ms, samples, ${bytesIn('data')} FROM chunk ORDER BY series, min_ms`,
    );
    let before: { readonly series: number; readonly maxMs: number } | undefined;
    for (const [id, series, minMs, maxMs, samples, data] of rows.iterate()) {
      found.chunks++;
      found.samples += samples;
      const name = (): string =>
        `chunk ${id} (${samples} samples of ${whose(series, nameOf)} from ${iso(minMs)} to ${iso(maxMs)})`;
      columns.clear();
      const problem = problemOf(() =>
        decodeChunk(data, columns, false, (timesId) => shared.get(timesId), chunkSeal(series, minMs, maxMs, samples)),
      );
      if (problem !== undefined) yield `${name()}: ${problem}`;
      else if (!isAsSaid(columns, minMs, maxMs, samples)) yield `${name()}: holds other samples than its row says`;
      if (nameOf(series) === undefined) yield `${name()}: belongs to no series`;
      if (before?.series === series && minMs <= before.maxMs) yield `${name()}: begins before the chunk before it ends`;
      before = { series, maxMs };
    }
  });
}

function whose(series: number, nameOf: ReturnType<typeof nameReader>): string {
  const known = nameOf(series);
  if (known === undefined) return `series ${series}, which is not there`;
  return known === 'damaged' ? `series ${series}` : shown(Labels.fromKey(known.key).toString());
}

function* checkRollups({ db, part }: CheckedDatabase): Generator<string> {
  if (!hasTable(db, 'rollup')) return;
  const nameOf = nameReader(db);
  const buckets = new BucketColumns();
  yield* part('rollup', function* () {
    const rows = new RowQuery<
      [id: number, series: number, widthMs: number, cellMs: number, fromMs: number, toMs: number, data: Uint8Array]
    >(
      db,
      `SELECT id, series, width_ms, cell_ms, from_ms, to_ms, ${bytesIn('data')} FROM rollup ORDER BY series, width_ms, cell_ms`,
    );
    for (const [id, series, widthMs, cellMs, fromMs, toMs, data] of rows.iterate()) {
      if (isToBuild(data) || isUnfit(data)) continue;
      const problem = problemOf(() => decodeBuckets(data, { ref: series, widthMs, cellMs, toMs }, BUCKET_COLUMNS, buckets));
      const isOutside = fromMs < cellMs || toMs > cellEnd(cellMs, widthMs);
      if (problem === undefined && !isOutside) continue;
      yield `rollup ${id} (${whose(series, nameOf)} from ${iso(cellMs)} on): ${problem ?? 'says that it stands for more than it has'}; the samples are read instead`;
    }
  });
}

function* checkLog({ db, part }: CheckedDatabase, found: { loggedSamples: number }): Generator<string> {
  if (isLeftOut(db, 'wal')) return;
  const samples = new SampleColumns();
  yield* part('wal', function* () {
    const flushedUpTo = flushedBySeries(db);
    for (const [id, data] of new RowQuery<[id: number, data: Uint8Array]>(
      db,
      `SELECT id, ${bytesIn('data')} FROM wal ORDER BY id`,
    ).iterate()) {
      const problem = problemOf(() => decodeRecord(data, samples));
      if (problem !== undefined) yield `wal ${id}: ${problem}; the samples of one commit are lost`;
      else
        for (let i = 0; i < samples.length; i++)
          if (!((flushedUpTo?.[samples.refs[i] as number] ?? -1) >= id)) found.loggedSamples++;
    }
  });
}

/** The last row of the log whose samples are in chunks, by series. */
function flushedBySeries(db: CheckedDatabase['db']): Float64Array | undefined {
  if (isLeftOut(db, 'flushed')) return undefined;
  const rows = new RowQuery<[firstSeries: number, lastSeries: number, walId: number]>(
    db,
    'SELECT first_series, last_series, wal_id FROM flushed',
  ).all();
  const limit = rows.reduce((most, [, last]) => Math.max(most, last + 1), 0);
  return upToBySeries(rows, Math.min(limit, MOST_SERIES));
}

function* checkExemplars({ db, part }: CheckedDatabase): Generator<string> {
  if (!hasTable(db, 'exemplar')) return;
  yield* part('exemplar', function* () {
    const rows = new RowQuery<[id: number, data: Uint8Array]>(db, `SELECT id, ${bytesIn('data')} FROM exemplar ORDER BY id`);
    for (const [id, data] of rows.iterate()) {
      const problem = problemOf(() => decodeExemplars(data));
      if (problem !== undefined) yield `exemplar ${id}: ${problem}`;
    }
  });
}

function isAsSaid({ length, timestampsMs }: Columns, minMs: number, maxMs: number, samples: number): boolean {
  if (length !== samples || length === 0 || timestampsMs[0] !== minMs || timestampsMs[length - 1] !== maxMs) return false;
  for (let i = 1; i < length; i++) if ((timestampsMs[i] as number) <= (timestampsMs[i - 1] as number)) return false;
  return true;
}

/** What is wrong with a row's bytes, undefined where nothing is. A RangeError is reading past their end. */
function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof DamagedChunk || error instanceof DamagedRecord || error instanceof DamagedExemplars)
      return error.message;
    if (error instanceof RangeError) return 'it is cut off';
    throw error;
  }
}

function hasTable(db: CheckedDatabase['db'], name: string): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name) !== undefined;
}

function shown(text: string): string {
  return text.length <= SHOWN_LABELS ? text : `${text.slice(0, SHOWN_LABELS)}…`;
}

function iso(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? `${timeMs} ms` : date.toISOString();
}
