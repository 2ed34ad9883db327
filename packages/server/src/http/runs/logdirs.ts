import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Logdirs } from '../../runs/tensorboard/logdirs.ts';
import { refuseLabelled } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { TAGS } from './run-of.ts';

const MAX_PATH = 4_096;

/** A log directory of another machine: the machine and the path there. */
const upload = z.object({ logdir: z.string().min(1).max(MAX_PATH), project: z.string().min(1).max(1_000) });

/** Which directories of TensorBoard's event files the server reads, for admins: they say what of the machine is read. */
export function logdirRoutes(
  app: Routes,
  { logdirs, limits }: { readonly logdirs: Logdirs; readonly limits: { readonly bodyBytes: number } },
): void {
  // Their runs have no labels, and their names tell of the machine.
  const config = { access: 'admin' } as const;
  const preHandler = async (request: FastifyRequest): Promise<void> => refuseLabelled(request);

  app.route({
    method: 'GET',
    url: '/api/runs/logdirs',
    config,
    preHandler,
    schema: { summary: 'Directories of TensorBoard’s event files that are read, and how far', tags: TAGS },
    handler: async () => ({ logdirs: logdirs.list() }),
  });

  app.route({
    method: 'POST',
    url: '/api/runs/logdirs',
    config,
    preHandler,
    schema: {
      summary: 'Reads a directory of event files on the server’s machine, and goes on following it unless told otherwise',
      tags: TAGS,
      body: z
        .object({ path: z.string().min(1).max(MAX_PATH), project: z.string().optional(), follow: z.boolean().default(true) })
        .strict(),
    },
    handler: async (request, reply) => reply.code(201).send({ logdir: await logdirs.add(request.body) }),
  });

  app.register(async (scope: Routes) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.route({
      method: 'POST',
      url: '/api/runs/logdirs/uploads',
      config,
      preHandler,
      bodyLimit: limits.bodyBytes,
      schema: {
        summary: 'Takes a piece of an event file of another machine, behind those that are here; nothing is read yet',
        tags: TAGS,
        querystring: upload.extend({ file: z.string().min(1), offset: z.coerce.number().int().min(0) }),
      },
      async handler({ body, query: { file, offset, ...from } }) {
        return { bytes: await logdirs.uploads.append(from, file, offset, (body as Buffer | undefined) ?? Buffer.alloc(0)) };
      },
    });
  });

  app.route({
    method: 'POST',
    url: '/api/runs/logdirs/uploads/read',
    config,
    preHandler,
    schema: { summary: 'Reads the event files of another machine that were sent, once', tags: TAGS, body: upload.strict() },
    handler: async (request, reply) => reply.code(201).send({ logdir: logdirs.readUploaded(request.body) }),
  });

  app.route({
    method: 'DELETE',
    url: '/api/runs/logdirs/:id',
    config,
    preHandler,
    schema: { summary: 'Reads a directory no longer; its runs stay', tags: TAGS, params: z.object({ id: z.string().max(64) }) },
    async handler(request, reply) {
      await logdirs.remove(request.params.id);
      return reply.code(204).send();
    },
  });
}
