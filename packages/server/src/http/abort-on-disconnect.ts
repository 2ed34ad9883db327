import type { FastifyReply } from 'fastify';

/** A signal that fires when the caller goes away before the answer is out, so that nobody works for nobody. */
export function abortOnDisconnect(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new DOMException('The caller went away.', 'AbortError'));
  });
  return controller.signal;
}
