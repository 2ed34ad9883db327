import type { Exemplar } from '@vitrine/model/sample-store.ts';

/** Characters that an exemplar's label names and values may have together, as OpenMetrics says. */
const EXEMPLAR_LABEL_CHARACTERS = 128;
/** One series keeps at most this share of all exemplars, and never fewer than so many. */
const SERIES_SHARE = 0.01;
const SERIES_MIN = 10;
/** Up to here nobody minds what is in the queue. */
const QUEUE_MIN = 1024;

interface Entry {
  readonly ref: number;
  readonly exemplar: Exemplar;
  /** The row of the file that it stands in. */
  readonly rowId: number;
  dropped: boolean;
}

/** What comes of an exemplar; `known` is the newest one again, and `accepted` too. */
export type ExemplarVerdict = 'accepted' | 'known' | 'out of order' | 'labels over 128 characters';

/**
 * The newest exemplars, in memory: a bounded number of each series and of all together, the oldest leaving first. Those
 * of one series are in time order.
 */
export class Exemplars {
  readonly #limit: number;
  readonly #seriesLimit: number;
  readonly #bySeries = new Map<number, Entry[]>();
  /** In the order in which they came, from `#first` on. */
  #queue: Entry[] = [];
  #first = 0;
  #count = 0;
  /** How many of those that are kept stand in each row of the file. */
  readonly #rows = new Map<number, number>();
  readonly #emptyRows = new Set<number>();

  /** `limit` is how many are kept in all; 0 keeps none. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#seriesLimit = Math.max(SERIES_MIN, Math.floor(limit * SERIES_SHARE));
  }

  get keepsAny(): boolean {
    return this.#limit > 0;
  }

  /** Rows before this one are needed no more. */
  get oldestRowId(): number {
    return this.#queue[this.#first]?.rowId ?? Infinity;
  }

  /** How many are in memory, with those that left and are not taken out yet. */
  get held(): number {
    return this.#queue.length;
  }

  /** Rows of the file of which nothing is left, at most so many. */
  emptyRows(limit: number): number[] {
    return [...this.#emptyRows.values().take(limit)];
  }

  /** Rows that the file has no more. */
  forgetRows(beforeId: number, ids: readonly number[]): void {
    for (const id of ids) this.#emptyRows.delete(id);
    for (const id of this.#emptyRows) if (id < beforeId) this.#emptyRows.delete(id);
  }

  /** The series that have some. */
  refs(): Iterable<number> {
    return this.#bySeries.keys();
  }

  latestOf(ref: number): Exemplar | undefined {
    return this.#bySeries.get(ref)?.at(-1)?.exemplar;
  }

  add(ref: number, exemplar: Exemplar, rowId: number): void {
    if (this.#limit === 0) return;
    const entry = { ref, exemplar, rowId, dropped: false };
    this.#rows.set(rowId, (this.#rows.get(rowId) ?? 0) + 1);
    this.#emptyRows.delete(rowId);
    const series = this.#bySeries.get(ref);
    if (series === undefined) this.#bySeries.set(ref, [entry]);
    else {
      series.push(entry);
      if (series.length > this.#seriesLimit) this.#drop(series.shift() as Entry);
    }
    this.#queue.push(entry);
    this.#count++;
    while (this.#count > this.#limit) this.#dropOldest();
    this.#skipDropped();
  }

  /** The series' exemplars in the closed range, in time order. */
  between(ref: number, fromMs: number, toMs: number): Exemplar[] {
    const found: Exemplar[] = [];
    for (const { exemplar } of this.#bySeries.get(ref) ?? []) {
      if (exemplar.timestampMs >= fromMs && exemplar.timestampMs <= toMs) found.push(exemplar);
    }
    return found;
  }

  /** The rows of the file that a series' exemplars in the closed range stand in. */
  rowsOf(ref: number, fromMs: number, toMs: number): Set<number> {
    const rowIds = new Set<number>();
    for (const { exemplar, rowId } of this.#bySeries.get(ref) ?? []) {
      if (exemplar.timestampMs >= fromMs && exemplar.timestampMs <= toMs) rowIds.add(rowId);
    }
    return rowIds;
  }

  /** Drops a series' exemplars in the closed range. */
  remove(ref: number, fromMs: number, toMs: number): void {
    const series = this.#bySeries.get(ref);
    if (series === undefined) return;
    const kept: Entry[] = [];
    for (const entry of series) {
      const { timestampMs } = entry.exemplar;
      if (timestampMs < fromMs || timestampMs > toMs) kept.push(entry);
      else this.#drop(entry);
    }
    if (kept.length === 0) this.#bySeries.delete(ref);
    else this.#bySeries.set(ref, kept);
    this.#skipDropped();
  }

  /** What is there of rows of the file. */
  ofRows(rowIds: ReadonlySet<number>): Map<number, { readonly ref: number; readonly exemplar: Exemplar }[]> {
    const left = new Map<number, Entry[]>();
    for (let i = this.#first; i < this.#queue.length; i++) {
      const entry = this.#queue[i] as Entry;
      if (entry.dropped || !rowIds.has(entry.rowId)) continue;
      const row = left.get(entry.rowId);
      if (row === undefined) left.set(entry.rowId, [entry]);
      else row.push(entry);
    }
    return left;
  }

  #dropOldest(): void {
    this.#skipDropped();
    const entry = this.#queue[this.#first] as Entry;
    const series = this.#bySeries.get(entry.ref) as Entry[];
    series.shift();
    if (series.length === 0) this.#bySeries.delete(entry.ref);
    this.#drop(entry);
    this.#skipDropped();
  }

  #drop(entry: Entry): void {
    entry.dropped = true;
    this.#count--;
    const left = (this.#rows.get(entry.rowId) as number) - 1;
    if (left > 0) this.#rows.set(entry.rowId, left);
    else {
      this.#rows.delete(entry.rowId);
      this.#emptyRows.add(entry.rowId);
    }
  }

  #skipDropped(): void {
    while (this.#queue[this.#first]?.dropped === true) this.#first++;
    // Entries that left are taken out now and then, not one by one.
    if (this.#queue.length < QUEUE_MIN || this.#count * 2 > this.#queue.length) return;
    this.#queue = this.#queue.filter(({ dropped }) => !dropped);
    this.#first = 0;
  }
}

/**
 * Whether an exemplar may follow the series' latest one, as Prometheus has it: by time, at one time by value, at one
 * value by labels; the latest one again is accepted and changes nothing.
 */
export function judgeExemplar(exemplar: Exemplar, latest: Exemplar | undefined): ExemplarVerdict {
  const { names, values } = exemplar.labels;
  const characters = charactersOf(names.join('') + values.join(''));
  if (characters > EXEMPLAR_LABEL_CHARACTERS) return 'labels over 128 characters';
  if (latest === undefined) return 'accepted';
  const isSameValue = Object.is(exemplar.value, latest.value);
  if (exemplar.timestampMs !== latest.timestampMs) return exemplar.timestampMs > latest.timestampMs ? 'accepted' : 'out of order';
  if (!isSameValue) return exemplar.value < latest.value ? 'out of order' : 'accepted';
  if (exemplar.labels.key === latest.labels.key) return 'known';
  return exemplar.labels.key < latest.labels.key ? 'out of order' : 'accepted';
}

/** Characters as Unicode counts them, not those of UTF-16; not counted on far beyond what is allowed. */
function charactersOf(text: string): number {
  return Array.from(text.slice(0, 4 * EXEMPLAR_LABEL_CHARACTERS)).length;
}
