import { encodePanelData, FRAME_CONTENT_TYPE } from '@vitrine/model/frame-wire.ts';
import type { CurvesRequest } from '@vitrine/model/run-api.ts';
import { z } from 'zod';
import { askCurves, type CurveQuestions } from '../../runs/curves/ask-curves.ts';
import type { OwnOf } from '../../own/own.ts';
import { abortOnDisconnect } from '../abort-on-disconnect.ts';
import type { Routes } from '../routes.ts';
import { runId, TAGS } from './run-of.ts';

const MAX_NAME = 1_000;
const metric = z.string().min(1).max(MAX_NAME);
const weight = z.number().min(0).max(0.999);
const points = z.number().min(0.1).max(10_000);

const curvesRequest = z
  .object({
    runs: z.array(runId).min(1).max(10_000),
    metrics: z.array(metric).min(1).max(1_000),
    x: z.union([
      z.object({ kind: z.enum(['step', 'epoch', 'elapsed', 'time']) }).strict(),
      z.object({ kind: z.literal('metric'), metric }).strict(),
    ]),
    logX: z.boolean().optional(),
    from: z.number().optional(),
    to: z.number().optional(),
    widthPx: z.number().min(1).max(100_000),
    smoothing: z.union([
      z.object({ kind: z.literal('none') }).strict(),
      z.object({ kind: z.enum(['ema', 'twema']), weight }).strict(),
      z.object({ kind: z.enum(['gaussian', 'mean']), points }).strict(),
    ]),
    groupBy: z.string().min(1).max(MAX_NAME).optional(),
    band: z.enum(['std', 'minmax', 'ci95']).optional(),
  })
  .strict();

/** Curves as they are drawn: read whole, smoothed, grouped, and then thinned to a width in pixels. */
export function curveRoutes(
  app: Routes,
  { own, curveQuestions }: { readonly own: OwnOf; readonly curveQuestions: CurveQuestions },
): void {
  // Who looks at runs asks for curves next, and a thread takes a quarter of a second to start.
  app.addHook('onRequest', async ({ routeOptions: { url = '', config } }) => {
    if (config.access === 'page' && url.startsWith('/api/runs')) curveQuestions.warm();
  });
  app.route({
    method: 'POST',
    url: '/api/runs/curves',
    config: { access: 'page' },
    schema: { summary: 'Curves of runs over steps, epochs, time or another metric, as frames', tags: TAGS, body: curvesRequest },
    async handler(request, reply) {
      const asked: CurvesRequest = request.body;
      const data = await askCurves(asked, { runs: own(request).runs, curves: curveQuestions }, abortOnDisconnect(reply));
      return reply
        .type(FRAME_CONTENT_TYPE)
        .header('cache-control', 'no-store')
        .send(Buffer.from(encodePanelData(data).buffer));
    },
  });
}
