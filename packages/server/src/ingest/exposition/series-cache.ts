import { createHash } from 'node:crypto';
import type { Labels } from '@vitrine/model/labels.ts';

/** One series as a target writes it. */
export interface CachedSeries {
  /** The bytes of `name{labels}`, one UTF-16 unit a byte. */
  readonly raw: string;
  /** `Labels.key` of the series that is stored; undefined where relabelling drops it. */
  readonly key: string | undefined;
  /**
   * The entry that stands for the stored series: this one, or the first with the same key where the text has the
   * labels in another order or relabelling makes two series one.
   */
  owner: CachedSeries;
  /** Number of the scrape that last had it, counted from 1; 0 means none. */
  seenInScrape: number;
  /** When its last sample was, in unix milliseconds, and whether the text said so. */
  lastTimestampMs: number;
  hasOwnTimestamp: boolean;
  /** Where it stands in the batch of the scrape `seenInScrape`. */
  batchIndex: number;
  /**
   * Where start times are read: what its `…_created` line and it have in common. Undefined where no such line can be
   * about it.
   */
  readonly startOf: string | undefined;
  /** Whether it is such a line itself, and no series. */
  readonly isStart: boolean;
  /** The exemplar that it had last, in whichever form tells it from another. */
  lastExemplar: string | undefined;
  /** What its metric was said to be, as far as its labels depend on that, and all that the text had said of metrics before it. */
  readonly said: string;
  told: Told;
  /** What followed it in the text the last time, which is the best guess for what follows now. */
  next: CachedSeries | undefined;
}

/**
 * All that a text has said of its metrics up to a line: the line, behind what was said before it. What was said alike, from the
 * first line on, is one object, so that two are compared to know whether anything is said otherwise than in the last scrape.
 */
export interface Told {
  readonly metric: string;
  readonly what: string;
  /** What was said next the last time. */
  next: Told | undefined;
  /** All that ever was said next, where that is more than one thing. */
  others: Map<string, Told> | undefined;
}

function toldBy(metric: string, what: string): Told {
  return { metric, what, next: undefined, others: undefined };
}

/** So many lines, said in different orders, are remembered. */
const MOST_TOLD = 100_000;

/**
 * Remembers, for one target, what each `name{labels}` text means, so that a series that was there in the last scrape
 * is neither parsed nor relabelled again.
 */
export class SeriesCache {
  readonly #byRaw = new Map<string, CachedSeries>();
  readonly #byKey = new Map<string, CachedSeries>();
  readonly #resolve: (exposed: Labels) => Labels | undefined;
  /** Series whose writing means another by now, because their metric is said to be something else. */
  #former: CachedSeries[] = [];
  #toldSize = 0;
  /** The series that stood first in the last text. */
  first: CachedSeries | undefined;
  /** Where a text begins. */
  nothingTold = toldBy('', '');
  /** Where the last text ended. */
  lastTold = this.nothingTold;

  /**
   * `resolve` turns the labels in the text into those that are stored, or undefined where the series is dropped.
   * What it throws is the parser's to pass on.
   */
  constructor(resolve: (exposed: Labels) => Labels | undefined = (exposed) => exposed) {
    this.#resolve = resolve;
  }

  get size(): number {
    return this.#byRaw.size + this.#former.length;
  }

  /** What is said of metrics after one thing more. */
  after(told: Told, metric: string, what: string): Told {
    const { next } = told;
    if (next !== undefined && next.metric === metric && next.what === what) return next;
    const line = `${metric} ${what}`;
    let known = told.others?.get(line);
    if (known === undefined) {
      if (++this.#toldSize > MOST_TOLD) {
        this.#toldSize = 0;
        this.nothingTold = toldBy('', '');
      }
      known = toldBy(metric, what);
      // Mostly there is one thing that may be said next, and a map would take more than all else.
      if (next !== undefined) {
        told.others ??= new Map([[`${next.metric} ${next.what}`, next]]);
        told.others.set(line, known);
      }
    }
    told.next = known;
    return known;
  }

  get(raw: string): CachedSeries | undefined {
    return this.#byRaw.get(placeOf(raw));
  }

  add(
    raw: string,
    exposed: Labels,
    {
      startOf,
      isStart = false,
      said = '',
      told = this.nothingTold,
    }: Partial<Pick<CachedSeries, 'startOf' | 'isStart' | 'said' | 'told'>> = {},
  ): CachedSeries {
    const before = this.#byRaw.get(placeOf(raw));
    if (before !== undefined) this.#former.push(before);
    const key = isStart ? undefined : this.#resolve(exposed)?.key;
    const draft = {
      raw,
      key,
      owner: undefined as CachedSeries | undefined,
      seenInScrape: 0,
      lastTimestampMs: Number.NaN,
      hasOwnTimestamp: false,
      batchIndex: 0,
      startOf,
      isStart,
      lastExemplar: undefined,
      said,
      told,
      next: undefined,
    };
    const owner = key === undefined ? undefined : this.#byKey.get(placeOf(key));
    draft.owner = owner ?? (draft as CachedSeries);
    const series = draft as CachedSeries;
    if (key !== undefined && owner === undefined) this.#byKey.set(placeOf(key), series);
    this.#byRaw.set(placeOf(raw), series);
    return series;
  }

  /**
   * Forgets every series that `scrape` did not have, neither itself nor under another writing, and returns those.
   * The caller has set `seenInScrape` of what was there, and of its owner.
   */
  takeUnseen(scrape: number): CachedSeries[] {
    const gone: CachedSeries[] = [];
    for (const series of this.#byRaw.values()) {
      if (series.seenInScrape !== scrape) gone.push(series);
    }
    for (const series of gone) this.#byRaw.delete(placeOf(series.raw));
    if (this.#former.length > 0) {
      for (const series of this.#former) if (series.seenInScrape !== scrape) gone.push(series);
      this.#former = this.#former.filter(({ seenInScrape }) => seenInScrape === scrape);
    }
    if (gone.length === 0) return gone;
    for (const series of gone) {
      if (series.key !== undefined && series.owner === series) this.#byKey.delete(placeOf(series.key));
    }
    // A guess that leads to a forgotten series would bring it back without an entry in the map.
    for (const series of this.#byRaw.values()) {
      if (series.next !== undefined && series.next.seenInScrape !== scrape) series.next = undefined;
    }
    if (this.first !== undefined && this.first.seenInScrape !== scrape) this.first = undefined;
    return gone;
  }
}

/** Of longer texts V8's maps look at the length alone, and compare each with all of its length. */
const LONGEST_TOLD_APART = 16_000;

function placeOf(text: string): string {
  return text.length <= LONGEST_TOLD_APART ? text : createHash('sha256').update(text).digest('base64');
}
