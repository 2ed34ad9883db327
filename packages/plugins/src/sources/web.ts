import type { DatasourceWeb } from '../contract.ts';
import { builtinWeb } from './builtin/web.ts';
import { elasticsearchWeb } from './elasticsearch/web.ts';
import { influxWeb } from './influxdb/web.ts';
import { postgresWeb } from './postgres/web.ts';
import { prometheusWeb } from './prometheus/web.ts';

/** The page's halves, Vitrine's own store first. */
const DATASOURCES: readonly DatasourceWeb[] = [builtinWeb, prometheusWeb, influxWeb, elasticsearchWeb, postgresWeb];

/** By kind, and by the other names that files have for it. */
export const datasourceWebs: ReadonlyMap<string, DatasourceWeb> = new Map(
  DATASOURCES.flatMap((web) => [web.spec.kind, ...(web.spec.aliases ?? [])].map((kind) => [kind, web] as const)),
);
