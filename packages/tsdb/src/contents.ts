import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { DEFAULT_MAX_EXEMPLARS, type StoreLog } from './store-options.ts';
import { Columns } from './chunk/columns.ts';
import { ChunkDecoder } from './chunk-decoder.ts';
import type { ChunkRow, Database } from './database.ts';
import { Exemplars } from './exemplars/exemplars.ts';
import { Head } from './head/head.ts';
import { LabelIndex } from './index/label-index.ts';
import { SeriesRefs } from './index/series-refs.ts';
import { SeriesTable } from './series-table.ts';

/** What the rooms of the store work on: the file, the head and what is known of the series. One thread owns it. */
export class Contents {
  readonly db: Database;
  readonly log: StoreLog;
  readonly head = new Head();
  readonly index = new LabelIndex();
  readonly refs = new SeriesRefs();
  readonly series = new SeriesTable();
  /** Told of refs that are about to be no series any more, and may become others. */
  onDropped: (refs: ReadonlySet<number>) => void = () => undefined;
  /** Samples in chunks. */
  storedSamples = 0;
  /** Ids of the log's rows count up from 1. */
  lastWalId = 0;
  walBytes = 0;
  /** First refs of blocks of names of which the start could read but one copy, until they are written anew. */
  halfNames: readonly number[] = [];
  /** Counts how often chunks were written or deleted. */
  chunkChanges = 0;
  /**
   * What queries may read in place of chunks: buckets of these widths, the narrowest first, the last of which end at `reachMs` or
   * before. Who changes chunks up to there calls doubtRollups.
   */
  rolledUp: { readonly widthsMs: readonly number[]; readonly reachMs: number } = { widthsMs: [], reachMs: -Infinity };
  readonly exemplars: Exemplars;
  /** Ids of the rows of exemplars count up from 1. */
  lastExemplarRow = 0;
  readonly #decoder: ChunkDecoder;

  constructor(db: Database, log: StoreLog, maxExemplars = DEFAULT_MAX_EXEMPLARS) {
    this.db = db;
    this.log = log;
    this.exemplars = new Exemplars(maxExemplars);
    this.#decoder = new ChunkDecoder({
      file: db.file,
      log,
      readTimes: (id) => db.readTimes(id),
      describe: (ref) => this.index.labelsOf(ref).toString(),
    });
  }

  addSeries(ref: number, key: string): void {
    this.index.add(ref, key);
    this.series.reserve(ref + 1);
    this.head.reserve(ref + 1);
  }

  /** Takes series out of memory: none of their samples is left. Their refs rest until the log has forgotten them too. */
  dropSeries(gone: ReadonlySet<number>): void {
    this.onDropped(gone);
    this.index.remove(gone);
    for (const ref of gone) {
      this.head.clear(ref);
      this.series.clear(ref);
      this.exemplars.remove(ref, -Infinity, Infinity);
      this.refs.rest(ref, this.lastWalId);
    }
  }

  /** To be called whenever a series' chunks were written or deleted: what readers remember of them is void. */
  chunksChanged(ref: number): void {
    this.chunkChanges++;
    this.series.chunksVersion[ref] = (this.series.chunksVersion[ref] as number) + 1;
  }

  /** Appends a stored chunk to `out`; see ChunkDecoder. */
  readChunk(ref: number, row: ChunkRow, out: Columns, isChecked = false): boolean {
    return this.#decoder.decode(ref, row, out, isChecked);
  }

  /** Reads a row of buckets; see ChunkDecoder. */
  readRollup(...row: Parameters<ChunkDecoder['decodeRollup']>): boolean {
    return this.#decoder.decodeRollup(...row);
  }

  /**
   * The series' newest sample where it is a native histogram; where it is a number, its bits are in the table from then
   * on, and the answer is undefined.
   */
  newestHistogram(ref: number): NativeHistogram | undefined {
    const { series, head } = this;
    const newestMs = series.newestMs[ref] as number;
    const columns = new Columns(64);
    head.read(ref, newestMs, newestMs, columns, 0);
    if (columns.timestampsMs[columns.length - 1] !== newestMs || columns.length === 0) {
      columns.clear();
      const [row] = this.db.newestOfSeries.all(ref);
      if (row !== undefined) this.readChunk(ref, row, columns);
    }
    const last = columns.length - 1;
    if (last < 0 || columns.timestampsMs[last] !== newestMs) return undefined;
    const histogram = columns.histograms?.get(newestMs);
    if (histogram !== undefined) return histogram;
    series.newestLow[ref] = columns.words[2 * last] as number;
    series.newestHigh[ref] = columns.words[2 * last + 1] as number;
    series.newestKnown[ref] = 1;
    return undefined;
  }
}
