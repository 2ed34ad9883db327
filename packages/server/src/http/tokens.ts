import { readDurationMs } from '@vitrine/model/duration.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { z } from 'zod';
import { parseTokenLabels, SCOPES, type Tokens } from '../auth/tokens.ts';
import { refuseLabelled } from '../own/own.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

/** Making tokens by the thousand is nobody's work. */
const LIMIT = { max: 60, timeWindow: '1 minute' };

export function tokenRoutes(app: Routes, tokens: Tokens): void {
  app.route({
    method: 'GET',
    url: '/api/tokens',
    config: { access: 'admin', rateLimit: LIMIT },
    schema: { summary: 'The tokens, without their secrets' },
    async handler(request) {
      refuseLabelled(request);
      const known = await tokens.list();
      return {
        tokens: known.map(({ id, name, scopes, labels, createdMs, expiresMs }) => ({
          id,
          name,
          scopes,
          labels,
          createdMs,
          expiresMs: expiresMs ?? null,
        })),
      };
    },
  });

  app.route({
    method: 'POST',
    url: '/api/tokens',
    config: { access: 'admin', rateLimit: LIMIT },
    schema: {
      summary: 'Makes a token, and shows it this once',
      body: z
        .object({
          name: z.string(),
          scopes: z.array(z.enum(SCOPES)).min(1),
          labels: z.record(z.string(), z.string()).optional(),
          expires: z.string().optional(),
        })
        .strict(),
    },
    async handler(request, reply) {
      refuseLabelled(request);
      const { name, scopes, labels, expires } = request.body;
      const lifeMs = expires === undefined ? undefined : readDurationMs(expires);
      if (expires !== undefined && (lifeMs ?? 0) === 0)
        throw new BadRequest('expires', `"${expires}" is not a duration such as 90d`);
      const made = await tokens.create({
        name,
        scopes,
        labels: parseTokenLabels('labels', labels ?? {}),
        expiresMs: lifeMs === undefined ? undefined : Date.now() + lifeMs,
      });
      return reply.code(201).header('cache-control', 'no-store').send(made);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/api/tokens/:id',
    config: { access: 'admin', rateLimit: LIMIT },
    schema: { summary: 'Revokes a token', params: z.object({ id: z.string() }) },
    async handler(request, reply) {
      refuseLabelled(request);
      if (!(await tokens.revoke(request.params.id))) throw new HttpError('no_such_token');
      return reply.code(204).send();
    },
  });
}
