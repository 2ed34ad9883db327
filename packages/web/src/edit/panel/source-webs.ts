import type { SourceRef } from '@vitrine/model/dashboard.ts';
import type { DatasourceWeb } from '@vitrine/plugins/contract.ts';
import { datasourceWebOf } from '@vitrine/plugins/sources/web.ts';
import { askJson } from '../../api/client.ts';
import { sourceKindState, usePagePlugins } from '../../plugins/page-plugins.ts';
import type { KindState } from '../../plugins/page-plugins.ts';

/** The editor for queries of a source; undefined where there is none: then the query is shown as JSON. */
export function sourceWebOf({ type, uid }: SourceRef): DatasourceWeb | undefined {
  return uid.startsWith('--') ? undefined : datasourceWebOf(type === '' ? 'builtin' : type);
}

/** The same, drawn anew when a plugin brings it; `state` says why there is none. */
export function useSourceWeb(source: SourceRef): { readonly web: DatasourceWeb | undefined; readonly state: KindState } {
  const plugins = usePagePlugins();
  return { web: sourceWebOf(source), state: sourceKindState(plugins, source.type) };
}

const asks = new Map<string, (path: string, signal?: AbortSignal) => Promise<unknown>>();

/** What an editor asks a source; the same function for the same source, so that editors get it in every render. */
export function askSource({ type, uid }: SourceRef): (path: string, signal?: AbortSignal) => Promise<unknown> {
  const before = type === 'builtin' || type === '' || uid === '' ? '' : `/api/datasources/uid/${encodeURIComponent(uid)}/suggest`;
  let ask = asks.get(before);
  if (ask === undefined) asks.set(before, (ask = (path, signal) => askJson(`${before}${path}`, { signal })));
  return ask;
}
