import { QueryError } from '@vitrine/model/sample-store.ts';
import type { InfluxSettings } from './spec.ts';

/** Why a server did not answer: who may not, which database there is none of, which product it is not. */
export function refused({ name, language }: InfluxSettings, status: number, said: string): QueryError {
  if (status === 401 || status === 403) {
    const why = language === 'InfluxQL' ? 'user and password, or the token,' : 'token';
    return new QueryError(
      'execution',
      `The data source "${name}" refuses to answer (HTTP status ${status}: ${sentence(said)}) Check the ${why} and what it may read.`,
    );
  }
  if (status === 404 && !/^\s*\{/.test(said) && !/database|bucket|organization/i.test(said)) {
    return new QueryError(
      'execution',
      `The data source "${name}" has no such address (HTTP status 404). Is it an InfluxDB server that speaks ${language}?`,
    );
  }
  if (said.trim() === '' || /^\s*</.test(said))
    return new QueryError(
      'execution',
      `The data source "${name}" answered HTTP status ${status} with something else than InfluxDB does. Is its address that of an InfluxDB server?`,
    );
  const code = /\btimeout\b|timed out/i.test(said) ? 'timeout' : status === 400 ? 'bad_data' : 'execution';
  return new QueryError(code, sentence(said));
}

/** What a server says, in its own words, out of JSON where it says it so. */
export function sentence(said: string): string {
  let text = said;
  try {
    const { message, error } = JSON.parse(said) as { readonly message?: unknown; readonly error?: unknown };
    const inner = typeof message === 'string' && message !== '' ? message : error;
    if (typeof inner === 'string' && inner !== '') text = inner;
  } catch {
    // Plain words.
  }
  const trimmed = text.trim().slice(0, 2_000);
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
