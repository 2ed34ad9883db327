import type { Registry } from 'prom-client';
import { refuseLabelled } from '../own/own.ts';
import type { Routes } from './routes.ts';

/** For those who watch the process: is it there, is it ready, and what has it counted. */
export function healthRoutes(app: Routes, isReady: () => boolean, registry: Registry): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/-/healthy',
    config: { access: 'public' },
    schema: { summary: 'The process is up' },
    handler: async (_, reply) => reply.type('text/plain').send('Vitrine is healthy.\n'),
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/-/ready',
    config: { access: 'public' },
    schema: { summary: 'Queries and writes are taken' },
    handler: async (_, reply) =>
      isReady()
        ? reply.type('text/plain').send('Vitrine is ready.\n')
        : reply.code(503).type('text/plain').send('Vitrine is stopping.\n'),
  });
  for (const what of ['reload', 'quit']) {
    app.route({
      method: ['POST', 'PUT'],
      url: `/-/${what}`,
      config: { access: 'read' },
      schema: { hide: true },
      // Prometheus answers so where its life cycle API is off, which is how it comes.
      handler: async (_, reply) =>
        reply
          .code(403)
          .type('text/plain')
          .send('Lifecycle API is not enabled. Vitrine reads its configuration when it starts: restart it.\n'),
    });
  }
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { access: 'read' },
    schema: { summary: 'Vitrine’s own metrics' },
    handler: async (request, reply) => {
      refuseLabelled(request);
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  });
}
