import type { LabelRequest } from '@vitrine/model/sample-store.ts';
import type { FastifyRequest } from 'fastify';
import { abortOnDisconnect } from '../abort-on-disconnect.ts';
import type { OwnOf } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { MAX_TIME_MS, MIN_TIME_MS, Params } from './params.ts';

const CUT = ['results truncated due to limit'];

/** /series, /labels and /label/<name>/values. */
export function seriesRoutes(app: Routes, own: OwnOf): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/series',
    config: { access: 'read' },
    schema: { summary: 'Series that match', tags: ['prometheus'] },
    async handler(request: FastifyRequest, reply) {
      const params = Params.of(request);
      if (params.all('match[]').length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
      const found = await own(request).samples.series(labelRequest(params), abortOnDisconnect(reply));
      const limit = params.limit();
      const isCut = limit > 0 && found.length > limit;
      const list = (isCut ? found.slice(0, limit) : found).map((labels) => labels.toJsonText());
      // Put together here: there may be many, and no object needs to be made of any.
      return reply
        .type('application/json; charset=utf-8')
        .send(`{"status":"success","data":[${list.join(',')}]${isCut ? `,"warnings":${JSON.stringify(CUT)}` : ''}}`);
    },
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/labels',
    config: { access: 'read' },
    schema: { summary: 'Label names', tags: ['prometheus'] },
    async handler(request: FastifyRequest, reply) {
      const params = Params.of(request);
      return answer(await own(request).samples.labelNames(labelRequest(params), abortOnDisconnect(reply)), params.limit());
    },
  });

  app.route({
    method: 'GET',
    url: '/label/:name/values',
    config: { access: 'read' },
    schema: { summary: 'Values of one label', tags: ['prometheus'] },
    async handler(request: FastifyRequest, reply) {
      const params = Params.of(request);
      const name = unescapeLabelName((request.params as { name: string }).name);
      return answer(await own(request).samples.labelValues(name, labelRequest(params), abortOnDisconnect(reply)), params.limit());
    },
  });
}

function labelRequest(params: Params): LabelRequest {
  const limit = params.limit();
  const fromMs = params.time('start', MIN_TIME_MS);
  const toMs = params.time('end', MAX_TIME_MS);
  if (toMs < fromMs) throw new ApiError('bad_data', 'invalid parameter "end": end timestamp must not be before start time');
  // One more than asked for tells whether the answer is cut.
  return { selectors: params.selectors(), fromMs, toMs, limit: limit === 0 ? 0 : limit + 1 };
}

function answer<T>(found: readonly T[], limit: number): { status: 'success'; data: readonly T[]; warnings?: string[] } {
  if (limit === 0 || found.length <= limit) return { status: 'success', data: found };
  return { status: 'success', data: found.slice(0, limit), warnings: CUT };
}

/** Label names that are no plain words travel in a path as `U__` with `_2E_` for "." and `__` for "_". */
export function unescapeLabelName(name: string): string {
  if (!name.startsWith('U__')) return name;
  const unescaped = name.slice(3).replace(/__|_([0-9a-fA-F]{1,6})_|_/g, (whole, hex: string | undefined) => {
    if (whole === '__') return '_';
    const code = Number.parseInt(hex ?? '', 16);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : '\u0000';
  });
  // As Prometheus does with what is no such escape: the name as it stands.
  return unescaped.includes('\u0000') ? name : unescaped;
}
