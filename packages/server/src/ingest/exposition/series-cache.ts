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
  /** What followed it in the text the last time, which is the best guess for what follows now. */
  next: CachedSeries | undefined;
}

/**
 * Remembers, for one target, what each `name{labels}` text means, so that a series that was there in the last scrape
 * is neither parsed nor relabelled again.
 */
export class SeriesCache {
  readonly #byRaw = new Map<string, CachedSeries>();
  readonly #byKey = new Map<string, CachedSeries>();
  readonly #resolve: (exposed: Labels) => Labels | undefined;
  /** The series that stood first in the last text. */
  first: CachedSeries | undefined;

  /**
   * `resolve` turns the labels in the text into those that are stored, or undefined where the series is dropped.
   * What it throws is the parser's to pass on.
   */
  constructor(resolve: (exposed: Labels) => Labels | undefined = (exposed) => exposed) {
    this.#resolve = resolve;
  }

  get size(): number {
    return this.#byRaw.size;
  }

  get(raw: string): CachedSeries | undefined {
    return this.#byRaw.get(raw);
  }

  add(
    raw: string,
    exposed: Labels,
    { startOf, isStart = false }: Partial<Pick<CachedSeries, 'startOf' | 'isStart'>> = {},
  ): CachedSeries {
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
      next: undefined,
    };
    const owner = key === undefined ? undefined : this.#byKey.get(key);
    draft.owner = owner ?? (draft as CachedSeries);
    const series = draft as CachedSeries;
    if (key !== undefined && owner === undefined) this.#byKey.set(key, series);
    this.#byRaw.set(raw, series);
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
    if (gone.length === 0) return gone;
    for (const series of gone) {
      this.#byRaw.delete(series.raw);
      if (series.key !== undefined && series.owner === series) this.#byKey.delete(series.key);
    }
    // A guess that leads to a forgotten series would bring it back without an entry in the map.
    for (const series of this.#byRaw.values()) {
      if (series.next !== undefined && series.next.seenInScrape !== scrape) series.next = undefined;
    }
    if (this.first !== undefined && this.first.seenInScrape !== scrape) this.first = undefined;
    return gone;
  }
}
