import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { BodyRefused, wholeRefused } from '../ingest/body-refused.ts';
import type { Intake } from '../ingest/intake.ts';
import { answerStatements, DatabaseNames } from '../ingest/line-protocol/answer-statements.ts';
import { createLineReceiver, type LineOutcome } from '../ingest/line-protocol/line-receiver.ts';
import { isPrecision } from '../ingest/line-protocol/precision.ts';
import { tooLarge } from '../ingest/unpack-body.ts';
import { replyFor } from './errors.ts';
import type { Routes } from './routes.ts';
import { senderOf } from './sender.ts';
import { takeBody } from './take-body.ts';
import { rejectionText } from '../ingest/rejection-text.ts';

export interface InfluxWriteNeeds {
  readonly intake: Intake;
  readonly limits: { readonly bodyBytes: number };
  readonly log: Logger;
  readonly version: string;
  readonly isReady: () => boolean;
}

/** Some clients look what they speak to: the last release of InfluxDB 1 that takes both ways of writing. */
const VERSION_HEADERS = { 'x-influxdb-version': '1.8.10', 'x-influxdb-build': 'Vitrine' };
/** Sentences of the store in one answer. */
const MOST_REJECTIONS = 5;

/** The words of InfluxDB 2 for what is wrong. */
const CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  413: 'request too large',
  415: 'invalid',
  422: 'unprocessable entity',
  429: 'too many requests',
  503: 'unavailable',
};

interface Problem {
  readonly status: number;
  readonly message: string;
  /** The first bad line, counted from 1. */
  readonly line?: number;
  readonly retryAfterSeconds?: number;
}

/** InfluxDB's line protocol as its versions 1 and 2 take it, and what their clients ask before they write. */
export function influxWriteRoutes(app: Routes, { intake, limits, log, version, isReady }: InfluxWriteNeeds): void {
  const receiver = createLineReceiver(intake);
  const databases = new DatabaseNames();

  async function write(request: FastifyRequest, reply: FastifyReply, database: string): Promise<FastifyReply> {
    const precision = parameter(request, 'precision') || 'ns';
    if (!isPrecision(precision)) {
      throw new BodyRefused(400, `The precision "${precision.slice(0, 20)}" is none of ns, us, ms, s, m and h.`);
    }
    const bytes = await takeBody(request, reply, limits.bodyBytes);
    const outcome = await receiver.receive(senderOf(request), { bytes, database, precision });
    if (outcome.textFields > 0) reply.header('x-vitrine-refused', `${outcome.textFields} text fields`);
    const problem = problemIn(outcome, isVersion2(request));
    return problem === undefined ? reply.code(204).send() : fail(request, reply, problem);
  }

  app.register(async (scope: Routes) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers(VERSION_HEADERS);
    });
    scope.setErrorHandler((error: FastifyError, request, reply) => {
      const refusal = error.statusCode === 413 ? tooLarge(limits.bodyBytes, error) : error;
      if (refusal instanceof BodyRefused) intake.refuse('line protocol', senderOf(request), wholeRefused(refusal));
      const answer = problemOf(refusal);
      if (answer.status >= 500 && !(error instanceof StoreReadOnly)) {
        log.error({ err: error, url: request.routeOptions.url }, 'a request failed');
      }
      return fail(request, reply, answer);
    });

    scope.route({
      method: 'POST',
      url: '/write',
      config: { access: 'ingest', influx: true },
      schema: { summary: 'Line protocol as InfluxDB 1 takes it', tags: ['influx'] },
      handler: (request, reply) => write(request, reply, parameter(request, 'db')),
    });
    scope.route({
      method: 'POST',
      url: '/api/v2/write',
      config: { access: 'ingest', influx: true },
      schema: { summary: 'Line protocol as InfluxDB 2 takes it', tags: ['influx'] },
      // A bucket is a database by another name.
      handler: (request, reply) => write(request, reply, parameter(request, 'bucket') || parameter(request, 'db')),
    });
    scope.route({
      method: ['GET', 'POST'],
      url: '/query',
      config: { access: 'ingest', influx: true },
      schema: { summary: 'Statements that InfluxDB’s clients ask before they write', tags: ['influx'] },
      async handler(request: FastifyRequest, reply) {
        const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.subarray(0, 20_000).toString() : '');
        const text = parameter(request, 'q') || (form.get('q') ?? '');
        const results = answerStatements(text, databases, senderOf(request).id);
        if (results !== undefined) return reply.send({ results });
        const message =
          'Vitrine takes line protocol, and answers PromQL at /api/v1/query. Of InfluxQL it knows CREATE DATABASE and SHOW DATABASES only.';
        return fail(request, reply, { status: 400, message });
      },
    });
    scope.route({
      method: ['GET', 'HEAD'],
      url: '/ping',
      config: { access: 'public' },
      schema: { summary: 'InfluxDB’s way to ask whether a server is there', tags: ['influx'] },
      handler: async (_request, reply) => reply.code(204).send(),
    });
    scope.route({
      method: ['GET', 'HEAD'],
      url: '/health',
      config: { access: 'public' },
      schema: { summary: 'InfluxDB 2’s way to ask whether a server is well', tags: ['influx'] },
      async handler(_request, reply) {
        const [status, message] = isReady() ? ['pass', 'ready for queries and writes'] : ['fail', 'stopping'];
        return reply.code(isReady() ? 200 : 503).send({ name: 'vitrine', message, status, checks: [], version, commit: '' });
      },
    });
  });
}

function isVersion2(request: FastifyRequest): boolean {
  return request.routeOptions.url === '/api/v2/write';
}

/** One of the address' parameters; "" where it is not there. */
function parameter({ query }: FastifyRequest, name: string): string {
  const value = (query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
}

function fail(request: FastifyRequest, reply: FastifyReply, { status, message, line, retryAfterSeconds }: Problem): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  const body = isVersion2(request)
    ? { code: CODES[status] ?? 'internal error', message, ...(line === undefined ? {} : { line }) }
    : { error: message };
  return reply.code(status).send(body);
}

/** What to say of a body of which a part does not count; undefined where all is well. */
function problemIn({ badLines, problems, stored }: LineOutcome, isVersion2: boolean): Problem | undefined {
  if (badLines === 0 && stored.rejectedCount === 0) return undefined;
  const sentences = problems.map(({ line, text, problem }) => `unable to parse '${text}': line ${line}: ${problem}`);
  if (badLines > problems.length) sentences.push(`and ${badLines - problems.length} more lines`);
  for (const rejection of stored.rejected.slice(0, MOST_REJECTIONS)) {
    const { series, count } = rejection;
    sentences.push(`${count} samples of ${series.slice(0, 200)} were refused: ${rejectionText(rejection)}`);
  }
  const dropped = badLines + stored.rejectedCount;
  const [first] = problems;
  const message = sentences.join('\n');
  return {
    // InfluxDB 2 tells what it cannot read from what it cannot keep.
    status: isVersion2 && first === undefined ? 422 : 400,
    message: stored.accepted > 0 || first === undefined ? `partial write: ${message} dropped=${dropped}` : message,
    ...(first === undefined ? {} : { line: first.line }),
  };
}

/** What to say where nothing of a request counts. */
function problemOf(error: unknown): Problem {
  if (error instanceof BodyRefused) return { status: error.status, message: error.message };
  if (error instanceof StoreBusy) return { status: 429, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  if (error instanceof StoreReadOnly) return { status: 503, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  return replyFor(error);
}
