import '@vitrine/compute/pattern-engine.ts';
import { isUtf8 } from 'node:buffer';
import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata, QueryLimits, SampleStore } from '@vitrine/model/sample-store.ts';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { jsonSchemaTransform, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { guard } from './auth/guard.ts';
import type { SignIn } from './auth/sign-in.ts';
import type { Tokens } from './auth/tokens.ts';
import { registeredSources } from './documents/data-source-setup.ts';
import type { DocumentStore } from './documents/document-store.ts';
import { annotationEventsRoutes } from './http/annotation-events.ts';
import { arrivalsRoutes, type LineAddresses } from './http/arrivals.ts';
import { boundBodies } from './http/body-room.ts';
import { cardinalityRoutes } from './http/cardinality.ts';
import { dashboardRoutes } from './http/dashboards.ts';
import { ERRORS, replyFor } from './http/errors.ts';
import { federateRoutes } from './http/federate.ts';
import { grafanaApi } from './http/grafana/grafana-api.ts';
import { healthRoutes } from './http/health.ts';
import { importRoutes } from './http/import.ts';
import { dataSourceUserRoutes } from './http/data-source-users.ts';
import { influxWriteRoutes } from './http/influx-write.ts';
import { libraryPanelRoutes } from './http/library-panels.ts';
import { liveRoutes } from './http/live.ts';
import { otlpRoutes } from './http/otlp.ts';
import { panelDataRoutes } from './http/panel-data.ts';
import { pluginRoutes } from './http/plugins.ts';
import { pushgatewayRoutes } from './http/pushgateway.ts';
import { prometheusApi } from './http/prometheus/prometheus-api.ts';
import type { Routes } from './http/routes.ts';
import { runRoutes } from './http/runs/run-routes.ts';
import { securityHeaders } from './http/security-headers.ts';
import { sessionRoutes } from './http/session.ts';
import { staticPage } from './http/static-page.ts';
import { tokenRoutes } from './http/tokens.ts';
import { patience } from './http/patience.ts';
import { uploadRoutes, type UploadRouteNeeds } from './http/upload.ts';
import { variableOptionsRoutes } from './http/variable-options.ts';
import type { Intake } from './ingest/intake.ts';
import type { OtlpReceiver } from './ingest/otlp/otlp-receiver.ts';
import type { Pushgateway } from './ingest/pushgateway/pushgateway.ts';
import type { InstalledPlugins } from './plugins/installed-plugins.ts';
import { type MetadataSource, type OwnOf, ownOf } from './own/own.ts';
import { createAnswers } from './query/answers.ts';
import type { DashboardCatalog } from './query/dashboard-catalog.ts';
import type { RunPanelNeeds } from './query/run-panel.ts';
import { dataSourceRegistry } from './query/data-source-registry.ts';
import { optionMemory } from './query/page-scope.ts';
import { sourceKinds } from './query/source-kinds.ts';
import { connectSources } from './query/sources.ts';
import type { CurveQuestions } from './runs/curves/ask-curves.ts';
import { runsSource } from './runs/runs-source.ts';
import type { HealthSettingsStore } from './runs/health/health-settings.ts';
import type { Health } from './runs/health/start-health.ts';
import type { Runs } from './runs/runs.ts';
import type { WritableRuns } from './runs/writable-runs.ts';
import type { Logdirs } from './runs/tensorboard/logdirs.ts';
import type { ScrapeView } from './scrape/scrape-manager.ts';
import { gauge, type Metrics } from './self/metrics.ts';
import { countRuns } from './self/run-metrics.ts';

export interface AppNeeds {
  readonly samples: SampleStore;
  readonly catalog: DashboardCatalog;
  readonly documents: DocumentStore;
  readonly runs: Runs;
  readonly health: Health;
  readonly healthSettings: HealthSettingsStore;
  readonly logdirs: Logdirs;
  readonly curveQuestions: CurveQuestions;
  readonly signIn: SignIn;
  readonly tokens: Tokens;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly version: string;
  readonly limits: QueryLimits & { readonly maxPoints: number; readonly bodyBytes: number; readonly artifactBytes: number };
  readonly scrapeIntervalMs: number;
  readonly metadata: MetadataSource;
  /** Told what writers say of their metrics, and with which labels of their own. */
  readonly onMetadata: (metadata: readonly MetricMetadata[], labels: Labels) => void;
  /** Whether what comes in by remote write 2.0 gets the labels of Prometheus' type-and-unit-labels feature. */
  readonly typeAndUnitLabels?: boolean;
  readonly intake: Intake;
  readonly uploads: UploadRouteNeeds['uploads'];
  readonly otlp: OtlpReceiver;
  readonly pushgateway: Pushgateway;
  readonly plugins: InstalledPlugins;
  readonly scraping: ScrapeView;
  /** The settings by key, for whoever asks what this server runs with. */
  readonly flags: Readonly<Record<string, string>>;
  /** The data folder, where commands have to name it. */
  readonly data?: string | undefined;
  /** Where it listens for protocols other than HTTP, as far as it does. */
  readonly listening?: LineAddresses;
  /** Where an exemplar's trace is found, with `${__value.raw}` in place of its id; "" where that is not known. */
  readonly traceLink: string;
  /** Whether Prometheus' admin API may delete samples. */
  readonly adminApi: boolean;
  /** Makes a copy of the data folder under that name. Throws an error whose message is a sentence. */
  readonly snapshot: (name: string) => Promise<void>;
  readonly startedMs: number;
  /** The built page. */
  readonly webFolder: string;
  readonly cookieName: string;
  /** Whether it will listen on a loopback address only. */
  readonly loopback: boolean;
  /** Whether data sources that were set up in the page or over the API may reach private addresses where it listens elsewhere too. */
  readonly privateSources: boolean;
  readonly extraHosts: readonly string[];
  readonly isReady: () => boolean;
  /** How long a request's headers and its body may take to come; one minute and two where absent. */
  readonly waitMs?: { readonly headers: number; readonly body: number };
  /** What the bodies of all requests together may have in memory; eight of the largest writes, and at least 128 MiB, where absent. */
  readonly bodyRoomBytes?: number;
}

/** What routes are handed: of what callers may see in part, their own. Who tells of targets or pushed groups asks own.has() of each. */
export interface RouteNeeds extends Omit<AppNeeds, 'samples' | 'metadata' | 'runs'> {
  readonly own: OwnOf;
  /** To write to. */
  readonly runs: WritableRuns;
  readonly storeStats: SampleStore['stats'];
}

const WAIT_MS = { headers: 60_000, body: 120_000 };
/** The page's addresses name up to 500 selected and as many hidden runs. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Writes of the largest size that may be in memory at a time. */
const LARGEST_WRITES = 8;
/** Imports and snapshots may be larger than a write may: there is always room for some. */
const LEAST_BODY_BYTES = 128 * 1024 * 1024;

/** The whole HTTP interface, not yet listening. */
export async function buildApp(needs: AppNeeds): Promise<Routes> {
  const { metrics } = needs;
  const { headers: headersMs, body: bodyMs } = needs.waitMs ?? WAIT_MS;
  const log: FastifyBaseLogger = needs.log;
  const app: Routes = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024 * 1024,
    http: {
      // Of headers Node itself takes care, of bodies patience().
      headersTimeout: headersMs,
      connectionsCheckingInterval: Math.min(30_000, headersMs),
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    // Grafana's documentation writes some addresses with a slash at their end, and scripts copy that.
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    // An address that is no address comes no further than the router.
    frameworkErrors: (_error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const message = `The address ${request.url.slice(0, 200)} cannot be read.`;
      void reply.code(ERRORS.bad_request.status).send({ error: { code: 'bad_request', message } });
    },
  }).withTypeProvider();
  app.setValidatorCompiler(validatorCompiler);
  readJsonStrictly(app);
  app.setErrorHandler((error, request, reply) => {
    const { code, status, message, field, retryAfterSeconds } = replyFor(error, request);
    if (code === 'internal') log.error({ err: error, url: withoutSecret(request.url) }, 'a request failed');
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
    void reply.code(status).send({ error: { code, message, ...(field === undefined ? {} : { field }) } });
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `There is nothing to ${request.method} at ${request.url.split('?')[0]}.`;
    // The message stands by itself too: Grafana's clients ask for addresses that are not here, and read it there.
    void reply.code(ERRORS.not_found.status).send({ message, error: { code: 'not_found', message } });
  });
  app.addHook('onRequest', async (_request, reply) => {
    metrics.requestsInFlight.inc();
    // There is no response where the caller goes away first, but an end there always is.
    reply.raw.once('close', () => metrics.requestsInFlight.dec());
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.observe({ method: request.method, route, code: reply.statusCode }, reply.elapsedTime / 1_000);
    log.debug(
      { method: request.method, url: withoutSecret(request.url), status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });

  patience(app, bodyMs);
  boundBodies(app, needs.bodyRoomBytes ?? Math.max(LARGEST_WRITES * needs.limits.bodyBytes, LEAST_BODY_BYTES));
  await app.register(fastifyCookie);
  await securityHeaders(app);
  await app.register(fastifyRateLimit, { global: false });
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: 'Vitrine', version: needs.version, description: 'What the page and other programs ask of Vitrine.' },
    },
    transform: jsonSchemaTransform,
  });
  guard(app, needs);

  const { samples, metadata, ...others } = needs;
  const { catalog } = others;
  const kinds = sourceKinds(needs.plugins.sources);
  const registry = dataSourceRegistry(() => registeredSources(needs.documents), kinds);
  const sources = connectSources({
    registry,
    kinds,
    samples,
    runs: (own = needs.runs) => runsSource({ runs: own, curveQuestions: needs.curveQuestions }),
    scrapeIntervalMs: needs.scrapeIntervalMs,
    traceLink: needs.traceLink,
    timeoutMs: needs.limits.timeoutMs,
    onAsked: ({ name }, { question, outcome, elapsedMs }) =>
      metrics.sourceQuestions.observe({ source: name, question, outcome }, elapsedMs / 1_000),
    // Whoever writes files for this server, or sits before its machine, can reach its network anyway.
    reachOf: ({ byFile }) => ({ mayBePrivate: byFile || needs.loopback || needs.privateSources }),
  });
  app.addHook('onClose', () => sources.stop());
  const own = ownOf({ ...others, samples, sources, metadata });
  const given: RouteNeeds = { ...others, own, storeStats: () => samples.stats() };
  healthRoutes(app, needs.isReady, metrics.registry);
  sessionRoutes(app, needs);
  dashboardRoutes(app, catalog, needs.documents);
  importRoutes(app, catalog, needs.documents, needs.plugins);
  libraryPanelRoutes(app, catalog, needs.documents);
  dataSourceUserRoutes(app, catalog, needs.documents);
  tokenRoutes(app, needs.tokens);
  const shared = { limits: needs.limits, memory: optionMemory(), answers: createAnswers(), maxPoints: needs.limits.maxPoints };
  const asking = (request: FastifyRequest): RunPanelNeeds => ({ ...shared, sources: own(request).sources });
  panelDataRoutes(app, catalog, asking);
  await app.register(async (scope) => grafanaApi(scope, { ...given, sources }, asking));
  variableOptionsRoutes(app, catalog, asking);
  annotationEventsRoutes(app, catalog, asking, own);
  const liveClients = liveRoutes(app, catalog, asking);
  gauge(metrics, 'vitrine_scrape_targets', 'Targets that are scraped.', () => needs.scraping.targets().activeTargets.length);
  gauge(metrics, 'vitrine_live_clients', 'Pages that are being told of growth.', liveClients);
  await app.register(async (scope) => prometheusApi(scope, given), { prefix: '/api/v1' });
  federateRoutes(app, own, needs.limits);
  otlpRoutes(app, needs);
  influxWriteRoutes(app, needs);
  pushgatewayRoutes(app, given);
  arrivalsRoutes(app, needs);
  cardinalityRoutes(app, given);
  uploadRoutes(app, needs);
  countRuns(metrics, needs.runs, runRoutes(app, given));
  app.route({
    method: 'GET',
    url: '/api/openapi.json',
    config: { access: 'page' },
    schema: { hide: true },
    handler: async () => app.swagger(),
  });
  pluginRoutes(app, needs.plugins, needs.documents, needs.data);
  staticPage(app, needs.webFolder);
  await app.ready();
  return app;
}

/** JSON is UTF-8: what is not would be saved with other characters than were sent. */
function readJsonStrictly(app: Routes): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isUtf8(body)) void parse(request, body.toString('utf8'), done);
    else done(new BadRequest('body', 'is not UTF-8, as JSON is'));
  });
}

/** An address as the log may have it: a sign-in link is as good as a password, and InfluxDB's clients put one there. */
function withoutSecret(url: string): string {
  return url.replace(/([?&](?:token|p)=)[^&]*/g, '$1…');
}
