import { SORTS } from './arrange-senders.ts';
import type { SenderView } from './arrange-senders.ts';

/** What the URL of the page says; what is not there is as usual. */
export type IngestSearch = { readonly [name in keyof SenderView]?: SenderView[name] | undefined };

export function readIngestSearch(raw: Readonly<Record<string, unknown>>): IngestSearch {
  const { q, door, sort } = raw;
  return {
    ...(typeof q === 'string' && q !== '' ? { q: q.slice(0, 200) } : {}),
    ...(typeof door === 'string' && door !== '' ? { door: door.slice(0, 50) } : {}),
    ...(String(raw['refused']) === 'true' ? { refused: true } : {}),
    ...(SORTS.some((known) => known === sort) ? { sort: sort as SenderView['sort'] } : {}),
  };
}
