import type { Intake } from '../ingest/intake.ts';
import type { Routes } from './routes.ts';

/** What arrives from whom, and why something was refused. */
export function arrivalsRoutes(app: Routes, intake: Pick<Intake, 'arrivals'>): void {
  app.route({
    method: 'GET',
    url: '/api/ingest/arrivals',
    config: { access: 'edit' },
    schema: { summary: 'What arrived from whom since the server started, the latest first', tags: ['ingest'] },
    handler: async (_request, reply) => reply.header('cache-control', 'no-store').send({ arrivals: intake.arrivals() }),
  });
}
