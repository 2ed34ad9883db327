import type { MetricNamesAnswer } from '@vitrine/model/run-api.ts';
import { z } from 'zod';
import type { OwnOf } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { TAGS } from './run-of.ts';

const MOST_RUNS = 1_000;
const MOST_NAMES = 5_000;
/** Names that are counted at all. */
const MOST_COUNTED = 100_000;

const namesRequest = z
  .object({
    runs: z.array(z.string().min(1).max(256)).max(MOST_RUNS),
    limit: z.number().int().min(1).max(MOST_NAMES).default(MOST_NAMES),
    text: z.string().max(200).default(''),
  })
  .strict();

/** Which charts there are to draw of some runs. */
export function metricNameRoutes(app: Routes, { own }: { readonly own: OwnOf }): void {
  app.route({
    method: 'POST',
    url: '/api/runs/metric-names',
    config: { access: 'page' },
    schema: { summary: 'Names of the metrics of some runs, and how many of them have each', tags: TAGS, body: namesRequest },
    async handler(request): Promise<MetricNamesAnswer> {
      const { runs: ids, limit, text } = request.body;
      const all = await own(request).runs.curves.metricNames({ runs: ids, text, limit: MOST_COUNTED, order: 'runs' });
      const metrics = all.slice(0, limit).toSorted((a, b) => (a.metric < b.metric ? -1 : 1));
      return { metrics, more: all.length - metrics.length };
    },
  });
}
