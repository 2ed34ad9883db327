import { availableParallelism, hostname } from 'node:os';
import type { SampleStore } from '@vitrine/model/sample-store.ts';
import { compileRegex } from '@vitrine/promql/match.ts';
import type { FastifyRequest } from 'fastify';
import { stringify } from 'yaml';
import { readQueryFeatures } from '../../config/query-features.ts';
import type { Metrics } from '../../self/metrics.ts';
import { type OwnOf, refuseLabelled } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { featuresOf } from './features.ts';
import { Params, refuse } from './params.ts';
import { selfMetrics } from './self-metrics.ts';

/** Entries of each list where nothing is asked, and at most. */
const TOP = 10;
const MOST_TOP = 10_000;
/** Clients tell by this which of Prometheus' abilities to expect. */
const PROMETHEUS_VERSION = '3.0.0';

export interface StatusNeeds {
  readonly own: OwnOf;
  readonly storeStats: SampleStore['stats'];
  readonly version: string;
  /** Settings by key, as texts. Nothing secret is among them. */
  readonly flags: Readonly<Record<string, string>>;
  readonly startedMs: number;
  readonly metrics: Pick<Metrics, 'registry'>;
  /** Whether `query.admin-api` is on. */
  readonly adminApi: boolean;
}

/** /status/*, /features, /notifications and /openapi.yaml. */
export function statusRoutes(app: Routes, { own, storeStats, version, flags, startedMs, metrics, adminApi }: StatusNeeds): void {
  const get = (url: string, summary: string, read: (params: Params, request: FastifyRequest) => unknown): void => {
    app.route({
      method: 'GET',
      url,
      config: { access: 'read' },
      schema: { summary, tags: ['prometheus'] },
      handler: async (request: FastifyRequest) => ({ status: 'success', data: await read(Params.of(request), request) }),
    });
  };
  get('/status/buildinfo', 'What is running', () => ({
    version: PROMETHEUS_VERSION,
    revision: `vitrine-${version}`,
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  }));
  get('/status/flags', 'The settings', () => flags);
  get('/status/config', 'The settings as YAML', () => ({
    yaml: Object.entries(flags)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
      .join(''),
  }));
  get('/status/runtimeinfo', 'How the process is doing', () => ({
    startTime: new Date(startedMs).toISOString(),
    CWD: process.cwd(),
    hostname: hostname(),
    serverTime: new Date().toISOString(),
    reloadConfigSuccess: true,
    lastConfigTime: new Date(startedMs).toISOString(),
    storageRetention: flags['retention.time'] ?? '',
    GOMAXPROCS: availableParallelism(),
    // Go's own figures have no counterpart here, but readers want the keys.
    corruptionCount: 0,
    goroutineCount: 0,
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
  }));
  get('/status/tsdb', 'How the store is doing, and what its series are made of', async (params, request) => {
    refuseLabelled(request);
    const limit = params.text('limit') === '' ? TOP : params.limit();
    if (limit < 1 || limit > MOST_TOP) throw new ApiError('bad_data', `limit must be between 1 and ${MOST_TOP}`);
    const [stats, counted] = await Promise.all([
      storeStats(),
      own(request).samples.cardinality({ selector: [], limit, nowMs: Date.now() }),
    ]);
    const top = <T>(list: readonly T[], nameOf: (one: T) => string, valueOf: (one: T) => number): object[] =>
      list.map((one) => ({ name: nameOf(one), value: valueOf(one) })).toSorted((a, b) => b.value - a.value);
    return {
      headStats: {
        numSeries: counted.series,
        numLabelPairs: counted.labelPairs,
        chunkCount: 0,
        minTime: stats.oldestMs ?? 0,
        maxTime: stats.newestMs ?? 0,
      },
      seriesCountByMetricName: top(
        counted.metrics,
        ({ name }) => name,
        ({ series }) => series,
      ),
      labelValueCountByLabelName: top(
        counted.labels,
        ({ name }) => name,
        ({ values }) => values,
      ),
      memoryInBytesByLabelName: top(
        counted.labels,
        ({ name }) => name,
        ({ characters }) => characters,
      ),
      seriesCountByLabelValuePair: top(
        counted.pairs,
        ({ name, value }) => `${name}=${value}`,
        ({ series }) => series,
      ),
    };
  });
  get('/status/tsdb/blocks', 'Blocks of the store: it has none', () => ({ blocks: [] }));
  get('/status/walreplay', 'How far the log has been read: whole, as the server listens', () => ({ min: 0, max: 0, current: 0 }));
  get('/status/self_metrics', 'The server’s own metrics, as JSON', (params, request) => {
    refuseLabelled(request);
    const pattern = params.text('metric_name_pattern');
    return selfMetrics(metrics.registry, pattern === '' ? () => true : compilePattern(pattern));
  });
  get('/features', 'What is on', () => featuresOf(readQueryFeatures(flags['query.features'] ?? ''), adminApi));
  get('/notifications', 'What is to be known of the server: nothing', () => []);
  app.route({
    method: 'GET',
    url: '/notifications/live',
    config: { access: 'read' },
    schema: { summary: 'What is to be known of the server, as it comes: nothing', tags: ['prometheus'] },
    // Who is answered so does not ask again.
    handler: async (_, reply) => reply.code(204).send(),
  });
  let described: string | undefined;
  app.route({
    method: 'GET',
    url: '/openapi.yaml',
    config: { access: 'read' },
    schema: { hide: true },
    handler: async (_, reply) =>
      reply.type('application/yaml; charset=utf-8').send((described ??= stringify(describedApi(app.swagger() as object)))),
  });
}

/** Of all that the server answers, this API's addresses. */
function describedApi(whole: object): object {
  const paths = Object.entries('paths' in whole ? (whole.paths as object) : {}).filter(([path]) => path.startsWith('/api/v1/'));
  return { ...whole, paths: Object.fromEntries(paths) };
}

function compilePattern(pattern: string): (name: string) => boolean {
  try {
    return compileRegex(pattern);
  } catch (error) {
    return refuse('metric_name_pattern', (error as Error).message);
  }
}
