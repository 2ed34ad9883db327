import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { SampleBatch } from '@vitrine/model/sample-store.ts';
import { metricOf, seriesOf, type ToldRefusal, type UploadAnswer, type UploadMapping } from '@vitrine/model/upload.ts';
import type { Refused } from '../arrivals.ts';
import { readLabel, readNumber, timeReader } from './cells.ts';
import { openTable, type UploadedFile } from './open-table.ts';
import { Refusals } from './refusals.ts';
import { nameSome, type Rows, type Table } from './rows.ts';

const SAMPLES_A_BATCH = 50_000;
/** Batches that are being stored while the next is read: a commit to disk takes longer than a batch does to read. */
const MOST_UNDER_WAY = 4;
/** Series that are remembered and counted. */
const MOST_SERIES = 100_000;
const MOST_METRICS_NAMED = 100;

/** What was read since the last batch. */
export interface ReadBatch {
  readonly batch: SampleBatch;
  /** Places in the batch of samples that have the time, and not the value, of the newest before them in their series, ascending. */
  readonly repeats: Uint32Array;
  readonly refused: readonly Refused[];
  /** Since the file's start. */
  readonly rows: number;
  readonly refusedCount: number;
}

/** What the store said to a batch. */
export interface Taken {
  readonly accepted: number;
  readonly refused: readonly Refused[];
  /** Some of them. */
  readonly told: readonly ToldRefusal[];
}

export interface ReadUpload {
  readonly file: UploadedFile;
  readonly mapping: UploadMapping;
  readonly unpackedBytes: number;
  /** Stores it; is called again before it resolves, a few times. */
  readonly take: (batch: ReadBatch) => Promise<Taken>;
}

/** All that an answer says but what only the receiver of the bytes knows. */
export type ReadAnswer = Omit<UploadAnswer, 'bytes' | 'dryRun'>;

/**
 * Reads a file by its mapping, in batches. What is wrong in a row costs the row or the cell; what is wrong with the file
 * ends it: `stopped` says why, or it throws BadRequest where nothing was taken before. What `take` throws goes the same ways.
 */
export async function readUpload({ file, mapping, unpackedBytes, take }: ReadUpload): Promise<ReadAnswer> {
  const { table, format, decimal } = await openTable(file, {
    format: mapping.format,
    csv: mapping.csv,
    unpackedBytes,
    isHead: false,
  });
  const wanted = wantedColumns(mapping, table);
  const refusals = new Refusals();
  const seen = { series: new Set<string>(), metrics: new Set<string>(), fromMs: Infinity, toMs: -Infinity };
  let rows = 0;
  let accepted = 0;
  const underWay = new Set<Promise<void>>();
  const flush = async (columns: Columns): Promise<void> => {
    const fresh = refusals.takeFresh();
    if (columns.length === 0 && fresh.length === 0) return;
    const storing = take({
      batch: columns.batch(),
      repeats: columns.repeats(),
      refused: fresh,
      rows,
      refusedCount: refusals.count,
    }).then((taken) => {
      accepted += taken.accepted;
      taken.told.forEach((refused) => refusals.tell(refused));
      taken.refused.forEach((refused) => refusals.add(refused));
    });
    columns.clear();
    underWay.add(storing);
    // Who waits for all of them is told of a failure; until then it is nobody's.
    storing.then(
      () => underWay.delete(storing),
      () => undefined,
    );
    if (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay);
  };

  let stopped: string | undefined;
  const columns = new Columns(mapping, seen);
  try {
    const fill = rowFiller(mapping, { table, decimal }, refusals, columns);
    for await (const block of table.rows(wanted)) {
      block.refused.forEach((refused) => refusals.row(refused));
      const before = rows;
      rows += block.refused.length;
      let refusedBefore = 0;
      for (let index = 0; index < block.count; index++) {
        rows++;
        // What could not be read was a row too, so that those after it keep their times.
        while ((block.refused[refusedBefore]?.row ?? Infinity) < block.numberOf(index)) refusedBefore++;
        fill(block, index, before + index + refusedBefore);
        if (columns.length >= SAMPLES_A_BATCH) await flush(columns);
      }
      // So that progress is seen in a file that is refused row by row.
      if (columns.length === 0) await flush(columns);
    }
    await flush(columns);
    await Promise.all(underWay);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // The rows before the damage were read well.
    if (error instanceof BadRequest && columns.length > 0) await flush(columns);
    await Promise.allSettled(underWay);
    if (accepted === 0) throw error;
    stopped = error.message;
  }
  return {
    format,
    rows,
    accepted,
    refused: refusals.count,
    metrics: [...seen.metrics].slice(0, MOST_METRICS_NAMED),
    series: seen.series.size,
    fromMs: Number.isFinite(seen.fromMs) ? seen.fromMs : undefined,
    toMs: Number.isFinite(seen.toMs) ? seen.toMs : undefined,
    reasons: refusals.reasons(),
    rowsRefused: refusals.rows,
    stopped,
  };
}

