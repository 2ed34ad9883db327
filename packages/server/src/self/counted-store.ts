import { QueryError, type QueryFeatures, type QueryStats, type SampleStore } from '@vitrine/model/sample-store.ts';
import type { Metrics } from './metrics.ts';

/** The store, with what is written counted and every query counted and timed; queries have the features that are on here. */
export function countUse(store: SampleStore, metrics: Metrics, features: QueryFeatures): SampleStore {
  const counted = async <T extends { readonly stats: QueryStats }>(evaluate: () => Promise<T>): Promise<T> => {
    const stop = metrics.queries.startTimer();
    try {
      const result = await evaluate();
      metrics.querySamples.inc(result.stats.samplesRead);
      metrics.querySeries.inc(result.stats.seriesRead);
      stop({ outcome: 'success' });
      return result;
    } catch (error) {
      stop({ outcome: error instanceof QueryError ? error.code : 'error' });
      throw error;
    }
  };
  return {
    async append(batch) {
      const result = await store.append(batch);
      metrics.ingested.inc({ outcome: 'accepted' }, result.accepted);
      metrics.ingested.inc({ outcome: 'rejected' }, result.rejectedCount);
      return result;
    },
    evaluate: (request, signal) => counted(() => store.evaluate({ features, ...request }, signal)),
    evaluateJson: (request, form, signal) => counted(() => store.evaluateJson({ features, ...request }, form, signal)),
    series: (request, signal) => store.series(request, signal),
    labelNames: (request, signal) => store.labelNames(request, signal),
    labelValues: (label, request, signal) => store.labelValues(label, request, signal),
    searchLabels: (search, signal) => store.searchLabels(search, signal),
    cardinality: (request, signal) => store.cardinality(request, signal),
    exemplars: (request, signal) => store.exemplars(request, signal),
    deleteSeries: (request) => store.deleteSeries(request),
    watch: (selectors, onGrowth) => store.watch(selectors, onGrowth),
    stats: () => store.stats(),
    close: () => store.close(),
  };
}
