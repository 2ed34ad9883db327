import type { SampleStore, Selector } from '@vitrine/model/sample-store.ts';
import type { Expr } from '@vitrine/promql/ast.ts';
import { formatNumber } from '@vitrine/promql/json/write-number.ts';
import { formatTime } from '@vitrine/promql/json/write-result.ts';
import { selectorsOf } from '@vitrine/promql/selectors.ts';
import type { FastifyRequest } from 'fastify';
import { abortOnDisconnect } from '../abort-on-disconnect.ts';
import type { OwnOf } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { MAX_TIME_MS, MIN_TIME_MS, Params } from './params.ts';

/** /query_exemplars: of every series that a selector of the query matches. */
export function exemplarRoutes(app: Routes, own: OwnOf, parseQuery: (params: Params) => Expr): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/query_exemplars',
    config: { access: 'read' },
    schema: { summary: 'Exemplars of the series that a query reads', tags: ['prometheus'] },
    async handler(request: FastifyRequest, reply) {
      const params = Params.of(request);
      const fromMs = params.time('start', MIN_TIME_MS);
      const toMs = params.time('end', MAX_TIME_MS);
      if (toMs < fromMs) throw new ApiError('bad_data', 'end timestamp must not be before start timestamp');
      const selectors = selectorsOf(parseQuery(params));
      const data = await findExemplars(own(request).samples, selectors, fromMs, toMs, abortOnDisconnect(reply));
      return { status: 'success', data };
    },
  });
}

async function findExemplars(
  samples: Pick<SampleStore, 'exemplars'>,
  selectors: readonly Selector[],
  fromMs: number,
  toMs: number,
  signal: AbortSignal,
): Promise<unknown[]> {
  // Without selectors all series would answer, and a query such as "1" reads none.
  if (selectors.length === 0) return [];
  const found = await samples.exemplars({ selectors, fromMs, toMs, limit: 0 }, signal);
  return found.map(({ labels, exemplars }) => ({
    seriesLabels: labels.toObject(),
    exemplars: exemplars.map(({ labels: own, value, timestampMs }) => ({
      labels: own.toObject(),
      value: formatNumber(value),
      timestamp: Number(formatTime(timestampMs)),
    })),
  }));
}
