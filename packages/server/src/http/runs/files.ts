import { CURVE_LIMITS } from '@vitrine/model/curve-store.ts';
import { RUN_FILE_FORMATS } from '@vitrine/model/run-file.ts';
import type { FastifyError } from 'fastify';
import { z } from 'zod';
import { BodyRefused, wholeRefused } from '../../ingest/body-refused.ts';
import type { Intake } from '../../ingest/intake.ts';
import { tooLarge } from '../../ingest/unpack-body.ts';
import { keepRunFile, previewRunFile } from '../../runs/files/keep-run-file.ts';
import type { WritableRuns } from '../../runs/writable-runs.ts';
import { HttpError } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { senderOf } from '../sender.ts';
import { takeBody } from '../take-body.ts';
import { TAGS } from './run-of.ts';
import { sendRunJson } from './send-run-json.ts';

export interface RunFileNeeds {
  readonly runs: WritableRuns;
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
  changedMs: z.coerce.number().min(0).max(CURVE_LIMITS.timeMs).optional(),
  /** Tells what would be read, and keeps nothing. */
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .transform((given) => given === 'true'),
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
        const { dryRun, ...query } = request.query;
        const bytes = await takeBody(request, reply, limits.bodyBytes);
        const asked = { ...query, format: query.format, pattern: query.pattern, changedMs: query.changedMs ?? Date.now() };
        if (dryRun) return sendRunJson(reply, await previewRunFile(asked, bytes));
        const sender = senderOf(request);
        return keepRunFile(runs, asked, bytes, sender, (batch) =>
          intake.keep('runs', sender, batch.values.length, () => runs.append(batch)),
        );
      },
    });
  });
}
