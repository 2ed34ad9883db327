import { type QueryLimits, QueryError } from '@vitrine/model/sample-store.ts';
import type { Expr } from '@vitrine/promql/ast.ts';
import { describeParseError, EVERY_SYNTAX, parse } from '@vitrine/promql/parse.ts';
import { printPretty } from '@vitrine/promql/print-pretty.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { abortOnDisconnect } from '../abort-on-disconnect.ts';
import { LentPieces } from '../lent-pieces.ts';
import type { OwnOf } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { exemplarRoutes } from './exemplars.ts';
import { Params, parseOrRefuse, refuse } from './params.ts';
import { syntaxTree } from './syntax-tree.ts';

export interface PrometheusQueryNeeds {
  readonly own: OwnOf;
  readonly limits: QueryLimits & { readonly maxPoints: number };
}

/** /query, /query_range, /query_exemplars, and what is done with a query's text: /format_query and /parse_query. */
export function queryRoutes(app: Routes, { own, limits }: PrometheusQueryNeeds): void {
  const run = async (
    request: FastifyRequest,
    reply: FastifyReply,
    params: Params,
    range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  ): Promise<FastifyReply> => {
    const expr = params.text('query');
    readQuery(params);
    const timeoutMs = Math.min(params.duration('timeout', limits.timeoutMs), limits.timeoutMs);
    const lookbackMs = params.text('lookback_delta') === '' ? undefined : params.duration('lookback_delta');
    const limit = params.limit();
    const stats = params.text('stats');
    const { pieces } = await evaluate(expr, () =>
      own(request).samples.evaluateJson(
        {
          expr,
          ...range,
          ...(lookbackMs === undefined ? {} : { lookbackMs }),
          limits: { ...limits, timeoutMs },
          trace: stats === 'all',
        },
        { limit, stats: stats !== '' },
        abortOnDisconnect(reply),
      ),
    );
    return reply.type('application/json; charset=utf-8').send(new LentPieces(pieces));
  };

  app.route({
    method: ['GET', 'POST'],
    url: '/query',
    config: { access: 'read' },
    schema: { summary: 'PromQL at one time', tags: ['prometheus'] },
    async handler(request: FastifyRequest, reply) {
      const params = Params.of(request);
      const timeMs = params.time('time', Date.now());
      return run(request, reply, params, { startMs: timeMs, endMs: timeMs, stepMs: 0 });
    },
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/query_range',
    config: { access: 'read' },
    schema: { summary: 'PromQL over a range', tags: ['prometheus'] },
    async handler(request: FastifyRequest, reply) {
      const params = Params.of(request);
      const startMs = params.time('start');
      const endMs = params.time('end');
      if (endMs < startMs) refuse('end', 'end timestamp must not be before start time');
      const stepMs = params.duration('step');
      if (stepMs <= 0) refuse('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
      if ((endMs - startMs) / stepMs > limits.maxPoints) {
        throw new ApiError(
          'bad_data',
          `exceeded maximum resolution of ${withCommas(limits.maxPoints)} points per timeseries. Try decreasing the query resolution (?step=XX)`,
        );
      }
      return run(request, reply, params, { startMs, endMs, stepMs });
    },
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/format_query',
    config: { access: 'read' },
    schema: { summary: 'PromQL, set out for reading', tags: ['prometheus'] },
    async handler(request: FastifyRequest) {
      return { status: 'success', data: printPretty(readQuery(Params.of(request))) };
    },
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/parse_query',
    config: { access: 'read' },
    schema: { summary: 'PromQL as a tree', tags: ['prometheus'] },
    async handler(request: FastifyRequest) {
      return { status: 'success', data: syntaxTree(readQuery(Params.of(request))) };
    },
  });

  exemplarRoutes(app, own, readQuery);
}

/** Which experimental syntax is on is the store's to say. */
function readQuery(params: Params): Expr {
  return parseOrRefuse('query', params.text('query'), (text) => parse(text, EVERY_SYNTAX));
}

/** A query that parses can still be refused later with a position in it; Prometheus says that in the same way. */
async function evaluate<T>(expr: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof QueryError && error.code === 'bad_data') {
      const message = error.from === undefined ? error.message : describeParseError(expr, error);
      throw new ApiError('bad_data', `invalid parameter "query": ${message}`, { cause: error });
    }
    throw error;
  }
}

function withCommas(count: number): string {
  return count.toLocaleString('en-US');
}
