import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { BackupRefused } from '../../backup/backup-manifest.ts';
import { type OwnOf, refuseLabelled } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { MAX_TIME_MS, MIN_TIME_MS, Params } from './params.ts';

export interface AdminNeeds {
  readonly own: OwnOf;
  /** Whether `query.admin-api` is on. */
  readonly adminApi: boolean;
  /** Makes a copy of the data folder under that name. Throws an error whose message is a sentence. */
  readonly snapshot: (name: string) => Promise<void>;
}

/** /admin/tsdb/*: for admins, and where it is on. */
export function adminRoutes(app: Routes, { own, adminApi, snapshot }: AdminNeeds): void {
  const change = (url: string, summary: string, run: (request: FastifyRequest) => Promise<unknown>): void => {
    app.route({
      method: ['POST', 'PUT'],
      url: `/admin/tsdb/${url}`,
      config: { access: 'admin' },
      schema: { summary, tags: ['prometheus'] },
      async handler(request: FastifyRequest, reply) {
        if (!adminApi) throw new ApiError('unavailable', 'admin APIs disabled: set query.admin-api to true');
        const data = await run(request);
        return data === undefined ? reply.code(204).send() : { status: 'success', data };
      },
    });
  };

  change('delete_series', 'Delete samples for good', async (request) => {
    const params = Params.of(request);
    if (params.all('match[]').length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
    const fromMs = params.time('start', MIN_TIME_MS);
    const toMs = params.time('end', MAX_TIME_MS);
    await own(request).samples.deleteSeries({ selectors: params.selectors(), fromMs, toMs });
  });
  let making: Promise<void> | undefined;
  change('snapshot', 'A copy of the data folder, made while the server runs', async (request) => {
    refuseLabelled(request);
    if (making !== undefined) throw new ApiError('unavailable', 'a snapshot is being made');
    const name = `${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(8).toString('hex')}`;
    making = snapshot(name);
    try {
      await making;
    } catch (error) {
      if (error instanceof BackupRefused) throw new ApiError('execution', error.message, { cause: error });
      throw error;
    } finally {
      making = undefined;
    }
    return { name };
  });
  // What is deleted is gone from the file already.
  change('clean_tombstones', 'Nothing to clean', async () => undefined);
}
