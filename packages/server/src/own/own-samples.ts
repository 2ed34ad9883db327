import type { Labels } from '@vitrine/model/labels.ts';
import type { SampleStore, Selector } from '@vitrine/model/sample-store.ts';

/** What of the store is asked on a caller's behalf. */
export type OwnSamples = Pick<
  SampleStore,
  | 'evaluate'
  | 'evaluateJson'
  | 'series'
  | 'labelNames'
  | 'labelValues'
  | 'searchLabels'
  | 'cardinality'
  | 'exemplars'
  | 'deleteSeries'
  | 'watch'
>;

/** The store in which there are only the series that have these labels. */
export function ownSamples(samples: SampleStore, labels: Labels): OwnSamples {
  if (labels.size === 0) return samples;
  const within = matchersOf(labels);
  const narrow = (selector: Selector): Selector => [...selector, ...within];
  const narrowed = <T extends { readonly selectors: readonly Selector[] }>(asked: T): T => ({
    ...asked,
    selectors: asked.selectors.length === 0 ? [within] : asked.selectors.map(narrow),
  });
  return {
    evaluate: (asked, signal) => samples.evaluate({ ...asked, within: narrow(asked.within ?? []) }, signal),
    evaluateJson: (asked, form, signal) => samples.evaluateJson({ ...asked, within: narrow(asked.within ?? []) }, form, signal),
    series: (asked, signal) => samples.series(narrowed(asked), signal),
    labelNames: (asked, signal) => samples.labelNames(narrowed(asked), signal),
    labelValues: (label, asked, signal) => samples.labelValues(label, narrowed(asked), signal),
    searchLabels: (search, signal) => samples.searchLabels(narrowed(search), signal),
    cardinality: (asked, signal) => samples.cardinality({ ...asked, selector: narrow(asked.selector) }, signal),
    exemplars: (asked, signal) => samples.exemplars(narrowed(asked), signal),
    deleteSeries: (asked) => samples.deleteSeries(narrowed(asked)),
    watch: (selectors, onGrowth) => samples.watch(selectors.map(narrow), onGrowth),
  };
}

function matchersOf(labels: Labels): Selector {
  return [...labels].map(([label, value]) => ({ label, op: '=', value }));
}
