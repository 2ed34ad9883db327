import type { SourceRef } from '@vitrine/model/dashboard.ts';
import type { DatasourceWeb } from '@vitrine/plugins/contract.ts';
import { datasourceWebs } from '@vitrine/plugins/sources/web.ts';
import { askJson } from '../../api/client.ts';

/** The editor for queries of a source; undefined where there is none: then the query is shown as JSON. */
export function sourceWebOf({ type, uid }: SourceRef): DatasourceWeb | undefined {
  return uid.startsWith('--') ? undefined : datasourceWebs.get(type === '' ? 'builtin' : type);
}

const asks = new Map<string, (path: string) => Promise<unknown>>();

/** What an editor asks a source; the same function for the same source, so that editors get it in every render. */
export function askSource({ type, uid }: SourceRef): (path: string) => Promise<unknown> {
  const before = type === 'builtin' || type === '' || uid === '' ? '' : `/api/datasources/uid/${encodeURIComponent(uid)}/suggest`;
  let ask = asks.get(before);
  if (ask === undefined) asks.set(before, (ask = (path) => askJson(`${before}${path}`)));
  return ask;
}
