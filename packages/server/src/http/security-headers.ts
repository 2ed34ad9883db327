import fastifyHelmet from '@fastify/helmet';
import Fastify from 'fastify';
import type { Routes } from './routes.ts';

/**
 * Sends Helmet's headers with every answer. They are the same for all, so it is asked for them once: asked for each request, as its
 * plugin does, it made them anew, and kept the request with its body in memory until all of that was searched for garbage.
 */
export async function securityHeaders(app: Routes): Promise<void> {
  const headers = await helmetHeaders();
  app.addHook('onRequest', (_request, { raw }, next) => {
    for (const [name, value] of headers) raw.setHeader(name, value);
    next();
  });
}

async function helmetHeaders(): Promise<readonly (readonly [name: string, value: string])[]> {
  const asked = Fastify();
  const plain = await asked.inject('/');
  await asked.close();
  const helmeted = Fastify();
  await helmeted.register(fastifyHelmet, {
    // What is no page may load nothing at all. The page's own policy goes with index.html.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // This server may well be reached over plain HTTP on a laboratory's network.
    strictTransportSecurity: false,
  });
  const { headers } = await helmeted.inject('/');
  await helmeted.close();
  return Object.entries(headers)
    .filter(([name]) => plain.headers[name] === undefined)
    .map(([name, value]) => [name, String(value)]);
}
