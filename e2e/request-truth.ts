/**
 * What the stores may say of a service whose every request is known. A metric store sees a counter only when it scrapes; a search
 * engine has each request. So their numbers differ by what happens at the edges of a window, and by no more. With
 *
 * - `gap` (δ): the longest time between two samples of the store, and a scrape's own time on top,
 * - `window` (w): [t, t + w), the stretch of one point,
 * - N(a, b]: the requests of the log in a stretch,
 *
 * two samples s1 and s2 stand for the window, and the counters say exactly N(s1, s2]:
 *
 * - PromQL's rate takes the first and the last sample inside: s1 in [t, t + δ], s2 in [t + w − δ, t + w], and stretches the
 *   increase to the window, by at most w / (w − 2δ). So N(t + δ, t + w − δ] ≤ increase ≤ N(t, t + w] · w / (w − 2δ).
 * - InfluxQL's difference of `last` takes the last before each edge: N(t, t + w − δ] ≤ difference ≤ N(t − δ, t + w].
 * - A quantile of a histogram lies in the bucket of an observation whose rank is that of the quantile, give or take those that the
 *   edges leave out; one of documents is the observation at that rank (InfluxDB rounds it; OpenSearch's t-digest of compression 100
 *   may be off by 4·n·q(1 − q)/100 ranks).
 */
export interface Requested {
  /** When it was counted. Unix milliseconds. */
  readonly timeMs: number;
  readonly seconds: number;
  readonly code: number;
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export type Reading = 'rate' | 'difference' | 'documents';

/** Windows over a log, the edges of which a store sees only so far. */
export class RequestTruth {
  /** By time. */
  readonly #all: readonly Requested[];
  readonly #windowMs: number;

  constructor(requests: readonly Requested[], windowMs: number) {
    this.#all = requests.toSorted((a, b) => a.timeMs - b.timeMs);
    this.#windowMs = windowMs;
  }

  /** How many requests of these there were in [fromMs, toMs). */
  count(fromMs: number, toMs: number, fits: (request: Requested) => boolean = () => true): number {
    return this.#all.filter((it) => it.timeMs >= fromMs && it.timeMs < toMs && fits(it)).length;
  }

  /** Between which numbers a store's count of a window must lie. */
  counted(atMs: number, reading: Reading, gapMs: number, fits?: (request: Requested) => boolean): Bounds {
    const endMs = atMs + this.#windowMs;
    switch (reading) {
      case 'rate':
        return {
          low: this.count(atMs + gapMs, endMs - gapMs, fits),
          high: (this.count(atMs, endMs + 1, fits) * this.#windowMs) / (this.#windowMs - 2 * gapMs),
        };
      case 'difference':
        return { low: this.count(atMs, endMs - gapMs, fits), high: this.count(atMs - gapMs, endMs + 1, fits) };
      case 'documents': {
        const count = this.count(atMs, endMs, fits);
        return { low: count, high: count };
      }
    }
  }

  /** Between which shares of errors a store's must lie. */
  errors(atMs: number, reading: Reading, gapMs: number): Bounds {
    const failed = this.counted(atMs, reading, gapMs, ({ code }) => code !== 200);
    const all = this.counted(atMs, reading, gapMs);
    // Where it is not certain that there was a request, the share may be any.
    return all.low === 0 ? { low: 0, high: 1 } : { low: failed.low / all.high, high: failed.high / all.low };
  }

  /** Between which seconds a quantile must lie. `edges` are the upper bounds of the histogram's buckets, where one was asked. */
  quantile(atMs: number, quantile: number, reading: Reading, gapMs: number, edges: readonly number[]): Bounds {
    const endMs = atMs + this.#windowMs;
    const sorted = this.#all
      .filter(({ timeMs }) => timeMs >= atMs && timeMs < endMs)
      .map(({ seconds }) => seconds)
      .toSorted((a, b) => a - b);
    const count = sorted.length;
    const rank = quantile * count;
    /** The observation of a rank, counted from 1. */
    const at = (wanted: number): number => sorted[Math.min(count, Math.max(1, wanted)) - 1] as number;
    if (reading === 'rate') {
      const missed = this.count(atMs, atMs + gapMs) + this.count(endMs - gapMs, endMs + 1);
      const [low, high] = [at(Math.floor(rank - quantile * missed)), at(Math.ceil(rank + missed))];
      return {
        low: Math.max(0, ...edges.filter((edge) => edge < low)),
        high: Math.min(...edges.filter((edge) => edge >= high)),
      };
    }
    const off = reading === 'difference' ? 1 : 1 + Math.ceil((4 * count * quantile * (1 - quantile)) / 100);
    return { low: at(Math.floor(rank) - off), high: at(Math.ceil(rank) + off) };
  }
}
