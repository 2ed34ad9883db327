import { QueryError } from '@vitrine/model/sample-store.ts';
import { askApi } from './ask-api.ts';
import type { PrometheusSettings } from './spec.ts';

/** MetricsQL is what VictoriaMetrics reads: PromQL and more. */
export type Dialect = 'PromQL' | 'MetricsQL';

/** Parses as MetricsQL only, and has this value. */
const TEMPLATE = 'WITH (x = 2) 40 + x';
const VALUE = '42';
/** Another server may come to stand at the address. */
const KNOWN_FOR_MS = 600_000;

/** What a server reads, asked once in ten minutes. Throws QueryError where it cannot be reached. */
export function dialectOf(settings: PrometheusSettings, fetchFrom: typeof fetch): (signal: AbortSignal) => Promise<Dialect> {
  let known: { readonly dialect: Dialect; readonly untilMs: number } | undefined;
  return async (signal) => {
    const nowMs = Date.now();
    if (known === undefined || known.untilMs < nowMs)
      known = { dialect: await askDialect(settings, fetchFrom, signal), untilMs: nowMs + KNOWN_FOR_MS };
    return known.dialect;
  };
}

async function askDialect(settings: PrometheusSettings, fetchFrom: typeof fetch, signal: AbortSignal): Promise<Dialect> {
  try {
    const { data } = await askApi(settings, fetchFrom, {
      path: 'query',
      parameters: [['query', TEMPLATE]],
      method: settings.method,
      signal,
    });
    const { result } = (data ?? {}) as { readonly result?: unknown };
    // Some servers take any text; one that knows what it means also has its value.
    return JSON.stringify(result ?? null).includes(`"${VALUE}"`) ? 'MetricsQL' : 'PromQL';
  } catch (error) {
    // A server that was not reached said nothing of what it reads.
    if (error instanceof QueryError && error.code !== 'timeout' && error.cause === undefined) return 'PromQL';
    throw error;
  }
}
