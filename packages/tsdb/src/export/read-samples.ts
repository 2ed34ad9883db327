import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { compareLabels, Labels } from '@vitrine/model/labels.ts';
import type { Selector, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { compileMatchers } from '@vitrine/promql/match.ts';
import { Columns } from '../chunk/columns.ts';
import { ChunkDecoder } from '../chunk-decoder.ts';
import { openError, type ChunkRow } from '../database.ts';
import { isLeftOut } from '../empty-tables.ts';
import { mergeInto } from '../head/merge.ts';
import { allNames } from '../names/series-names.ts';
import { bytesIn, RowQuery } from '../row-query.ts';
import { keepBetween, samplesOf } from '../series-samples.ts';
import { StoreOpenError } from '../store-open-error.ts';
import type { StoreLog } from '../store-options.ts';
import { loggedSamples } from './logged-samples.ts';

/** Format 1 has no tables for what this reads. */
const OLDEST_FORMAT = 2;
/** Samples that are decoded at a time, and no more than a chunk above that. */
const PART_SAMPLES = 65_536;

export interface ReadSamples {
  /** A series counts where one selector matches; none means all series. */
  readonly selectors: readonly Selector[];
  /** A closed range of unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Yields all samples of a sample store as they were at one moment, whether or not a server has it open: series by series in
 * the order of their names and labels, a long one in several parts, one behind the other. What a part has is reused by
 * the next. Throws StoreOpenError. `log` is told of what is damaged and left out.
 */
export function* readSamples(folder: string, { selectors, fromMs, toMs }: ReadSamples, log: StoreLog): Generator<SeriesSamples> {
  const file = join(folder, 'samples.db');
  if (!existsSync(file)) throw new StoreOpenError('not writable', `there is no ${file}: no Vitrine has kept samples there`);
  const db = openFile(file);
  try {
    const tests = selectors.map((selector) => compileMatchers(selector));
    const wanted = new Map<number, Labels>();
    let damagedNames = 0;
    for (const [ref, key] of allNames(db, () => undefined)) {
      if (key === undefined) {
        damagedNames++;
        continue;
      }
      const labels = Labels.fromKey(key);
      if (tests.length === 0 || tests.some((test) => test(labels))) wanted.set(ref, labels);
    }
    if (damagedNames > 0)
      log(
        'error',
        `${file} is damaged: the names of up to ${damagedNames} series cannot be read, and their samples are left out`,
      );
    const logged = loggedSamples(
      {
        walRows: isLeftOut(db, 'wal') ? undefined : new RowQuery(db, `SELECT id, ${bytesIn('data')} FROM wal ORDER BY id`),
        flushed: isLeftOut(db, 'flushed') ? undefined : new RowQuery(db, 'SELECT first_series, last_series, wal_id FROM flushed'),
      },
      (ref) => wanted.has(ref),
      (walId, problem) => log('error', `${file} is damaged: row ${walId} of its log is left out: ${problem}`),
    );
    const times = new RowQuery<[data: Uint8Array]>(db, `SELECT ${bytesIn('data')} FROM times WHERE id = ?`);
    const decoder = new ChunkDecoder({
      file,
      log,
      readTimes: (id) => times.all(id)[0]?.[0],
      describe: (ref) => wanted.get(ref)?.toString() ?? '',
    });
    const chunks = new RowQuery<ChunkRow>(
      db,
      `SELECT id, min_ms, max_ms, samples, ${bytesIn('data')} FROM chunk WHERE series = ? AND max_ms >= ? AND min_ms <= ? ORDER BY min_ms`,
    );
    const from = Math.max(fromMs, Number.MIN_SAFE_INTEGER);
    const to = Math.min(toMs, Number.MAX_SAFE_INTEGER);
    const part = new Columns(PART_SAMPLES);
    for (const [ref, labels] of [...wanted].toSorted(([, a], [, b]) => compareByName(a, b))) {
      const late = logged.get(ref);
      let takenLate = 0;
      const yieldUpTo = function* (endMs: number): Generator<SeriesSamples> {
        const first = takenLate;
        if (late !== undefined) {
          while (takenLate < late.length && (late.timestampsMs[takenLate] as number) <= endMs) takenLate++;
          mergeInto(part, 0, late, first, takenLate);
        }
        keepBetween(part, from, to);
        if (part.length > 0) yield samplesOf(labels, part);
        part.clear();
      };
      part.clear();
      for (const row of chunks.iterate(ref, from, to)) {
        const [, minMs, , samples] = row;
        // Chunks of one series do not overlap: all that comes before this one is there.
        if (part.length > 0 && part.length + samples > PART_SAMPLES) yield* yieldUpTo(minMs - 1);
        decoder.decode(ref, row, part);
      }
      yield* yieldUpTo(Infinity);
    }
  } finally {
    db.close();
  }
}

function openFile(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: 5_000, enableForeignKeyConstraints: false });
    db.exec('BEGIN');
    const version = Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0] as number;
    if (version < OLDEST_FORMAT)
      throw new StoreOpenError(
        'newer version',
        `${file} was written by an older version of Vitrine: start the server on it once`,
      );
    return db;
  } catch (error) {
    db?.close();
    throw openError(file, error);
  }
}

/** A metric's series follow each other: some formats want it so. */
function compareByName(a: Labels, b: Labels): number {
  const [one, other] = [a.metricName, b.metricName];
  return one < other ? -1 : one > other ? 1 : compareLabels(a, b);
}
