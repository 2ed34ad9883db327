import type { SourceRef } from '@vitrine/model/dashboard.ts';
import type { DatasourceWeb } from '@vitrine/plugins/contract.ts';
import { builtinWeb } from '@vitrine/plugins/sources/builtin/web.ts';

/** Types of sources whose queries are PromQL. */
const PROMQL = new Set(['builtin', 'prometheus', '']);

/** The editor for queries of a source; undefined where there is none: then the query is shown as JSON. */
export function sourceWebOf({ type, uid }: SourceRef): DatasourceWeb | undefined {
  return PROMQL.has(type) && !uid.startsWith('--') ? builtinWeb : undefined;
}