/** The time's column where there is one, then the labels', then the values'. */
function wantedColumns({ time, labels, values }: UploadMapping, table: Table): string[] {
  const wanted = [
    ...(time.kind === 'column' ? [time.column] : []),
    ...labels.map(({ column }) => column),
    ...values.map(({ column }) => column),
  ];
  const names = new Set(table.columns.map(({ name }) => name));
  const unknown = wanted.find((name) => !names.has(name));
  if (unknown !== undefined && !table.mayHaveMore) {
    throw new BadRequest(
      'mapping',
      `names the column "${unknown.slice(0, 100)}", and the file has ${nameSome([...names])}; is another delimiter meant?`,
    );
  }
  return wanted;
}

/** Reads one row, which is the `place`th of the file from 0, into the columns, or notes why not. */
function rowFiller(
  mapping: UploadMapping,
  { table, decimal }: { readonly table: Table; readonly decimal: '.' | ',' },
  refusals: Refusals,
  columns: Columns,
): (rows: Rows, index: number, place: number) => void {
  const { time, labels, values } = mapping;
  const firstLabel = time.kind === 'column' ? 1 : 0;
  const firstValue = firstLabel + labels.length;
  const timeColumn = time.kind === 'column' ? time.column : '';
  const readTime =
    time.kind === 'column'
      ? timeReader(time.format, time.zone, table.columns.find(({ name }) => name === timeColumn)?.naive)
      : undefined;
  const cells: string[] = labels.map(() => '');
  return (rows, index, place) => {
    const timeMs = time.kind === 'column' ? readTime?.(rows.cell(index, 0)) : time.startMs + place * time.everyMs;
    if (typeof timeMs !== 'number') {
      const row = rows.numberOf(index);
      if (timeMs === undefined) refusals.row({ row, column: timeColumn, reason: 'no time', sentence: 'the cell is empty' });
      else refusals.row({ row, column: timeColumn, reason: 'not a time', sentence: timeMs });
      return;
    }
    for (let at = 0; at < cells.length; at++) cells[at] = readLabel(rows.cell(index, firstLabel + at));
    columns.group(cells);
    for (let at = 0; at < values.length; at++) {
      const value = readNumber(rows.cell(index, firstValue + at), decimal);
      if (typeof value === 'number') columns.push(at, timeMs, value);
      else if (value !== undefined) {
        const column = values[at]?.column ?? '';
        refusals.row({ row: rows.numberOf(index), column, reason: 'not a number', sentence: value });
      }
    }
  };
}

interface Seen {
  readonly series: Set<string>;
  readonly metrics: Set<string>;
  fromMs: number;
  toMs: number;
}

