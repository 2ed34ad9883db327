import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ArtifactsAnswer } from '@vitrine/model/run-api.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type FoundArtifact,
  listArtifacts,
  openArtifact,
  parseArtifactPath,
  putArtifact,
  removeArtifact,
} from '../../runs/artifacts.ts';
import type { OwnOf } from '../../own/own.ts';
import type { WritableRuns } from '../../runs/writable-runs.ts';
import { HttpError } from '../errors.ts';
import { pacedBody } from '../paced-body.ts';
import type { Routes } from '../routes.ts';
import { sendHarmlessly, typeOfFile } from './harmless.ts';
import { byRun, runOf, runToWrite, TAGS } from './run-of.ts';

export interface ArtifactRouteNeeds {
  readonly runs: WritableRuns;
  readonly own: OwnOf;
  readonly limits: { readonly artifactBytes: number };
}

const MAX_PATH = 4_000;
const file = z.object({ path: z.string().min(1).max(MAX_PATH), download: z.enum(['true', 'false']).optional() });

/** Files of runs: models, plots, configurations. */
export function artifactRoutes(app: Routes, { runs, own, limits }: ArtifactRouteNeeds): void {
  app.route({
    method: 'GET',
    url: '/api/runs/:id/artifacts',
    config: { access: 'read' },
    schema: {
      summary: 'What lies in a folder of a run’s files',
      tags: TAGS,
      params: byRun,
      querystring: z.object({ path: z.string().max(MAX_PATH).default('') }),
    },
    async handler(request): Promise<ArtifactsAnswer> {
      const { id } = await runOf(own(request).runs, request.params.id);
      return { files: await listArtifacts(runs.artifactFolder(id), request.query.path) };
    },
  });

  app.route({
    method: ['GET', 'HEAD'],
    url: '/api/runs/:id/artifacts/file',
    config: { access: 'read' },
    schema: { summary: 'A file of a run, or the range of it that is asked for', tags: TAGS, params: byRun, querystring: file },
    async handler(request, reply) {
      const { id } = await runOf(own(request).runs, request.params.id);
      const { path, download } = request.query;
      const found = await openArtifact(runs.artifactFolder(id), path);
      if (found === undefined) throw new HttpError('not_found', `The run "${id}" has no file "${path}".`, 'path');
      sendHarmlessly(reply, typeOfFile(path), path.split('/').at(-1) ?? '', download === 'true');
      return sendFile(request, reply, found);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/api/runs/:id/artifacts/file',
    config: { access: 'edit' },
    schema: { summary: 'Removes a file or folder of a run', tags: TAGS, params: byRun, querystring: file },
    async handler(request, reply) {
      const { id } = await runOf(own(request).runs, request.params.id);
      const { path } = request.query;
      if (await removeArtifact(runs.artifactFolder(id), path)) return reply.code(204).send();
      throw new HttpError('not_found', `The run "${id}" has no file "${path}".`, 'path');
    },
  });

  app.register(async (scope: Routes) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.route({
      method: 'PUT',
      url: '/api/runs/:id/artifacts/file',
      config: { access: 'ingest', longBody: true },
      schema: {
        summary: 'Keeps the body as a file of a run, over one of that name',
        tags: TAGS,
        params: byRun,
        querystring: file,
      },
      async handler(request, reply) {
        const { id } = await runToWrite(runs, request.params.id, request);
        const { path } = request.query;
        const body = request.body as Readable | undefined;
        try {
          parseArtifactPath('path', path);
          const pieces =
            body === undefined ? nothing() : pacedBody(body.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>);
          const bytes = await putArtifact(runs.artifactFolder(id), path, pieces, limits.artifactBytes);
          return await reply.code(201).send({ path, bytes });
        } finally {
          // What is left of the body is read and forgotten, so that the answer is read.
          body?.resume();
        }
      },
    });
  });
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A file without any bytes.
}

/** Sends all of it, the part that is asked for, or nothing where the caller has it. The file is closed in any case. */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, found: FoundArtifact): Promise<FastifyReply> {
  const { handle, bytes, modifiedMs } = found;
  const etag = `"${bytes.toString(36)}-${Math.round(modifiedMs).toString(36)}"`;
  reply.header('accept-ranges', 'bytes').header('etag', etag).header('cache-control', 'private, no-cache');
  if (request.headers['if-none-match'] === etag) {
    await handle.close();
    return reply.code(304).send();
  }
  const asked = request.headers['range'];
  const ifRange = request.headers['if-range'];
  const range = asked === undefined || (ifRange !== undefined && ifRange !== etag) ? undefined : readRange(asked, bytes);
  if (range === 'unsatisfiable') {
    await handle.close();
    return reply.code(416).header('content-range', `bytes */${bytes}`).type('text/plain; charset=utf-8').send('');
  }
  const { from, to } = range ?? { from: 0, to: bytes };
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${bytes}`);
  reply.header('content-length', to - from);
  if (request.method === 'HEAD' || to === from) {
    await handle.close();
    return reply.send(request.method === 'HEAD' ? undefined : '');
  }
  return reply.send(streamOf(handle, from, to));
}

/** The stream closes the file, however it ends. */
function streamOf(handle: FileHandle, from: number, to: number): Readable {
  return handle.createReadStream({ start: from, end: to - 1, autoClose: true });
}

/** Half-open. undefined where the header means nothing to us, or asks for several ranges: then all of it is sent. */
function readRange(header: string, bytes: number): { readonly from: number; readonly to: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header) ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return last === '0' || bytes === 0 ? 'unsatisfiable' : { from: Math.max(0, bytes - Number(last)), to: bytes };
  const from = Number(first);
  const to = last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  if (last !== '' && Number(last) < from) return undefined;
  return from >= bytes ? 'unsatisfiable' : { from, to };
}
