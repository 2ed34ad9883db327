import type { Readable } from 'node:stream';
import type { ErrorAnswer } from '@vitrine/model/api.ts';
import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import { parseUploadMapping } from '@vitrine/model/parse/upload-mapping.ts';
import { UPLOAD_FORMATS, type UploadAnswer, type UploadPreview, type UploadRunning } from '@vitrine/model/upload.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Bytes } from '../ingest/upload/bytes.ts';
import { boundaryOf, readForm } from '../ingest/upload/multipart.ts';
import { Uploads, type UploadNeeds } from '../ingest/upload/uploads.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';
import { ERRORS, HttpError } from './errors.ts';
import { pacedBody } from './paced-body.ts';
import type { Routes } from './routes.ts';
import { senderOf } from './sender.ts';

export interface UploadRouteNeeds {
  readonly intake: UploadNeeds['intake'];
  readonly uploads: Omit<UploadNeeds, 'intake'>;
}

const id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'expected 1 to 64 letters, digits or -');
const yes = z.enum(['true', 'false']).optional();
const previewQuery = z.object({
  head: yes,
  format: z.enum(UPLOAD_FORMATS).optional(),
  delimiter: z.string().length(1).optional(),
  decimal: z.enum(['.', ',']).optional(),
});

/** Files of samples: CSV, JSONL and Parquet, looked at and taken in. Bodies are forms, and are read as they come. */
export function uploadRoutes(app: Routes, { intake, uploads: needs }: UploadRouteNeeds): void {
  const uploads = new Uploads({ ...needs, intake });
  app.register(async (scope: Routes) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.route({
      method: 'POST',
      url: '/api/ingest/preview',
      config: { access: 'edit', longBody: true },
      schema: { summary: 'The first rows of a file, and what its columns may mean', tags: ['ingest'], querystring: previewQuery },
      async handler(request, reply): Promise<UploadPreview> {
        const { head, format, delimiter, decimal } = request.query;
        return whileThere(request, reply, async (body, signal) => {
          const { file } = await readForm(body, boundary(request));
          return uploads.preview(file, { format, csv: { delimiter, decimal }, isHead: head === 'true' }, signal);
        });
      },
    });
    scope.route({
      method: 'POST',
      url: '/api/ingest/upload',
      config: { access: 'ingest', longBody: true },
      schema: {
        summary: 'Takes in a file by its mapping: a form of the parts "mapping" (JSON) and "file", in that order',
        tags: ['ingest'],
        querystring: z.object({ dryRun: yes, id: id.optional() }),
      },
      async handler(request, reply): Promise<UploadAnswer & Partial<ErrorAnswer>> {
        return whileThere(request, reply, async (body, signal) => {
          const { fields, file } = await readForm(body, boundary(request));
          const mapping = parseUploadMapping(parseMapping(fields.get('mapping')));
          const dryRun = request.query.dryRun === 'true';
          const answer = await uploads.take({
            id: request.query.id ?? request.id,
            sender: senderOf(request),
            mapping,
            dryRun,
            bytes: file,
            signal,
          });
          const [first] = answer.reasons;
          if (dryRun || answer.accepted > 0 || first === undefined) return answer;
          // Whoever sent it by a script is to see that it failed, and all of why.
          reply.code(ERRORS.nothing_stored.status);
          return { ...answer, error: { code: 'nothing_stored', message: `Nothing was stored. ${first.sentence}` } };
        });
      },
    });
  });
  app.route({
    method: 'GET',
    url: '/api/ingest/uploads/:id',
    config: { access: 'ingest' },
    schema: { summary: 'How far an upload of one’s own is', tags: ['ingest'], params: z.object({ id }) },
    async handler(request, reply): Promise<UploadRunning> {
      reply.header('cache-control', 'no-store');
      // Whoever asks does so while it begins and ends: none is no mistake.
      return { progress: uploads.progress(request.params.id, senderOf(request)) ?? null };
    },
  });
}

function boundary({ headers }: FastifyRequest): string {
  const found = boundaryOf(headers['content-type'] ?? '');
  if (found !== undefined) return found;
  throw new HttpError(
    'media_type',
    'The body is not a form: send multipart/form-data with the file as its part "file", as curl -F mapping=@mapping.json -F file=@data.csv does.',
  );
}

function parseMapping(text: string | undefined): unknown {
  if (text === undefined)
    throw new BadRequest('mapping', 'is missing: send it as JSON in the part "mapping", before the part "file"');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new BadRequest('mapping', 'is not JSON', { cause });
  }
}

/** Runs until the caller goes away. What is left of the body is read and forgotten, so that the answer is read. */
async function whileThere<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  work: (body: Bytes, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const body = request.body as Readable;
  try {
    return await work(
      pacedBody(body.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>),
      abortOnDisconnect(reply),
    );
  } catch (error) {
    if (error instanceof LimitExceeded) throw new HttpError('too_large', error.message);
    throw error;
  } finally {
    body.resume();
  }
}
