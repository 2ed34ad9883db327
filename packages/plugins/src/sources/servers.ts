import type { DatasourceServer } from '../contract.ts';
import { elasticsearch } from './elasticsearch/server.ts';
import { influxdb } from './influxdb/server.ts';
import { postgres } from './postgres/server.ts';
import { prometheus } from './prometheus/server.ts';

/** The kinds of data sources that can be set up, in the order in which they are offered. */
const DATASOURCES = [prometheus, influxdb, elasticsearch, postgres] as const;

/** By kind, and by the other names that files have for it. */
export const datasourceServers: ReadonlyMap<string, DatasourceServer<unknown, unknown>> = new Map(
  DATASOURCES.flatMap((one) => {
    const server = one as DatasourceServer<unknown, unknown>;
    return [server.spec.kind, ...(server.spec.aliases ?? [])].map((kind) => [kind, server] as const);
  }),
);
