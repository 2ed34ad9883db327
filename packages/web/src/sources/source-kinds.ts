import type { DatasourceWeb } from '@vitrine/plugins/contract.ts';
import { datasourceWebs } from '@vitrine/plugins/sources/web.ts';

/** The kinds that can be set up, in the order in which they are offered. Vitrine's own store is always there. */
export function sourceKinds(): readonly DatasourceWeb[] {
  return [...new Set(datasourceWebs.values())].filter(({ spec }) => spec.kind !== 'builtin');
}

/** undefined where Vitrine has no such kind: the source is kept as it is set up. */
export function sourceKind(type: string): DatasourceWeb | undefined {
  return datasourceWebs.get(type);
}
