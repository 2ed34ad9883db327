import type { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { SampleSource, SelectRequest, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { setStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import { sameBounds } from '../histogram/custom-bounds.ts';
import { withReset } from '../histogram/layout.ts';
import { detectReset } from '../histogram/reset.ts';
import { compileMatchers } from '../match.ts';

/** One sample to store: a number, a native histogram, or the mark that the series ended. */
export interface NewSample {
  readonly timestampMs: number;
  readonly value: number | 'stale' | NativeHistogram;
  /** Since when it has counted, where that is known. */
  readonly startMs?: number | undefined;
}

/** Samples in memory, for tests and scripts. Of two samples of one series and time the later added counts. */
export class MemorySource implements SampleSource {
  readonly #samples = new Map<string, Map<number, NewSample>>();
  readonly #series = new Map<string, Omit<SeriesSamples, 'length'>>();
  #version = 0;

  /** Another number after every change. */
  get version(): number {
    return this.#version;
  }

  add(labels: Labels, samples: readonly NewSample[]): void {
    this.#version++;
    let byTime = this.#samples.get(labels.key);
    if (byTime === undefined) this.#samples.set(labels.key, (byTime = new Map()));
    for (const sample of samples) byTime.set(sample.timestampMs, sample);
    const sorted = [...byTime.values()].toSorted((a, b) => a.timestampMs - b.timestampMs);
    const values = new Float64Array(sorted.length);
    const words = wordsOf(values);
    for (const [at, { value }] of sorted.entries()) {
      if (typeof value === 'number') values[at] = value;
      else if (value === 'stale') setStaleAt(words, at);
    }
    this.#series.set(labels.key, {
      labels,
      timestampsMs: Float64Array.from(sorted, ({ timestampMs }) => timestampMs),
      values,
      histograms: sorted.some(({ value }) => typeof value === 'object') ? withHints(sorted) : undefined,
      startsMs: sorted.some(({ startMs }) => startMs !== undefined)
        ? Float64Array.from(sorted, ({ startMs }) => startMs ?? Number.NaN)
        : undefined,
    });
  }

  clear(): void {
    this.#version++;
    this.#samples.clear();
    this.#series.clear();
  }

  *select(request: SelectRequest): Iterable<SeriesSamples> {
    const matches = compileMatchers(request.matchers);
    for (const { labels, timestampsMs, values, histograms, startsMs } of this.#series.values()) {
      if (!matches(labels)) continue;
      let from = 0;
      while (from < timestampsMs.length && timestampsMs[from]! < request.fromMs) from++;
      let to = from;
      while (to < timestampsMs.length && timestampsMs[to]! <= request.toMs) to++;
      if (from === to) continue;
      const part = histograms?.slice(from, to);
      yield {
        labels,
        length: to - from,
        timestampsMs: timestampsMs.slice(from, to),
        values: values.slice(from, to),
        histograms: part?.some((one) => one !== undefined) === true ? part : undefined,
        startsMs: startsMs?.slice(from, to),
      };
    }
  }

  *selectLabels(request: SelectRequest): Iterable<Labels> {
    for (const { labels } of this.select(request)) yield labels;
  }
}

/**
 * The histograms with the hints that Prometheus' TSDB gives them: it knows "not reset" within a chunk, and begins one
 * where the counting or the buckets change; of the first of a chunk it knows nothing.
 */
function withHints(samples: readonly NewSample[]): (NativeHistogram | undefined)[] {
  let previous: NativeHistogram | undefined;
  return samples.map(({ value }) => {
    const next = typeof value === 'object' ? value : undefined;
    const continues =
      next !== undefined &&
      previous !== undefined &&
      previous.reset !== 'gauge' &&
      next.schema === previous.schema &&
      next.zeroThreshold === previous.zeroThreshold &&
      sameBounds(next.customValues, previous.customValues) &&
      next.reset !== 'reset' &&
      !detectReset(withReset(next, 'unknown'), previous);
    previous = next;
    return next?.reset === 'gauge' || next === undefined ? next : withReset(next, continues ? 'not reset' : 'unknown');
  });
}
