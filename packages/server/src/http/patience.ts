import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body may come for as long as it likes: the route itself looks that it comes. */
    longBody?: boolean;
  }
}

/** A client that drips its body does not hold a connection for ever; whoever brings a large file is waited for. */
export function patience(app: Routes, bodyMs: number): void {
  app.addHook('onRequest', async (request, reply) => {
    const { raw } = request;
    const hasBody = raw.headers['content-length'] !== undefined || raw.headers['transfer-encoding'] !== undefined;
    if (!hasBody || raw.complete || request.routeOptions.config.longBody === true) return;
    const timer = setTimeout(() => {
      if (raw.complete) return;
      const { message } = new HttpError('body_too_slow');
      // What waits for the body is told by the connection's end.
      if (!reply.raw.headersSent) {
        reply.raw.writeHead(408, { connection: 'close', 'content-type': 'application/json' });
        reply.raw.end(JSON.stringify({ error: { code: 'body_too_slow', message } }), () => raw.destroy());
      } else raw.destroy();
    }, bodyMs);
    timer.unref();
    const done = (): void => clearTimeout(timer);
    raw.once('end', done);
    raw.once('close', done);
  });
}
