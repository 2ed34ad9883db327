import { BUILTIN_SOURCE, RUNS_SOURCE } from '@vitrine/model/dashboard.ts';
import type { DatasourceWeb } from '@vitrine/plugins/contract.ts';
import { allDatasourceWebs, datasourceWebOf } from '@vitrine/plugins/sources/web.ts';
import { sourceKindState, usePagePlugins } from '../plugins/page-plugins.ts';
import type { KindState } from '../plugins/page-plugins.ts';

export interface SourceKinds {
  /** The kinds that can be set up, in the order in which they are offered. Vitrine's own store is always there. */
  readonly all: readonly DatasourceWeb[];
  /** undefined where Vitrine has no such kind: the source is kept as it is set up. */
  of(type: string): DatasourceWeb | undefined;
  /** Why there is none, of a kind that is not built in. */
  stateOf(type: string): KindState;
}

/** The kinds of data sources of this page; anew when a plugin brings some. */
export function useSourceKinds(): SourceKinds {
  const plugins = usePagePlugins();
  return {
    all: allDatasourceWebs().filter(({ spec }) => spec.kind !== BUILTIN_SOURCE.type && spec.kind !== RUNS_SOURCE.type),
    of: datasourceWebOf,
    stateOf: (type) => sourceKindState(plugins, type),
  };
}
