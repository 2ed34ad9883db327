import type { Labels } from '@vitrine/model/labels.ts';
import type { SeriesSamples } from '@vitrine/model/sample-store.ts';
import { Columns } from './chunk/columns.ts';
import { firstAtOrAfter } from './head/head.ts';

/** Buffers kept for the next query, and the samples that one may have room for: a giant is left to the collector. */
const SPARE_BUFFERS = 4;
const SPARE_SAMPLES = 1 << 18;

/** Drops the samples from place `first` on that are not in the closed range. */
export function keepBetween(columns: Columns, fromMs: number, toMs: number, first = 0): void {
  const from = firstAtOrAfter(columns, fromMs, first);
  const end = firstAtOrAfter(columns, toMs + 1, from);
  columns.keep(from, end, first);
}

/** What was read, as a query sees it: the columns are lent, not copied. */
export function samplesOf(labels: Labels, columns: Columns): SeriesSamples {
  const { length, timestampsMs, values, histograms, startsMs, rolled } = columns;
  if (histograms === undefined && startsMs === undefined && rolled === undefined) return { labels, length, timestampsMs, values };
  return { labels, length, timestampsMs, values, histograms: columns.histogramsByPlace(), startsMs, rolled };
}

/** Buffers between queries; queries may take turns in a thread, so each has its own. */
export class SpareColumns {
  readonly #spare: Columns[] = [];

  take(): Columns {
    return this.#spare.pop() ?? new Columns(8192);
  }

  giveBack(columns: Columns): void {
    if (this.#spare.length < SPARE_BUFFERS && columns.timestampsMs.length <= SPARE_SAMPLES) this.#spare.push(columns);
  }
}