/** Series of the rows whose label cells are the same, by value column. */
interface Group {
  readonly keys: (string | undefined)[];
  /** Their places in the batch of that number. */
  readonly places: Int32Array;
  /** Of each series in the file so far. */
  readonly newestMs: Float64Array;
  readonly newestValues: Float64Array;
  batch: number;
}

/** Samples as columns, until they are a batch. */
class Columns {
  length = 0;
  readonly #mapping: UploadMapping;
  readonly #seen: Seen;
  readonly #groups = new Map<string, Group>();
  #group: Group | undefined;
  #cells: readonly string[] = [];
  #groupKey: string | undefined;
  #batch = 0;
  /** Places by key: of very many groups some are forgotten, and come again as others with the same series. */
  #keys = new Map<string, number>();
  // A row may have as many values as there are columns.
  readonly #index: Uint32Array<ArrayBuffer>;
  readonly #timesMs: Float64Array<ArrayBuffer>;
  readonly #values: Float64Array<ArrayBuffer>;
  #repeats: number[] = [];

  constructor(mapping: UploadMapping, seen: Seen) {
    this.#mapping = mapping;
    this.#seen = seen;
    const most = SAMPLES_A_BATCH + mapping.values.length;
    this.#index = new Uint32Array(most);
    this.#timesMs = new Float64Array(most);
    this.#values = new Float64Array(most);
    for (const value of mapping.values) seen.metrics.add(metricOf(mapping, value));
  }

  /** What is pushed next has these cells in the label columns. */
  group(cells: readonly string[]): void {
    const key = cells.length === 0 ? '' : cells.length === 1 ? (cells[0] as string) : JSON.stringify(cells);
    if (key === this.#groupKey) return;
    this.#groupKey = key;
    this.#cells = [...cells];
    let group = this.#groups.get(key);
    if (group === undefined) {
      const { length } = this.#mapping.values;
      group = {
        keys: Array.from({ length }, () => undefined),
        places: new Int32Array(length),
        newestMs: new Float64Array(length).fill(-Infinity),
        newestValues: new Float64Array(length),
        batch: -1,
      };
      if (this.#groups.size * length >= MOST_SERIES) this.#groups.clear();
      this.#groups.set(key, group);
    }
    this.#group = group;
  }

  push(value: number, timeMs: number, number: number): void {
    const group = this.#group as Group;
    if (group.batch !== this.#batch) {
      group.batch = this.#batch;
      group.places.fill(-1);
    }
    let place = group.places[value] as number;
    if (place === -1) {
      const column = this.#mapping.values[value];
      const key = (group.keys[value] ??= column === undefined ? '' : seriesOf(this.#mapping, column, this.#cells).key);
      place = this.#keys.get(key) ?? this.#keys.size;
      this.#keys.set(key, place);
      group.places[value] = place;
      if (this.#seen.series.size < MOST_SERIES) this.#seen.series.add(key);
    }
    const at = this.length++;
    this.#index[at] = place;
    this.#timesMs[at] = timeMs;
    this.#values[at] = number;
    const newestMs = group.newestMs[value] as number;
    if (timeMs === newestMs && !Object.is(group.newestValues[value], number)) this.#repeats.push(at);
    else if (timeMs > newestMs) {
      group.newestMs[value] = timeMs;
      group.newestValues[value] = number;
    }
    if (timeMs < this.#seen.fromMs) this.#seen.fromMs = timeMs;
    if (timeMs > this.#seen.toMs) this.#seen.toMs = timeMs;
  }

  /** Copies: they may be handed to another thread. */
  batch(): SampleBatch {
    return {
      seriesKeys: [...this.#keys.keys()],
      seriesIndex: this.#index.slice(0, this.length),
      timestampsMs: this.#timesMs.slice(0, this.length),
      values: this.#values.slice(0, this.length),
    };
  }

  repeats(): Uint32Array {
    return Uint32Array.from(this.#repeats);
  }

  clear(): void {
    this.length = 0;
    this.#repeats = [];
    this.#keys = new Map();
    this.#batch++;
  }
}
