import type { SourceCheck } from '../../contract.ts';
import { askApi } from './ask-api.ts';
import type { PrometheusSettings } from './spec.ts';

/** Whether a server answers PromQL, and what it is. Throws QueryError with what is wrong. */
export async function checkPrometheus(
  settings: PrometheusSettings,
  fetchFrom: typeof fetch,
  signal: AbortSignal,
): Promise<SourceCheck> {
  await askApi(settings, fetchFrom, { path: 'query', parameters: [['query', '1+1']], method: settings.method, signal });
  const build = await askApi(settings, fetchFrom, { path: 'status/buildinfo', parameters: [], method: 'GET', signal }).catch(
    () => undefined,
  );
  const { version, application } = (build?.data ?? {}) as { readonly version?: unknown; readonly application?: unknown };
  return {
    product: typeof application === 'string' && application !== '' ? application : 'Prometheus',
    version: typeof version === 'string' ? version : '',
    notes: build === undefined ? ['It does not tell its version.'] : [],
  };
}
