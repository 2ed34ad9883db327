import type { DatasourceServer } from '../../contract.ts';
import { promSource } from '../builtin/prom-source.ts';
import type { PromQuery } from '../builtin/spec.ts';
import { remoteSamples } from './remote-samples.ts';
import { type PrometheusSettings, prometheusSpec } from './spec.ts';

/** A Prometheus server elsewhere. It cannot tell of growth, so that pages poll. */
export const prometheus: DatasourceServer<PrometheusSettings, PromQuery> = {
  spec: prometheusSpec,
  connect: (settings, needs) =>
    promSource(remoteSamples(settings, needs.fetch), { name: settings.name, scrapeIntervalMs: settings.scrapeIntervalMs }),
};
