import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Intake } from '../../ingest/intake.ts';
import { parseJson } from '../../ingest/upload/read-jsonl.ts';
import type { OwnOf } from '../../own/own.ts';
import { kerasMonitor } from '../../runs/keras-monitor.ts';
import type { WritableRuns } from '../../runs/writable-runs.ts';
import type { Routes } from '../routes.ts';
import { senderOf } from '../sender.ts';
import { TAGS } from './run-of.ts';

const MAX_BODY_BYTES = 1024 * 1024;
const part = z.string().min(1).max(100);

/**
 * Where Keras's RemoteMonitor sends to: `RemoteMonitor(root="http://HOST/keras/PROJECT/RUN")`, as a form or as JSON. Without project and run
 * each training of a sender is a new run.
 */
export function kerasRoutes(
  app: Routes,
  { runs, own, intake }: { readonly runs: WritableRuns; readonly own: OwnOf; readonly intake: Intake },
): void {
  const monitor = kerasMonitor(runs);
  app.register(async (scope: Routes) => {
    scope.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
      (_request, body, done) => done(null, readForm(body)),
    );
    const config = { access: 'ingest' } as const;
    scope.route({
      method: 'POST',
      url: '/publish/epoch/end',
      config,
      bodyLimit: MAX_BODY_BYTES,
      schema: { summary: 'One epoch from Keras’s RemoteMonitor', tags: TAGS },
      handler: (request) => take(request, undefined),
    });
    scope.route({
      method: 'POST',
      url: '/keras/:project/:run/publish/epoch/end',
      config,
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        summary: 'One epoch of a named run from Keras’s RemoteMonitor',
        tags: TAGS,
        params: z.object({ project: part, run: part }),
      },
      handler: (request) => take(request, request.params),
    });
  });

  async function take(request: FastifyRequest, named: { project: string; run: string } | undefined) {
    const { body } = request;
    const sender = senderOf(request);
    const count = typeof body === 'object' && body !== null ? Math.max(0, Object.keys(body).length - 1) : 0;
    const points = await intake.keep('runs', sender, count, () => monitor.take(body, sender, named, own(request).runs));
    return { points };
  }
}

/** `data={…}`: the field may have another name, and is the only one. */
function readForm(body: string): unknown {
  const [[, json] = ['', '']] = [...new URLSearchParams(body)];
  const data = parseJson(json);
  if (data === undefined) throw new BadRequest('data', 'is not JSON');
  return data;
}
