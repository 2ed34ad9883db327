import { askServer } from '../../ask-server.ts';
import { refused } from '../refused.ts';
import type { InfluxSettings } from '../spec.ts';
import { type FluxTable, readTables } from './read-tables.ts';

/** Asks a server in Flux. Throws QueryError with its sentence or with why there is none. */
export async function askFlux(
  settings: InfluxSettings,
  fetchFrom: typeof fetch,
  query: string,
  signal: AbortSignal | undefined,
): Promise<FluxTable[]> {
  const { organization } = settings;
  const { status, text } = await askServer(settings, fetchFrom, {
    method: 'POST',
    path: 'api/v2/query',
    ...(organization === '' ? {} : { parameters: new URLSearchParams({ org: organization }) }),
    headers: { accept: 'application/csv', 'content-type': 'application/json' },
    body: JSON.stringify({
      query,
      type: 'flux',
      dialect: { header: true, delimiter: ',', annotations: ['datatype', 'group', 'default'], dateTimeFormat: 'RFC3339Nano' },
    }),
    signal,
  });
  if (status !== 200) throw refused(settings, status, text);
  return readTables(text);
}
