import type { Selector } from '@vitrine/model/sample-store.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { parseSelector } from '@vitrine/promql/parse.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { OwnOf } from '../own/own.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';
import type { Routes } from './routes.ts';

const TOP = 20;
const MOST_TOP = 500;
const LONGEST_MATCH = 10_000;

const question = z.object({
  match: z.string().max(LONGEST_MATCH).default(''),
  limit: z.coerce.number().int().min(1).max(MOST_TOP).default(TOP),
});

/** What the series in memory are made of, and which of them came and went. */
export function cardinalityRoutes(app: Routes, { own }: { readonly own: OwnOf }): void {
  app.route({
    method: 'GET',
    url: '/api/cardinality',
    config: { access: 'edit' },
    schema: { summary: 'How many series there are, by metric, job, label and value', tags: ['ingest'], querystring: question },
    async handler(request: FastifyRequest, reply) {
      const { match, limit } = request.query as z.infer<typeof question>;
      const asked = { selector: readSelector(match), limit, nowMs: Date.now() };
      const counted = await own(request).samples.cardinality(asked, abortOnDisconnect(reply));
      return reply.header('cache-control', 'no-store').send(counted);
    },
  });
}

function readSelector(text: string): Selector {
  if (text.trim() === '') return [];
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new BadRequest('match', `${error.message}; write one selector, such as {job="api"}`, { cause: error });
  }
}
