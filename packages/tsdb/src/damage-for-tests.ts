import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { QueryError, type Exemplar, type SampleBatch } from '@vitrine/model/sample-store.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { histogramOf } from './histograms-for-tests.ts';
import { LocalStore } from './local-store.ts';
import { StoreOpenError } from './store-open-error.ts';
import { batchOf, keyOf, tempFolder, type TestSample } from './store-for-tests.ts';

const START_MS = 1_700_000_000_000;
const OPTIONS = { retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1000 };

/** Everything that a store holds, a line each: `series time value`, `series exemplar …`. */
export type Holding = ReadonlySet<string>;

/** Enough for their names to be packed. */
const SHORT_SERIES = 20;

/**
 * A batch of numbers of all magnitudes, of histograms and of exemplars; two series share their times, and others have none in common.
 * The first has series that no other has, and so has each, one.
 */
function batchAt(number: number, samples = 60): SampleBatch {
  const startMs = START_MS + number * 1_000_000;
  const floats: TestSample[] = [];
  for (let i = 0; i < samples; i++) {
    for (const series of ['a{1}', 'a{2}', 'a{3}'])
      floats.push([series, startMs + i * 5_000 + ((i * i) % 7), Math.sin(number + i)]);
    for (const series of ['b{1}', 'b{2}'])
      floats.push([series, startMs + i * (series === 'b{1}' ? 3_001 : 2_003), number * 1000 + i]);
  }
  for (let i = 0; i < (number === 0 ? SHORT_SERIES : 0); i++) floats.push([`c{${i}}`, startMs, i]);
  floats.push([`d{${number}}`, startMs, number]);
  const histograms = Array.from({ length: samples }, (_, i) => ['h{1}', startMs + i * 4_000, 0] as const);
  const batch = batchOf([...floats, ...histograms]);
  const place = batch.seriesKeys.indexOf(keyOf('a{1}'));
  const exemplar = (i: number): Exemplar => ({
    labels: Labels.from({ trace_id: `${number}x${i}` }),
    value: i,
    timestampMs: startMs + i,
  });
  return {
    ...batch,
    histograms: new Map(histograms.map((_, i) => [floats.length + i, histogramOf({ buckets: [i, number, 3 * i, 7] })])),
    exemplars: Array.from({ length: 4 }, (_, i) => ({ seriesIndex: place, exemplar: exemplar(i) })),
  };
}

/** The files of a store as a crash leaves them: rows of every kind, samples in chunks and in the log. */
export class StoreFiles {
  readonly folder: string;
  /** What was in the store after each of its batches. */
  readonly holdings: readonly Holding[];
  /** Bytes of SQLite's own log after each of its batches. */
  readonly logBytes: readonly number[];
  readonly main: Buffer;
  readonly log: Buffer;

  private constructor(folder: string, holdings: readonly Holding[], logBytes: readonly number[]) {
    this.folder = folder;
    this.holdings = holdings;
    this.logBytes = logBytes;
    this.main = readFileSync(join(folder, 'samples.db'));
    this.log = readFileSync(join(folder, 'samples.db-wal'));
  }

  /** `folds`: SQLite's own log is folded into the main file, and is empty. */
  static async make(batches: number, folds: boolean): Promise<StoreFiles> {
    const { folder, remove } = tempFolder();
    const { folder: copy } = tempFolder();
    const store = LocalStore.open({ ...OPTIONS, folder });
    const holdings: Holding[] = [];
    const logBytes: number[] = [];
    for (let number = 0; number < batches; number++) {
      await store.append(batchAt(number, number === batches - 1 ? 4 : 60));
      if (number === batches - 3) await store.flush();
      holdings.push(await holdingOf(store));
      logBytes.push(readFileSync(join(folder, 'samples.db-wal')).length);
    }
    if (folds) await store.close();
    for (const name of ['samples.db', 'samples.db-wal']) {
      if (folds && name.endsWith('-wal')) writeFileSync(join(copy, name), '');
      else copyFileSync(join(folder, name), join(copy, name));
    }
    if (!folds) await store.close();
    remove();
    return new StoreFiles(copy, holdings, logBytes);
  }

