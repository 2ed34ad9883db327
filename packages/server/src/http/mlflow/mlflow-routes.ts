import { isUtf8 } from 'node:buffer';
import type { FastifyError, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { BodyRefused } from '../../ingest/body-refused.ts';
import { tooLarge } from '../../ingest/unpack-body.ts';
import { Fields } from '../../runs/mlflow/fields.ts';
import { MLFLOW_STATUS, type MlflowCode, MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import { replyFor } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { senderOf } from '../sender.ts';
import { takeBody } from '../take-body.ts';
import { artifactFileRoutes } from './artifact-files.ts';
import { artifactListEndpoint } from './artifacts.ts';
import type { Endpoint, MlflowNeeds } from './endpoint.ts';
import { experimentEndpoints } from './experiments.ts';
import { logDataEndpoints } from './log-data.ts';
import { loggedModelEndpoints } from './logged-models.ts';
import { metricHistoryEndpoints } from './metric-history.ts';
import { registryEndpoints } from './registry.ts';
import { runLifeEndpoints } from './run-life.ts';
import { searchRunsEndpoint } from './search-runs.ts';

export interface MlflowRouteNeeds extends MlflowNeeds {
  readonly limits: { readonly bodyBytes: number; readonly artifactBytes: number };
  readonly log: Logger;
  readonly version: string;
}

const TAGS = ['mlflow'];
/** MLflow's own page asks below the second. */
const BASES = ['/api', '/ajax-api'];

/** MLflow's tracking server as its clients know it: with MLFLOW_TRACKING_URI set, training code runs unchanged. */
export function mlflowRoutes(app: Routes, needs: MlflowRouteNeeds): void {
  const endpoints = [
    ...experimentEndpoints(needs),
    ...runLifeEndpoints(needs),
    ...logDataEndpoints(needs),
    searchRunsEndpoint(needs),
    ...metricHistoryEndpoints(),
    artifactListEndpoint(),
    ...loggedModelEndpoints(needs),
    ...registryEndpoints(),
  ];
  for (const base of BASES) {
    const hide = base !== '/api';
    app.register(
      async (scope: Routes) => {
        answerErrors(scope, needs);
        // The files' scope is within, with a way of its own to read bodies.
        await scope.register(async (files: Routes) => artifactFileRoutes(files, needs, hide), { prefix: '/mlflow-artifacts' });
        readBodies(scope, needs.limits.bodyBytes);
        for (const endpoint of endpoints) addEndpoint(scope, endpoint, needs, hide);
      },
      { prefix: `${base}/2.0` },
    );
    app.register(
      async (scope: Routes) => {
        answerErrors(scope, needs);
        scope.route({
          method: 'GET',
          url: '/mlflow/server-info',
          config: { access: 'public' },
          schema: { summary: 'What this server does beyond the usual', tags: TAGS, hide },
          // Large files come in one piece: it is read as it comes.
          handler: async () => ({
            workspaces_enabled: false,
            trace_archival_enabled: false,
            multipart_uploads_enabled: false,
            multipart_downloads_enabled: false,
          }),
        });
      },
      { prefix: `${base}/3.0` },
    );
  }
  app.route({
    method: 'GET',
    url: '/version',
    config: { access: 'public' },
    schema: { summary: 'Vitrine’s version, as text; MLflow’s clients ask for it', tags: TAGS },
    handler: async (_request, reply) => reply.type('text/plain; charset=utf-8').send(needs.version),
  });
}

function addEndpoint(scope: Routes, endpoint: Endpoint, needs: MlflowRouteNeeds, hide: boolean): void {
  scope.route({
    method: endpoint.method,
    url: `/mlflow${endpoint.path}`,
    config: { access: endpoint.access },
    schema: { summary: endpoint.summary, tags: TAGS, hide },
    async handler(request, reply) {
      const body = await takeBody(request, reply, needs.limits.bodyBytes);
      const fields = new Fields({
        ...(request.query as Readonly<Record<string, unknown>>),
        ...parseBody(body),
        ...(request.params as Readonly<Record<string, unknown>>),
      });
      const answer = await endpoint.answer(fields, {
        sender: senderOf(request),
        own: needs.own(request),
        bodyBytes: body.length,
        isForwarded: ['forwarded', 'x-forwarded-for', 'via'].some((name) => request.headers[name] !== undefined),
      });
      return reply.type('application/json').send(answer);
    },
  });
}

/** Whatever type a client says that it sends, it is JSON. */
function readBodies(scope: Routes, limitBytes: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limitBytes }, (_request, body, done) => done(null, body));
}

function parseBody(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  const refuse = (problem: string, cause?: unknown): MlflowError =>
    Object.assign(new MlflowError('BAD_REQUEST', `The request's body ${problem}.`), { cause });
  if (!isUtf8(bytes)) throw refuse('is not UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch (cause) {
    throw refuse('is not JSON, in which NaN and Infinity are written as text', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

/** Everything below answers errors as MLflow does, and what nobody knows too. */
function answerErrors(scope: Routes, { intake, limits, log }: MlflowRouteNeeds): void {
  scope.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = error.statusCode === 413 && !(error instanceof MlflowError) ? tooLarge(limits.bodyBytes, error) : error;
    const answer = problemOf(refusal);
    if (answer.status === 500) log.error({ err: error, url: request.routeOptions.url }, 'a request failed');
    const isWrite = request.routeOptions.config.access === 'ingest';
    // Who may not is no sender, and what is to be tried again has been noted by the intake.
    if (isWrite && answer.status >= 400 && answer.status < 500 && ![401, 403, 429].includes(answer.status)) {
      intake.refuse('mlflow', senderOf(request), { reason: answer.code, count: 1, sentence: answer.message });
    }
    return fail(reply, answer);
  });
  // Not a handler of what is not found: the page's own route takes what nobody else does.
  scope.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/*',
    config: { access: 'public' },
    schema: { hide: true },
    handler: async ({ method, url }) => {
      throw new MlflowError(
        'ENDPOINT_NOT_FOUND',
        `Vitrine has nothing to ${method} at ${url.split('?')[0]?.slice(0, 300)}: it keeps experiments, runs, artifacts and logged models, and no model registry, traces or gateways.`,
      );
    },
  });
}

interface Problem {
  readonly code: MlflowCode;
  readonly status: number;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** Where a status of ours means no other than MLflow's. */
const CODES: Readonly<Record<number, MlflowCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  409: 'RESOURCE_ALREADY_EXISTS',
  429: 'REQUEST_LIMIT_EXCEEDED',
  500: 'INTERNAL_ERROR',
  503: 'TEMPORARILY_UNAVAILABLE',
  // A disk may have room again, so clients are to try again.
  507: 'TEMPORARILY_UNAVAILABLE',
};

function problemOf(error: unknown): Problem {
  if (error instanceof MlflowError) return { code: error.code, status: MLFLOW_STATUS[error.code], message: error.message };
  if (error instanceof BodyRefused) return { code: 'INVALID_PARAMETER_VALUE', status: error.status, message: error.message };
  const { status, message, retryAfterSeconds } = replyFor(error);
  const code = CODES[status] ?? 'INVALID_PARAMETER_VALUE';
  return {
    code,
    status: CODES[status] === undefined ? status : MLFLOW_STATUS[code],
    message,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

function fail(reply: FastifyReply, { code, status, message, retryAfterSeconds }: Problem): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  return reply.code(status).type('application/json').send({ error_code: code, message });
}
