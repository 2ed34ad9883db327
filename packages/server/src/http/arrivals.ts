import type { Intake } from '../ingest/intake.ts';
import type { Routes } from './routes.ts';

/** What arrives from whom, and why something was refused. */
export function arrivalsRoutes(app: Routes, intake: Pick<Intake, 'arrivals'>): void {
  app.route({
    method: 'GET',
    url: '/api/ingest/arrivals',
    config: { access: 'edit' },
    schema: { summary: 'What arrived from whom since the server started, the latest first', tags: ['ingest'] },
    async handler(_request, reply) {
      // Of thousands of senders most are silent in most minutes, and a page asks each second.
      const arrivals = intake
        .arrivals()
        .map((arrival) => (arrival.perSecond.some(Boolean) ? arrival : { ...arrival, perSecond: [] }));
      return reply.header('cache-control', 'no-store').send({ arrivals });
    },
  });
}
