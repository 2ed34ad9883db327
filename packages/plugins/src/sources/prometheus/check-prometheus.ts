import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { SourceCheck } from '../../contract.ts';
import { askServer } from '../ask-server.ts';
import { askApi } from './ask-api.ts';
import type { Dialect } from './dialect.ts';
import type { PrometheusSettings } from './spec.ts';

const MAX_METRICS_BYTES = 4 * 1024 * 1024;

/** Whether a server answers PromQL, and what it is. Throws QueryError with what is wrong. */
export async function checkPrometheus(
  settings: PrometheusSettings,
  fetchFrom: typeof fetch,
  dialect: (signal: AbortSignal) => Promise<Dialect>,
  signal: AbortSignal,
): Promise<SourceCheck> {
  await askApi(settings, fetchFrom, { path: 'query', parameters: [['query', '1+1']], method: settings.method, signal });
  if ((await dialect(signal)) === 'MetricsQL') {
    // Where it tells a version over Prometheus' API, it is that of the Prometheus which it is compatible with.
    const version = await victoriaVersion(settings, fetchFrom, signal);
    return { product: 'VictoriaMetrics', version, notes: untold(version) };
  }
  const build = await askApi(settings, fetchFrom, { path: 'status/buildinfo', parameters: [], method: 'GET', signal }).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof QueryError) return undefined;
      throw error;
    },
  );
  const { version, application } = (build?.data ?? {}) as { readonly version?: unknown; readonly application?: unknown };
  const told = typeof version === 'string' ? version : '';
  return {
    product: typeof application === 'string' && application !== '' ? application : 'Prometheus',
    version: told,
    notes: untold(told),
  };
}

function untold(version: string): readonly string[] {
  return version === '' ? ['It does not tell its version.'] : [];
}

/** VictoriaMetrics tells its version among its own metrics: on one node they stand at its address. */
async function victoriaVersion(settings: PrometheusSettings, fetchFrom: typeof fetch, signal: AbortSignal): Promise<string> {
  try {
    const { status, text } = await askServer(settings, fetchFrom, {
      method: 'GET',
      path: 'metrics',
      signal,
      maxBytes: MAX_METRICS_BYTES,
    });
    const [, whole = '', short = ''] =
      /^vm_app_version\{version="([^"]*)", short_version="([^"]*)"/m.exec(status === 200 ? text : '') ?? [];
    return short.replace(/^v/, '') || whole;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof QueryError || error instanceof LimitExceeded) return '';
    throw error;
  }
}
