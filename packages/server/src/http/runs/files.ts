import { createHash } from 'node:crypto';
import type { FastifyError } from 'fastify';
import { z } from 'zod';
import { BodyRefused, wholeRefused } from '../../ingest/body-refused.ts';
import type { Intake } from '../../ingest/intake.ts';
import { tooLarge } from '../../ingest/unpack-body.ts';
import { batchOf } from '../../runs/files/log-rows.ts';
import { readRunFile, RUN_FILE_FORMATS, runFileFormat } from '../../runs/files/read-run-file.ts';
import type { Runs } from '../../runs/runs.ts';
import { HttpError } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { senderOf } from '../sender.ts';
import { takeBody } from '../take-body.ts';
import { TAGS } from './run-of.ts';

export interface RunFileNeeds {
  readonly runs: Runs;
  readonly intake: Intake;
  readonly limits: { readonly bodyBytes: number };
}

const text = z.string().max(250);
const asked = z.object({
  file: z.string().min(1).max(1_000),
  project: text.default('Default'),
  name: text.default(''),
  group: text.default(''),
  format: z.enum(RUN_FILE_FORMATS).optional(),
  pattern: z.string().max(2_000).optional(),
  /** When the file was changed last, in unix milliseconds: where it tells no times itself. */
  changedMs: z.coerce.number().min(0).max(2_240_611_200_000).optional(),
});

/** A file that a training left behind becomes a run; sent again, it adds what is new. */
export function runFileRoutes(app: Routes, { runs, intake, limits }: RunFileNeeds): void {
  app.register(async (scope: Routes) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error: FastifyError, request) => {
      const refusal = error.statusCode === 413 ? tooLarge(limits.bodyBytes, error) : error;
      if (!(refusal instanceof BodyRefused)) throw refusal;
      intake.refuse('runs', senderOf(request), wholeRefused(refusal));
      throw new HttpError(refusal.status === 413 ? 'too_large' : 'bad_request', refusal.message);
    });
    scope.route({
      method: 'POST',
      url: '/api/runs/files',
      config: { access: 'ingest' },
      bodyLimit: limits.bodyBytes,
      schema: {
        summary: 'Makes a run of a trainer_state.json, a CSV or JSON-lines file of metrics, or a text log',
        tags: TAGS,
        querystring: asked,
      },
      async handler(request, reply) {
        const { file, project, name, group, pattern, changedMs = Date.now() } = request.query;
        const bytes = await takeBody(request, reply, limits.bodyBytes);
        const format = request.query.format ?? (pattern === undefined ? runFileFormat(file, bytes) : 'text');
        const { rows, params, tags, notices } = await readRunFile(bytes, { format, pattern });
        const sender = senderOf(request);
        const labels = Object.fromEntries(sender.labels);
        const times = rows.flatMap(({ timeMs }) => (timeMs === undefined ? [] : [timeMs]));
        const { id } = await runs.ensure({
          // One file is one run, however often it is sent.
          id: `file-${createHash('sha256')
            .update(JSON.stringify([project, name, file, labels]))
            .digest('hex')
            .slice(0, 20)}`,
          name: name === '' ? nameOf(file) : name,
          project,
          group,
          source: format === 'trainer-state' ? 'huggingface' : 'file',
          status: 'finished',
          startedMs: times.reduce((least, timeMs) => Math.min(least, timeMs), changedMs),
          tags: { ...tags, file },
          params,
          labels,
        });
        const batch = batchOf(rows, id, changedMs);
        const { points } = await intake.keep('runs', sender, batch.values.length, () => runs.curves.append(batch));
        await runs.edit(id, {
          params,
          tags,
          endedMs: times.reduce((latest, timeMs) => Math.max(latest, timeMs), times.length === 0 ? changedMs : 0),
        });
        return { run: id, points, notices };
      },
    });
  });
}

/** The folder says more than "metrics.csv". */
function nameOf(file: string): string {
  const parts = file.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.slice(-2).join('/');
}
