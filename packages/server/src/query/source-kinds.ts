import { BUILTIN_SOURCE, RUNS_SOURCE } from '@vitrine/model/dashboard.ts';
import type { DatasourceServer, DatasourceSpec } from '@vitrine/plugins/contract.ts';
import { datasourceServers } from '@vitrine/plugins/sources/servers.ts';

/** The kinds of data sources that can be set up here: those that are built in, and those of plugins. */
export interface SourceKinds {
  /** By kind, or by another name that files have for it. */
  find(type: string): DatasourceServer<unknown, unknown> | undefined;
  /** Whether sources of two types are asked alike: "opensearch" is another name of "elasticsearch". */
  isSame(type: string, other: string): boolean;
  /** Each once. */
  list(): readonly DatasourceSpec<unknown, unknown>[];
  /** What comes of a source whose type cannot be asked, as a sentence; undefined where it can. */
  unsupported(source: { readonly name: string; readonly type: string }): string | undefined;
  /** Their kinds, for a sentence. */
  readonly named: string;
}

export function sourceKinds(plugins: ReadonlyMap<string, DatasourceServer<unknown, unknown>> = new Map()): SourceKinds {
  const find = (type: string): DatasourceServer<unknown, unknown> | undefined => datasourceServers.get(type) ?? plugins.get(type);
  const specs = [...new Set([...datasourceServers.values(), ...plugins.values()].map(({ spec }) => spec))];
  const named = specs.map(({ kind }) => kind).join(', ');
  return {
    find,
    isSame: (type, other) => type === other || (find(type) !== undefined && find(type) === find(other)),
    list: () => specs,
    unsupported({ name, type }) {
      if (type === BUILTIN_SOURCE.type || type === RUNS_SOURCE.type || find(type) !== undefined) return undefined;
      return `The data source "${name}" is of the type ${type}, which is not supported: it is kept as it is set up, and panels, variables and annotations that ask it show a sentence instead of data. "vitrine plugin add" installs further types. Supported are ${named} and Vitrine's own store.`;
    },
    named,
  };
}