  get all(): Holding {
    return this.holdings.at(-1) as Holding;
  }
}

/** What comes of opening such files and reading all of them. */
export interface Outcome {
  readonly held: Holding;
  /** Sentences of the log, and of what was thrown. */
  readonly told: readonly string[];
}

/** Opens files in a folder of their own, reads everything in them and closes them. Throws what is no sentence to a user. */
export async function outcomeOf(main: Uint8Array, log: Uint8Array): Promise<Outcome> {
  const { folder, remove } = tempFolder();
  const told: string[] = [];
  try {
    writeFileSync(join(folder, 'samples.db'), main);
    if (log.length > 0) writeFileSync(join(folder, 'samples.db-wal'), log);
    let store: LocalStore;
    try {
      store = LocalStore.open({ ...OPTIONS, folder, log: (_, sentence) => told.push(sentence) });
    } catch (error) {
      if (!(error instanceof StoreOpenError)) throw error;
      told.push(error.message);
      return { held: new Set(), told };
    }
    try {
      return { held: await holdingOf(store, told), told };
    } finally {
      await store.close();
    }
  } finally {
    remove();
  }
}

async function holdingOf(store: LocalStore, told?: string[]): Promise<Holding> {
  const held = new Set<string>();
  const range = { fromMs: -Infinity, toMs: Infinity };
  // Name by name: where one cannot be read the others can.
  for (const labels of store.source.selectLabels({ ...range, matchers: [] })) {
    const matchers = labels.names.map((label, i) => ({ label, op: '=' as const, value: labels.values[i] as string }));
    try {
      for (const series of store.source.select({ ...range, matchers })) {
        const words = wordsOf(series.values);
        for (let i = 0; i < series.length; i++) {
          const histogram = series.histograms?.[i];
          const value =
            histogram === undefined
              ? `${words[2 * i + 1]} ${words[2 * i]}`
              : `${histogram.sum} ${histogram.positiveBuckets.join()}`;
          held.add(`${series.labels} ${series.timestampsMs[i]} ${value}`);
        }
      }
    } catch (error) {
      if (told === undefined || !(error instanceof QueryError)) throw error;
      told.push(error.message);
    }
  }
  for (const { labels, exemplars } of await store.exemplars({ ...range, selectors: [], limit: 0 })) {
    for (const { labels: own, value, timestampMs } of exemplars) held.add(`${labels} exemplar ${own} ${value} ${timestampMs}`);
  }
  return held;
}

const LEAF_HEADER_BYTES = 8;
const INTERIOR_HEADER_BYTES = 12;
const FIRST_PAGE_HEADER = 100;
const PAGE_BYTES = 8192;
/** The length, the id and the first columns of a row. */
const ROW_BYTES = 26;

/** Where a SQLite file keeps its pages' headers, the places of rows and how they begin: https://sqlite.org/fileformat2.html#b_tree_pages. */
export function placesOfRows(file: Buffer): number[] {
  const places: number[] = [];
  for (let page = 0; page < file.length; page += PAGE_BYTES) {
    const header = page === 0 ? FIRST_PAGE_HEADER : page;
    const kind = file[header] as number;
    if (![2, 5, 10, 13].includes(kind)) continue;
    const rows = file.readUInt16BE(header + 3);
    const end = header + (kind < 10 ? INTERIOR_HEADER_BYTES : LEAF_HEADER_BYTES);
    for (let at = header; at < end + 2 * rows; at++) places.push(at);
    for (let row = 0; row < rows; row++) {
      const at = page + file.readUInt16BE(end + 2 * row);
      for (let i = at; i < Math.min(at + ROW_BYTES, page + PAGE_BYTES); i++) places.push(i);
    }
  }
  return places;
}
