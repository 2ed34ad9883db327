import { parseTimeRange } from '@vitrine/compute/time.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Panel, Query, SourceRef } from '@vitrine/model/dashboard.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DocumentStore } from '../../documents/document-store.ts';
import { runPanel, type RunPanelNeeds } from '../../query/run-panel.ts';
import { abortOnDisconnect } from '../abort-on-disconnect.ts';
import { ERRORS, HttpError, replyFor } from '../errors.ts';
import { pageOf } from '../page-request.ts';
import type { Routes } from '../routes.ts';
import { optional } from './shapes.ts';
import { type GrafanaFrame, writeFrames } from './write-frames.ts';

const MAX_QUERIES = 100;
const MAX_POINTS = 11_000;
const USUAL_POINTS = 1_000;
const MAX_BODY_BYTES = 1024 * 1024;
/** Keys of a query that are about asking it; what else stands there is the source's own. */
const ENVELOPE = new Set(['refId', 'datasource', 'datasourceId', 'hide', 'intervalMs', 'maxDataPoints', 'key']);
const ALL_SERIES = { limit: 2_000, by: 'max', envelope: false } as const;
/** What may be asked of Vitrine's own store through the proxy: what its Prometheus API answers. */
const PROXIED = /^api\/v1\/(query|query_range|query_exemplars|series|labels|label\/[^/]+\/values|metadata)$/;

const queryRequest = z.object({
  from: optional(z.union([z.string().max(100), z.number()])),
  to: optional(z.union([z.string().max(100), z.number()])),
  timezone: optional(z.string().max(100)),
  queries: z
    .array(
      z.looseObject({
        refId: z.string().max(100).default('A'),
        datasource: optional(z.union([z.string(), z.object({ type: optional(z.string()), uid: optional(z.string()) })])),
        datasourceId: optional(z.number()),
        hide: optional(z.boolean()),
        intervalMs: optional(z.number().min(0)),
        maxDataPoints: optional(z.number().min(1)),
      }),
    )
    .min(1)
    .max(MAX_QUERIES),
});
type AskedQuery = z.output<typeof queryRequest>['queries'][number];

interface QueryAnswer {
  readonly status: number;
  readonly frames: readonly GrafanaFrame[];
  readonly error?: string;
  readonly errorSource?: 'downstream';
}

/** Queries as text, for scripts and those who may edit; viewers ask for what is saved. */
export function grafanaQueryRoutes(
  app: Routes,
  documents: DocumentStore,
  needsOf: (request: FastifyRequest) => RunPanelNeeds,
): void {
  app.route({
    method: 'POST',
    url: '/api/ds/query',
    config: { access: 'page' },
    bodyLimit: MAX_BODY_BYTES,
    schema: { summary: 'Runs queries and answers Grafana’s frames', body: queryRequest },
    async handler(request, reply) {
      if (request.caller?.kind === 'user' && request.caller.user.role === 'viewer')
        throw new HttpError('not_allowed', 'Viewers see what dashboards ask; queries of their own are for editors.');
      const { from = 'now-1h', to = 'now', timezone, queries } = request.body;
      const zone = timezone ?? 'utc';
      const range = parseTimeRange({ from: String(from), to: String(to) }, Date.now(), zone === 'browser' ? 'UTC' : zone);
      const asked = await Promise.all(queries.map((query) => readQuery(query, documents)));
      const twin = asked.find(({ refId }, at) => asked.findIndex((other) => other.refId === refId) !== at);
      if (twin !== undefined) throw new BadRequest('queries', `two of them have the refId "${twin.refId}"`);
      const needs = needsOf(request);
      const signal = abortOnDisconnect(reply);
      const page = pageOf(undefined, undefined, { ...range, timeZone: zone }, request.caller);

      const answers = await Promise.all(
        asked.flatMap((query, at) => {
          if (query.hidden) return [];
          const { maxDataPoints = USUAL_POINTS, intervalMs = 0 } = queries[at] as AskedQuery;
          // The others are there for expressions to refer to.
          const panel = panelOf(
            asked.map((it) => (it === query ? it : { ...it, hidden: true })),
            intervalMs,
          );
          const widthPx = Math.min(maxDataPoints, MAX_POINTS);
          const run = runPanel({ panel, panels: [], page, ...range, widthPx, top: ALL_SERIES }, needs, signal);
          return [
            run.then(
              ({ frames, traces }): [string, QueryAnswer] => [
                query.refId,
                {
                  status: 200,
                  frames: writeFrames(
                    frames,
                    traces.find(({ refId }) => refId === query.refId),
                  ),
                },
              ],
              (error: unknown): [string, QueryAnswer] => {
                const { code, status, message } = replyFor(error);
                if (code === 'internal') request.log.error({ err: error }, 'a query failed');
                return [query.refId, { status, frames: [], error: message, errorSource: 'downstream' }];
              },
            ),
          ];
        }),
      );
      signal.throwIfAborted();
      const failed = answers.filter(([, { error }]) => error !== undefined);
      const status = failed.length === 0 ? 200 : failed.length < answers.length ? 207 : ERRORS.bad_request.status;
      const message = status === 400 ? { message: failed[0]?.[1].error } : {};
      return reply.code(status).send({ results: Object.fromEntries(answers), ...message });
    },
  });

  void app.register(async (scope) => proxyRoutes(scope));
}

