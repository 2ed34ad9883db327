import fastifyHelmet from '@fastify/helmet';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import type { Routes } from './routes.ts';
import { securityHeaders } from './security-headers.ts';

test('every answer has the headers that the plugin of Helmet would send with it, and may say others', async () => {
  const app: Routes = Fastify().withTypeProvider();
  await securityHeaders(app);
  app.get('/own', (_request, reply) => reply.header('content-security-policy', "default-src 'self'").send());
  const plugin = Fastify();
  await plugin.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: false,
  });
  const { headers } = await app.inject('/nothing-here');
  const wanted = (await plugin.inject('/nothing-here')).headers;
  expect({ ...headers, date: '' }).toEqual({ ...wanted, date: '' });
  expect(headers).toMatchObject({
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  const own = await app.inject('/own');
  expect(own.headers['content-security-policy']).toBe("default-src 'self'");
  await Promise.all([app.close(), plugin.close()]);
});
