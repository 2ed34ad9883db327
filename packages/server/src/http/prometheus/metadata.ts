import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import type { FastifyRequest } from 'fastify';
import type { OwnOf } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { Params } from './params.ts';

/** /metadata. */
export function metadataRoutes(app: Routes, own: OwnOf): void {
  app.route({
    method: 'GET',
    url: '/metadata',
    config: { access: 'read' },
    schema: { summary: 'Types, help texts and units of metrics', tags: ['prometheus'] },
    async handler(request: FastifyRequest) {
      const params = Params.of(request);
      const metric = params.text('metric');
      const limit = count('limit', params.text('limit'));
      const limitPerMetric = count('limit_per_metric', params.text('limit_per_metric'));
      const byMetric = new Map<string, MetricMetadata[]>();
      for (const entry of own(request).metadata()) {
        if (metric !== '' && entry.metric !== metric) continue;
        const known = byMetric.get(entry.metric);
        if (known === undefined) {
          if (byMetric.size < limit) byMetric.set(entry.metric, [entry]);
        } else if (known.length < limitPerMetric && !known.some((one) => isSame(one, entry))) known.push(entry);
      }
      const data = [...byMetric].map(
        ([name, entries]) => [name, entries.map(({ type, help, unit }) => ({ type, help, unit }))] as const,
      );
      return { status: 'success', data: Object.fromEntries(data) };
    },
  });
}

function isSame(a: MetricMetadata, b: MetricMetadata): boolean {
  return a.type === b.type && a.help === b.help && a.unit === b.unit;
}

/** Prometheus takes what is not above 0, or nothing, for "no bound". */
function count(name: string, text: string): number {
  if (text === '') return Number.POSITIVE_INFINITY;
  if (!/^[+-]?\d+$/.test(text)) throw new ApiError('bad_data', `${name} must be a number`);
  const number = Number(text);
  return number > 0 ? number : Number.POSITIVE_INFINITY;
}
