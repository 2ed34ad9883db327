import type { SampleStore } from '@vitrine/model/sample-store.ts';
import type { FastifyRequest } from 'fastify';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { ownSamples } from './own-samples.ts';
import { MAX_TIME_MS, MIN_TIME_MS, Params } from './params.ts';

export interface AdminNeeds {
  readonly samples: SampleStore;
  /** Whether `query.admin-api` is on. */
  readonly adminApi: boolean;
}

/** /admin/tsdb/*: for admins, and where it is on. */
export function adminRoutes(app: Routes, { samples, adminApi }: AdminNeeds): void {
  const change = (url: string, summary: string, run: (request: FastifyRequest) => Promise<void>): void => {
    app.route({
      method: ['POST', 'PUT'],
      url: `/admin/tsdb/${url}`,
      config: { access: 'admin' },
      schema: { summary, tags: ['prometheus'] },
      async handler(request: FastifyRequest, reply) {
        if (!adminApi) throw new ApiError('unavailable', 'admin APIs disabled: set query.admin-api to true');
        await run(request);
        return reply.code(204).send();
      },
    });
  };

  change('delete_series', 'Delete samples for good', async (request) => {
    const params = Params.of(request);
    if (params.all('match[]').length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
    const fromMs = params.time('start', MIN_TIME_MS);
    const toMs = params.time('end', MAX_TIME_MS);
    await ownSamples(samples, request).deleteSeries({ selectors: params.selectors(), fromMs, toMs });
  });
  // What is deleted is gone from the file already.
  change('clean_tombstones', 'Nothing to clean', async () => undefined);
}
