import type { Cardinality, CardinalityRequest, LabelCounts, SeriesCounts } from '@vitrine/model/cardinality.ts';
import { METRIC_NAME } from '@vitrine/model/labels.ts';
import type { Contents } from '../contents.ts';
import { Turns } from './turns.ts';

const HOUR_MS = 3_600_000;
/** A series without a sample for so long has ended, as PromQL sees it. */
const LOOKBACK_MS = 300_000;

/** Measured at a million series: tables and raw samples of a series, one of its labels in row and postings, and a value in its map. */
const SERIES_BYTES = 640;
const LABEL_BYTES = 14;
const VALUE_BYTES = 120;

const NONE = new Uint32Array(0);

/** What the series are made of, in one pass over them; others get their turn meanwhile. */
export async function countSeries(
  { index, series, head }: Contents,
  { selector, limit, nowMs }: CardinalityRequest,
  signal?: AbortSignal,
): Promise<Cardinality> {
  const turns = new Turns(signal);
  const matched = selector.length === 0 ? undefined : index.match(selector);
  const counts = new Counts();
  let activeSeries = 0;
  let headSamples = 0;
  let labels = 0;
  let oldestMs = Infinity;
  let newestMs = -Infinity;
  const total = { series: 0, newSeries: 0, goneSeries: 0 };
  const count = matched?.length ?? index.refLimit;
  for (let i = 0; i < count; i++) {
    if (turns.step()) await turns.giveWay();
    const ref = matched?.[i] ?? i;
    if (!index.has(ref)) continue;
    const first = series.oldestMs[ref] as number;
    const last = series.newestMs[ref] as number;
    const isNew = first > nowMs - HOUR_MS;
    const isActive = last > nowMs - LOOKBACK_MS;
    const isGone = !isActive && last > nowMs - HOUR_MS;
    oldestMs = Math.min(oldestMs, first);
    newestMs = Math.max(newestMs, last);
    total.series++;
    if (isNew) total.newSeries++;
    if (isGone) total.goneSeries++;
    if (isActive) activeSeries++;
    headSamples += head.count(ref);
    labels += index.eachId(ref, (id) => counts.add(id, isNew, isGone));
  }
  const metrics: (SeriesCounts & { name: string })[] = [];
  const jobs: (SeriesCounts & { name: string })[] = [];
  const pairs: (SeriesCounts & { name: string; value: string })[] = [];
  const byLabel: LabelCounts[] = [];
  let labelPairs = 0;
  let valueBytes = 0;
  for (const name of index.labelNames()) {
    const sum = { values: 0, newValues: 0, characters: 0, series: 0, newSeries: 0, goneSeries: 0 };
    for (const [value, id] of index.idsOf(name)) {
      if (turns.step()) await turns.giveWay();
      const own = counts.of(id);
      if (own.series === 0) continue;
      labelPairs++;
      valueBytes += VALUE_BYTES + value.length;
      sum.values++;
      if (own.series === own.newSeries) sum.newValues++;
      sum.characters += value.length * own.series;
      sum.series += own.series;
      sum.newSeries += own.newSeries;
      sum.goneSeries += own.goneSeries;
      if (name === METRIC_NAME) metrics.push({ name: value, ...own });
      else keepTop(pairs, { name, value, ...own }, limit);
      if (name === 'job') jobs.push({ name: value, ...own });
    }
    if (sum.values > 0) byLabel.push({ name, ...sum });
  }
  return {
    ...total,
    activeSeries,
    labelPairs,
    memoryBytes: total.series * SERIES_BYTES + labels * LABEL_BYTES + valueBytes,
    headSamples,
    oldestMs: oldestMs === Infinity ? undefined : oldestMs,
    newestMs: newestMs === -Infinity ? undefined : newestMs,
    metrics: top(metrics, limit),
    jobs: top(jobs, limit),
    labels: byLabel.sort((a, b) => b.values - a.values || compareText(a.name, b.name)).slice(0, limit),
    pairs: top(pairs, limit),
  };
}

/** By id of a label with its value. */
class Counts {
  #series = NONE;
  #new = NONE;
  #gone = NONE;

  add(id: number, isNew: boolean, isGone: boolean): void {
    if (id >= this.#series.length) this.#reserve(id + 1);
    this.#series[id] = (this.#series[id] as number) + 1;
    if (isNew) this.#new[id] = (this.#new[id] as number) + 1;
    if (isGone) this.#gone[id] = (this.#gone[id] as number) + 1;
  }

  of(id: number): SeriesCounts {
    return { series: this.#series[id] ?? 0, newSeries: this.#new[id] ?? 0, goneSeries: this.#gone[id] ?? 0 };
  }

  #reserve(length: number): void {
    const larger = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const column = new Uint32Array(Math.max(4096, length, old.length * 2));
      column.set(old);
      return column;
    };
    this.#series = larger(this.#series);
    this.#new = larger(this.#new);
    this.#gone = larger(this.#gone);
  }
}

function keepTop<T extends SeriesCounts & { name: string }>(list: T[], one: T, limit: number): void {
  list.push(one);
  if (list.length >= 2 * limit + 1000) list.splice(0, list.length, ...top(list, limit));
}

function top<T extends SeriesCounts & { name: string }>(list: T[], limit: number): T[] {
  return list.sort((a, b) => b.series - a.series || compareText(a.name, b.name)).slice(0, limit);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
