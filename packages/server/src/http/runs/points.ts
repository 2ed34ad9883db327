import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { BodyRefused, wholeRefused } from '../../ingest/body-refused.ts';
import type { Intake } from '../../ingest/intake.ts';
import { tooLarge } from '../../ingest/unpack-body.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { type PointsFormat, readPoints } from '../../runs/points/read-points.ts';
import type { WritableRuns } from '../../runs/writable-runs.ts';
import { HttpError } from '../errors.ts';
import { flag } from '../grafana/shapes.ts';
import type { Routes } from '../routes.ts';
import { senderOf } from '../sender.ts';
import { takeBody } from '../take-body.ts';
import { byRun, runToWrite, TAGS } from './run-of.ts';

export interface PointRouteNeeds {
  readonly runs: WritableRuns;
  readonly intake: Intake;
  readonly limits: { readonly bodyBytes: number };
}

const FORMATS: Readonly<Record<string, PointsFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'jsonl',
  'application/jsonl': 'jsonl',
  'application/x-jsonlines': 'jsonl',
  'text/csv': 'csv',
};

/** The plain door: points of a run from any script that can send a request. */
export function pointRoutes(app: Routes, { runs, intake, limits }: PointRouteNeeds): void {
  app.register(async (scope: Routes) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error: FastifyError, request, _reply) => {
      const refusal = error.statusCode === 413 ? tooLarge(limits.bodyBytes, error) : error;
      const sentence = refusal instanceof BadRequest || refusal instanceof BodyRefused ? refusal.message : undefined;
      if (sentence !== undefined) {
        const status = refusal instanceof BodyRefused ? refusal.status : 400;
        intake.refuse('runs', senderOf(request), wholeRefused(new BodyRefused(status, sentence)));
      }
      // The app's own handler answers.
      throw refusal instanceof BodyRefused ? answerOf(refusal) : refusal;
    });
    scope.route({
      method: 'POST',
      url: '/api/runs/:id/points',
      config: { access: 'ingest' },
      bodyLimit: limits.bodyBytes,
      schema: {
        summary:
          'Takes points of a run’s curves, as JSON, one object a line (application/x-ndjson) or CSV; once=true leaves out those that are there',
        tags: TAGS,
        params: byRun,
        querystring: z.object({ once: flag }),
      },
      async handler(request, reply) {
        const { id } = await runToWrite(runs, request.params.id, request);
        return takePoints(request, reply, id, request.query.once);
      },
    });
  });

  async function takePoints(request: FastifyRequest, reply: FastifyReply, run: string, once: boolean) {
    const bytes = await takeBody(request, reply, limits.bodyBytes);
    const nowMs = Date.now();
    const batch = await readPoints(bytes, formatOf(request), run, nowMs);
    const { points } = await intake.keep('runs', senderOf(request), batch.values.length, () => runs.append({ ...batch, once }));
    runs.touch(run, nowMs);
    return { points };
  }
}

function formatOf({ headers }: FastifyRequest): PointsFormat {
  const type = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  const format = FORMATS[type];
  if (format !== undefined) return format;
  throw new BodyRefused(
    415,
    `The content type "${type.slice(0, 60)}" is not taken here: send application/json, application/x-ndjson or text/csv.`,
  );
}

function answerOf(refusal: BodyRefused): HttpError {
  const code = refusal.status === 413 ? 'too_large' : refusal.status === 415 ? 'media_type' : 'bad_request';
  return new HttpError(code, refusal.message);
}
