import type { DatasourceWeb } from '../contract.ts';
import { addedDatasources } from './added.ts';
import { builtinWeb } from './builtin/web.ts';
import { elasticsearchWeb } from './elasticsearch/web.ts';
import { influxWeb } from './influxdb/web.ts';
import { postgresWeb } from './postgres/web.ts';
import { prometheusWeb } from './prometheus/web.ts';
import { runsWeb } from './runs/web.ts';

/** The page's halves, Vitrine's own store first. */
const DATASOURCES: readonly DatasourceWeb[] = [builtinWeb, runsWeb, prometheusWeb, influxWeb, elasticsearchWeb, postgresWeb];

/** By kind, and by the other names that files have for it. */
const BUILT_IN: ReadonlyMap<string, DatasourceWeb> = new Map(
  DATASOURCES.flatMap((web) => namesOf(web).map((kind) => [kind, web] as const)),
);

/** The page's half of a kind, by that name or another one of it; undefined where there is none. */
export function datasourceWebOf(kind: string): DatasourceWeb | undefined {
  return BUILT_IN.get(kind) ?? addedDatasources.get(kind);
}

/** All of them, Vitrine's own store first and those of plugins from outside last, by title: whichever plugin loads first. */
export function allDatasourceWebs(): readonly DatasourceWeb[] {
  const added = [...new Set(addedDatasources.values())];
  const byTitle = added.toSorted((one, other) => one.spec.title.localeCompare(other.spec.title));
  return [...new Set(BUILT_IN.values()), ...byTitle];
}

/** Takes in a kind from outside. Throws an error whose message is a sentence where there is one of that name. */
export function addDatasource(web: DatasourceWeb): void {
  const taken = namesOf(web).find((name) => datasourceWebOf(name) !== undefined);
  if (taken !== undefined) throw new Error(`There are data sources of the kind “${taken}” already.`);
  for (const name of namesOf(web)) addedDatasources.set(name, web);
}

function namesOf({ spec }: DatasourceWeb): readonly string[] {
  return [spec.kind, ...(spec.aliases ?? [])];
}
