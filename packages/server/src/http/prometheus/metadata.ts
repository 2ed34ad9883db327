import { METRIC_NAME } from '@vitrine/model/labels.ts';
import type { MetricMetadata, SampleStore } from '@vitrine/model/sample-store.ts';
import type { FastifyRequest } from 'fastify';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { ownMatchers, ownSamples } from './own-samples.ts';
import { MAX_TIME_MS, MIN_TIME_MS, Params } from './params.ts';

/** What senders said of their metrics. */
export interface MetadataSource {
  /** All that is known, in any order; a metric may stand there several times with different texts. */
  metadata(): Iterable<MetricMetadata>;
}

/** /metadata. */
export function metadataRoutes(app: Routes, source: MetadataSource, samples: SampleStore): void {
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
      const isOwn = await ownMetrics(request, samples);
      const byMetric = new Map<string, MetricMetadata[]>();
      for (const entry of source.metadata()) {
        if ((metric !== '' && entry.metric !== metric) || !isOwn(entry.metric)) continue;
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

/** Which metrics a caller has series of, as far as it may not see all. Metadata names whole families, and series their parts. */
async function ownMetrics(request: Pick<FastifyRequest, 'caller'>, samples: SampleStore): Promise<(metric: string) => boolean> {
  if (ownMatchers(request).length === 0) return () => true;
  const asked = { selectors: [], fromMs: MIN_TIME_MS, toMs: MAX_TIME_MS, limit: 0 };
  const names = new Set(await ownSamples(samples, request).labelValues(METRIC_NAME, asked));
  return (metric) => ['', '_bucket', '_count', '_sum', '_total', '_info'].some((end) => names.has(metric + end));
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
