import type { DatasourceServer } from '../../contract.ts';
import { promSource } from './prom-source.ts';
import { traceLinks } from './exemplar-frame.ts';
import { storedSamples } from './stored-samples.ts';
import { type BuiltinSettings, builtinSpec, type PromQuery } from './spec.ts';

/** Vitrine's own samples as a data source. */
export const builtin: DatasourceServer<BuiltinSettings, PromQuery> = {
  spec: builtinSpec,
  connect: ({ scrapeIntervalMs, traceLink }, { samples }) => ({
    ...promSource(storedSamples(samples, traceLinks(traceLink)), { name: 'builtin', scrapeIntervalMs }),
    check: async () => ({ product: 'Vitrine', version: '', notes: [] }),
  }),
};
