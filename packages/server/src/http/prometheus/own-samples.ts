import type { LabelRequest, SampleStore, Selector } from '@vitrine/model/sample-store.ts';
import type { FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';

/** What of the store the API asks for. */
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
>;

/** The store as a caller may see it: to a token that has labels there are only the series that have them. */
export function ownSamples(samples: SampleStore, request: Pick<FastifyRequest, 'caller'>): OwnSamples {
  const within = ownMatchers(request);
  if (within.length === 0) return samples;
  const narrowed = <T extends { readonly selectors: readonly Selector[] }>(asked: T): T => ({
    ...asked,
    selectors: asked.selectors.length === 0 ? [within] : asked.selectors.map((selector) => [...selector, ...within]),
  });
  return {
    evaluate: (asked, signal) => samples.evaluate({ ...asked, within }, signal),
    evaluateJson: (asked, form, signal) => samples.evaluateJson({ ...asked, within }, form, signal),
    series: (asked, signal) => samples.series(narrowed(asked), signal),
    labelNames: (asked, signal) => samples.labelNames(narrowed(asked), signal),
    labelValues: (label, asked: LabelRequest, signal) => samples.labelValues(label, narrowed(asked), signal),
    searchLabels: (search, signal) => samples.searchLabels(narrowed(search), signal),
    cardinality: (asked, signal) => samples.cardinality({ ...asked, selector: [...asked.selector, ...within] }, signal),
    exemplars: (asked, signal) => samples.exemplars(narrowed(asked), signal),
    deleteSeries: (asked) => samples.deleteSeries(narrowed(asked)),
  };
}

/** What holds for every series that the caller may see; nothing where it may see all. */
export function ownMatchers({ caller }: Pick<FastifyRequest, 'caller'>): Selector {
  if (caller?.kind !== 'token') return [];
  return [...caller.labels].map(([label, value]) => ({ label, op: '=', value }));
}

/** Whether labels, by name, are those of something that the caller may see. */
export function isOwn(request: Pick<FastifyRequest, 'caller'>, labels: Readonly<Record<string, string>>): boolean {
  return ownMatchers(request).every(({ label, value }) => labels[label] === value);
}

/** For what tells of everybody's series at once. Throws HttpError for a caller that may see some only. */
export function refuseLabelled(request: Pick<FastifyRequest, 'caller'>): void {
  if (ownMatchers(request).length > 0)
    throw new HttpError('not_allowed', 'This token sees the series of its own labels only, and this tells of all.');
}
