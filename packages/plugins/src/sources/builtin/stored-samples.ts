import type { NativeHistogram as StoredHistogram } from '@vitrine/model/native-histogram.ts';
import { type GridSeries, type QueryResult, type SampleStore, type SeriesSamples } from '@vitrine/model/sample-store.ts';
import { bucketsOf } from '@vitrine/promql/histogram/buckets.ts';
import { EVERY_SYNTAX, parse } from '@vitrine/promql/parse.ts';
import { selectorsOf } from '@vitrine/promql/selectors.ts';
import { exemplarFrame, type ExemplarLink, MOST_EXEMPLARS } from './exemplar-frame.ts';
import type { HistogramSeries, NativeHistogram, PromResult } from './native-histograms.ts';
import type { PromSamples } from './prom-source.ts';

/** Vitrine's own store as a source of samples. */
export function storedSamples(
  store: Pick<SampleStore, 'evaluate' | 'watch' | 'series' | 'labelNames' | 'labelValues' | 'exemplars'>,
  links: readonly ExemplarLink[],
): PromSamples {
  return {
    evaluate: async (request, signal) => withHistograms(await store.evaluate(request, signal)),
    series: (request, signal) => store.series(request, signal),
    labelNames: (request, signal) => store.labelNames(request, signal),
    labelValues: (label, request, signal) => store.labelValues(label, request, signal),
    watch: (selectors, onGrowth) => store.watch(selectors, onGrowth),
    async exemplars(refId, expr, fromMs, toMs, signal) {
      const selectors = selectorsOf(parse(expr, EVERY_SYNTAX));
      if (selectors.length === 0) return undefined;
      const found = await store.exemplars({ selectors, fromMs, toMs, limit: MOST_EXEMPLARS }, signal);
      const rows = found.flatMap(({ exemplars }) =>
        exemplars.map(({ labels, value, timestampMs }) => ({ labels: labels.toObject(), value, timeMs: timestampMs })),
      );
      return exemplarFrame(refId, rows, links);
    },
  };
}

/** Numbers and histograms apart, as frames have them. */
function withHistograms(result: QueryResult): PromResult {
  if (result.kind === 'samples') return { ...result, series: result.series.map(numbersOf) };
  if (result.kind !== 'matrix' && result.kind !== 'vector') return result;
  const histograms = result.series.flatMap((series): HistogramSeries[] =>
    series.histograms === undefined
      ? []
      : [{ labels: series.labels, points: series.histograms.map((one) => one && drawnHistogram(one)) }],
  );
  if (histograms.length === 0) return result;
  return { ...result, series: result.series.flatMap(numberSeries), histograms };
}

function drawnHistogram(histogram: StoredHistogram): NativeHistogram {
  const buckets = bucketsOf(histogram)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, count }) => ({ low: lower, high: upper, count }));
  return { count: histogram.count, sum: histogram.sum, buckets };
}

/** A series without its histograms, where numbers are left. */
function numberSeries({ labels, values, present, histograms }: GridSeries): GridSeries[] {
  if (histograms === undefined) return [{ labels, values, present }];
  const numbers = Uint8Array.from(values, (_, i) => (histograms[i] === undefined && present?.[i] !== 0 ? 1 : 0));
  return numbers.includes(1) ? [{ labels, values, present: numbers }] : [];
}

/** As they are stored, histograms have no column to stand in. */
function numbersOf(series: SeriesSamples): SeriesSamples {
  const { labels, length, timestampsMs, values, histograms } = series;
  if (histograms === undefined) return series;
  const places = Array.from({ length }, (_, i) => i).filter((i) => histograms[i] === undefined);
  return {
    labels,
    length: places.length,
    timestampsMs: Float64Array.from(places, (i) => timestampsMs[i]!),
    values: Float64Array.from(places, (i) => values[i]!),
  };
}
