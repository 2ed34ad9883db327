import { z } from 'zod';
import type { Logdirs } from '../../runs/tensorboard/logdirs.ts';
import type { Routes } from '../routes.ts';
import { TAGS } from './run-of.ts';

const MAX_PATH = 4_096;

/** Which directories of TensorBoard's event files the server reads, for admins: they say what of the machine is read. */
export function logdirRoutes(app: Routes, { logdirs }: { readonly logdirs: Logdirs }): void {
  app.route({
    method: 'GET',
    url: '/api/runs/logdirs',
    config: { access: 'admin' },
    schema: { summary: 'Directories of TensorBoard’s event files that are read, and how far', tags: TAGS },
    handler: async () => ({ logdirs: logdirs.list() }),
  });

  app.route({
    method: 'POST',
    url: '/api/runs/logdirs',
    config: { access: 'admin' },
    schema: {
      summary: 'Reads a directory of event files on the server’s machine, and goes on following it unless told otherwise',
      tags: TAGS,
      body: z
        .object({ path: z.string().min(1).max(MAX_PATH), project: z.string().optional(), follow: z.boolean().default(true) })
        .strict(),
    },
    handler: async (request, reply) => reply.code(201).send({ logdir: await logdirs.add(request.body) }),
  });

  app.route({
    method: 'DELETE',
    url: '/api/runs/logdirs/:id',
    config: { access: 'admin' },
    schema: { summary: 'Reads a directory no longer; its runs stay', tags: TAGS, params: z.object({ id: z.string().max(64) }) },
    async handler(request, reply) {
      await logdirs.remove(request.params.id);
      return reply.code(204).send();
    },
  });
}
