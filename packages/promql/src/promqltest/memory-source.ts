import type { Labels } from '@vitrine/model/labels.ts';
import type { SampleSource, SelectRequest, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { setStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import { compileMatchers } from '../match.ts';

interface StoredSeries {
  readonly labels: Labels;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
}

/** One sample to store: a number, or the mark that the series ended. */
export interface NewSample {
  readonly timestampMs: number;
  readonly value: number | 'stale';
}

/** Samples in memory, for tests and scripts. Of two samples of one series and time the later added counts. */
export class MemorySource implements SampleSource {
  readonly #series = new Map<string, StoredSeries>();

  add(labels: Labels, samples: readonly NewSample[]): void {
    const known = this.#series.get(labels.key);
    const times = new Set(samples.map((sample) => sample.timestampMs));
    const kept = known === undefined ? [] : [...known.timestampsMs.keys()].filter((at) => !times.has(known.timestampsMs[at]!));
    const order = [...new Map(samples.map((sample) => [sample.timestampMs, sample])).values()];
    const all = [
      ...kept.map((at) => ({ timestampMs: known!.timestampsMs[at]!, from: at, value: 0 as NewSample['value'] })),
      ...order.map((sample) => ({ ...sample, from: -1 })),
    ].toSorted((a, b) => a.timestampMs - b.timestampMs);
    const timestampsMs = Float64Array.from(all, (sample) => sample.timestampMs);
    const values = new Float64Array(all.length);
    const words = wordsOf(values);
    for (const [at, { from, value }] of all.entries()) {
      if (from !== -1) values.set(known!.values.subarray(from, from + 1), at);
      else if (value === 'stale') setStaleAt(words, at);
      else values[at] = value;
    }
    this.#series.set(labels.key, { labels, timestampsMs, values });
  }

  clear(): void {
    this.#series.clear();
  }

  *select(request: SelectRequest): Iterable<SeriesSamples> {
    const matches = compileMatchers(request.matchers);
    for (const { labels, timestampsMs, values } of this.#series.values()) {
      if (!matches(labels)) continue;
      let from = 0;
      while (from < timestampsMs.length && timestampsMs[from]! < request.fromMs) from++;
      let to = from;
      while (to < timestampsMs.length && timestampsMs[to]! <= request.toMs) to++;
      if (from === to) continue;
      yield {
        labels,
        length: to - from,
        timestampsMs: timestampsMs.slice(from, to),
        values: values.slice(from, to),
      };
    }
  }

  *selectLabels(request: SelectRequest): Iterable<Labels> {
    for (const { labels } of this.select(request)) yield labels;
  }
}
