import type { SampleStore } from '@vitrine/model/sample-store.ts';
import { turns } from './turns.ts';

/**
 * The store with at most `most` evaluations under way: each may hold as many samples as one query's limit allows, so
 * their number bounds the memory of all. Further ones wait their turn, first come first served, for as long as a query may run.
 */
export function takeTurns(store: SampleStore, most: number, longestWaitMs: number): SampleStore {
  const turn = turns({
    most,
    longestWaitMs,
    tooLong: `The query waited ${longestWaitMs / 1_000} s for one of ${most} places (limits.query.concurrent). Ask again when less is asked.`,
  });
  return {
    evaluate: (request, signal) => turn(signal, () => store.evaluate(request, signal)),
    evaluateJson: (request, form, signal) => turn(signal, () => store.evaluateJson(request, form, signal)),
    append: (batch) => store.append(batch),
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
