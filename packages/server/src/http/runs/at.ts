import type { RunsAtAnswer } from '@vitrine/model/run-api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { z } from 'zod';
import { runsAt } from '../../runs/runs-at.ts';
import type { OwnOf } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { TAGS } from './run-of.ts';

/** The last millisecond that a Date can hold. */
const MAX_TIME_MS = 8.64e15;
const time = z.coerce.number().min(-MAX_TIME_MS).max(MAX_TIME_MS);

/** What was trained while something else happened. */
export function runsAtRoutes(app: Routes, { own }: { readonly own: OwnOf }): void {
  app.route({
    method: 'GET',
    url: '/api/runs/at',
    config: { access: 'read' },
    schema: {
      summary: 'Runs that ran at some time of a range, on a host where one is named; the latest started first',
      tags: TAGS,
      querystring: z.object({
        fromMs: time,
        toMs: time,
        host: z.string().max(1_000).optional(),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
    },
    async handler(request): Promise<RunsAtAnswer> {
      const { fromMs, toMs, host, limit } = request.query;
      if (toMs <= fromMs) throw new BadRequest('toMs', `${toMs} is not after fromMs ${fromMs}`);
      const found = [...runsAt(await own(request).runs.all(), fromMs, toMs, host === '' ? undefined : host).take(limit + 1)];
      return { runs: found.slice(0, limit), more: found.length > limit };
    },
  });
}
