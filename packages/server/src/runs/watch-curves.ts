import type { CurveGrowth } from '@vitrine/model/curve-store.ts';
import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import { runSeriesLabels } from '@vitrine/model/run.ts';
import type { Growth, SampleStore, Selector } from '@vitrine/model/sample-store.ts';
import { labelsTest } from '@vitrine/tsdb/index/value-test.ts';
import type { Runs } from './runs.ts';

interface Watch {
  readonly matches: (labels: Labels) => boolean;
  readonly onGrowth: (growth: Growth) => void;
}

/** The store, whose watchers are told of runs' curves too: it answers with them, but hears of samples alone. */
export function watchCurves(store: SampleStore, runs: Pick<Runs, 'find' | 'onGrowth'>): SampleStore {
  /** By the metric that a selector names; under "" those that name none. */
  const watches = new Map<string, Set<Watch>>();

  const tell = async (growth: CurveGrowth): Promise<void> => {
    if (watches.size === 0) return;
    for (const [id, { metrics, fromMs, toMs }] of growth.runs) {
      const run = await runs.find(id);
      // Scraped ones are the store's own samples, of which it tells itself.
      if (run === undefined || run.source === 'prometheus' || fromMs > toMs) continue;
      const grown = { fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) };
      const labels = runSeriesLabels(run);
      const told = new Set<Watch>();
      for (const metric of metrics) {
        for (const watch of [...(watches.get(metric) ?? []), ...(watches.get('') ?? [])]) {
          if (told.has(watch) || !watch.matches(Labels.from({ ...labels, [METRIC_NAME]: metric }))) continue;
          told.add(watch);
          watch.onGrowth(grown);
        }
      }
    }
  };
  const stop = runs.onGrowth((growth) => void tell(growth));

  const watchSelector = (selector: Selector, onGrowth: Watch['onGrowth']): (() => void) => {
    const metric = selector.find(({ label, op }) => label === METRIC_NAME && op === '=')?.value ?? '';
    const watch = { matches: labelsTest(selector), onGrowth };
    const known = watches.get(metric) ?? new Set();
    watches.set(metric, known.add(watch));
    return () => {
      known.delete(watch);
      if (known.size === 0 && watches.get(metric) === known) watches.delete(metric);
    };
  };

  return {
    append: (batch) => store.append(batch),
    evaluate: (request, signal) => store.evaluate(request, signal),
    evaluateJson: (request, form, signal) => store.evaluateJson(request, form, signal),
    series: (request, signal) => store.series(request, signal),
    labelNames: (request, signal) => store.labelNames(request, signal),
    labelValues: (label, request, signal) => store.labelValues(label, request, signal),
    searchLabels: (search, signal) => store.searchLabels(search, signal),
    cardinality: (request, signal) => store.cardinality(request, signal),
    exemplars: (request, signal) => store.exemplars(request, signal),
    deleteSeries: (request) => store.deleteSeries(request),
    watch(selectors, onGrowth) {
      const stops = [store.watch(selectors, onGrowth), ...selectors.map((selector) => watchSelector(selector, onGrowth))];
      return () => {
        for (const end of stops) end();
      };
    },
    stats: () => store.stats(),
    close() {
      stop();
      return store.close();
    },
  };
}
