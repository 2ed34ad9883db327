import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { OwnOf } from '../own/own.ts';
import { findAnnotationEvents } from '../query/annotation-events.ts';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { PageScope, type ScopeNeeds } from '../query/page-scope.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';
import { chosenFilters, chosenValues, findDashboard, pageOf, pageTime, timeZone } from './page-request.ts';
import type { Routes } from './routes.ts';

const annotationEventsRequest = z
  .object({
    dashboard: z.string().max(100),
    fromMs: pageTime,
    toMs: pageTime,
    variables: chosenValues.optional(),
    filters: chosenFilters.optional(),
    timeZone: timeZone.optional(),
    enabled: z.record(z.string().max(1_000), z.boolean()).optional(),
  })
  .strict();

export function annotationEventsRoutes(
  app: Routes,
  catalog: DashboardCatalog,
  needsOf: (request: FastifyRequest) => ScopeNeeds,
  own: OwnOf,
): void {
  app.route({
    method: 'POST',
    url: '/api/annotation-events',
    config: { access: 'page' },
    schema: { summary: 'What all annotation queries of a dashboard find', body: annotationEventsRequest },
    async handler(request, reply) {
      const { body } = request;
      const { dashboard } = await findDashboard(catalog, body.dashboard);
      const signal = abortOnDisconnect(reply);
      const scope = new PageScope(pageOf(dashboard, undefined, body, request.caller), needsOf(request), signal);
      return findAnnotationEvents(dashboard.annotations, scope, own(request).annotations, body.enabled ?? {}, signal);
    },
  });
}