/** The way that Grafana has to a data source past it: here it leads to Vitrine's own Prometheus API and nowhere else. */
function proxyRoutes(app: Routes): void {
  // Bodies are for the address that the caller is sent on to, whatever they are.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
  for (const url of ['/api/datasources/proxy/uid/:uid/*', '/api/datasources/proxy/:uid/*']) {
    app.route({
      method: ['GET', 'POST'],
      url,
      config: { access: 'read' },
      schema: {
        summary: 'Sends a request for Vitrine’s own store on to its Prometheus API',
        params: z.object({ uid: z.string(), '*': z.string() }),
      },
      async handler(request, reply) {
        const { uid, '*': path } = request.params;
        if (uid !== 'builtin' && uid !== '0')
          throw new HttpError('not_allowed', 'Only Vitrine’s own store is reached this way; send queries to /api/ds/query.');
        if (!PROXIED.test(path)) throw new HttpError('not_found');
        const query = request.url.indexOf('?');
        return reply.redirect(`/${encodeURI(path)}${query === -1 ? '' : request.url.slice(query)}`, 307);
      },
    });
  }
}

async function readQuery(asked: AskedQuery, documents: DocumentStore): Promise<Query> {
  const { refId, hide = false } = asked;
  const spec = Object.fromEntries(Object.entries(asked).filter(([key]) => !ENVELOPE.has(key)));
  return { refId, source: await sourceOf(asked, documents), hidden: hide, spec };
}

async function sourceOf({ datasource, datasourceId }: AskedQuery, documents: DocumentStore): Promise<SourceRef> {
  if (typeof datasource === 'string') return { type: '', uid: datasource };
  if (datasource !== undefined) return { type: datasource.type ?? '', uid: datasource.uid ?? '' };
  if (datasourceId === undefined || datasourceId === 0) return { type: '', uid: '' };
  const found = (await documents.dataSources.list()).find(({ id }) => id === datasourceId);
  if (found === undefined) throw new HttpError('no_such_source', `There is no data source ${datasourceId}.`, 'datasourceId');
  return { type: found.type, uid: found.uid };
}

/** A panel that shows the answers as they are. */
function panelOf(queries: readonly Query[], intervalMs: number): Panel {
  return {
    id: 0,
    title: '',
    description: '',
    kind: 'table',
    grid: { x: 0, y: 0, w: 24, h: 8 },
    queries,
    queryOptions: {
      maxDataPoints: undefined,
      minInterval: intervalMs === 0 ? '' : `${Math.round(intervalMs)}ms`,
      timeFrom: '',
      timeShift: '',
      hideTimeOverride: false,
      timeCompare: '',
    },
    transformations: [],
    fieldConfig: { defaults: {}, overrides: [] },
    options: {},
    links: [],
    transparent: false,
    repeat: undefined,
    libraryPanel: undefined,
    x: undefined,
    extra: {},
  };
}
