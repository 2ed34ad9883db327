import type { Address } from '../config/keys.ts';
import type { Intake } from '../ingest/intake.ts';
import { refuseLabelled } from '../own/own.ts';
import type { Routes } from './routes.ts';

/** Where lines of these protocols are taken; absent where they are not. */
export interface LineAddresses {
  readonly graphite?: Address;
  readonly statsd?: Address;
}

interface ArrivalsNeeds {
  readonly intake: Pick<Intake, 'arrivals'>;
  readonly startedMs: number;
  readonly listening?: LineAddresses;
}

/** What arrives from whom, and why something was refused. */
export function arrivalsRoutes(app: Routes, { intake, startedMs, listening = {} }: ArrivalsNeeds): void {
  app.route({
    method: 'GET',
    url: '/api/ingest/arrivals',
    config: { access: 'edit' },
    schema: { summary: 'What arrived from whom since the server started, the latest first', tags: ['ingest'] },
    async handler(request, reply) {
      refuseLabelled(request);
      // Of thousands of senders most are silent in most minutes, and a page asks each second.
      const arrivals = intake
        .arrivals()
        .map((arrival) => (arrival.perSecond.some(Boolean) ? arrival : { ...arrival, perSecond: [] }));
      return reply.header('cache-control', 'no-store').send({ arrivals, startedMs, listening });
    },
  });
}
