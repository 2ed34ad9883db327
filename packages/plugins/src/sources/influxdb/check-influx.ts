import { QueryError } from '@vitrine/model/sample-store.ts';
import type { SourceCheck } from '../../contract.ts';
import { askServer } from '../ask-server.ts';
import { askFlux } from './flux/ask.ts';
import { askInfluxql } from './influxql/ask.ts';
import type { InfluxSettings } from './spec.ts';
import { askSql } from './sql/ask.ts';
import { cellText } from './table.ts';

/** Whether a server answers in the language that was chosen, and what it is. Throws QueryError with what is wrong. */
export async function checkInflux(settings: InfluxSettings, fetchFrom: typeof fetch, signal: AbortSignal): Promise<SourceCheck> {
  const ping = await askServer(settings, fetchFrom, { method: 'GET', path: 'ping', signal });
  const version = (ping.headers.get('x-influxdb-version') ?? '').replace(/^v/, '');
  const notes: string[] = [];
  if (version === '') notes.push('It does not tell its version.');
  switch (settings.language) {
    case 'InfluxQL':
      await checkInfluxql(settings, fetchFrom, signal, notes);
      break;
    case 'Flux':
      await checkFlux(settings, fetchFrom, signal, notes);
      break;
    case 'SQL':
      if (settings.database === '') throw lacks('Database', 'SQL is asked of one');
      await askSql(settings, fetchFrom, 'SELECT 1', signal);
      break;
  }
  return { product: 'InfluxDB', version, notes };
}

async function checkInfluxql(
  settings: InfluxSettings,
  fetchFrom: typeof fetch,
  signal: AbortSignal,
  notes: string[],
): Promise<void> {
  const { database, name } = settings;
  const results = await askInfluxql(settings, fetchFrom, ['SHOW DATABASES'], '', signal);
  const databases = results.flatMap(({ series }) => series).flatMap(({ rows }) => rows.map(([first]) => String(first)));
  if (database === '') notes.push('No database is named: every query has to name its own.');
  else if (!databases.includes(database)) {
    const known = databases.slice(0, 20).join(', ');
    throw new QueryError(
      'execution',
      `The data source "${name}" has no database "${database}" that this user may see${known === '' ? '' : `; it has ${known}`}.`,
    );
  }
}

async function checkFlux(settings: InfluxSettings, fetchFrom: typeof fetch, signal: AbortSignal, notes: string[]): Promise<void> {
  const { defaultBucket, name } = settings;
  const tables = await askFlux(settings, fetchFrom, 'buckets()', signal);
  const buckets = tables.flatMap(({ columns, rows }) => rows.map((row) => cellText(row[columns.indexOf('name')])));
  if (defaultBucket === '') notes.push('No bucket is named: v.defaultBucket stands for nothing.');
  else if (!buckets.includes(defaultBucket))
    throw new QueryError(
      'execution',
      `The data source "${name}" has no bucket "${defaultBucket}" that this token may see; it has ${buckets.slice(0, 20).join(', ') || 'none'}.`,
    );
}

function lacks(setting: string, why: string): QueryError {
  return new QueryError('bad_data', `${setting} is empty; ${why}.`);
}
