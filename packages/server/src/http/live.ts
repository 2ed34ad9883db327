import type { LiveGrowth } from '@vitrine/model/api.ts';
import { readUrlVariables } from '@vitrine/compute/variable/url.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { PageScope, type ScopeNeeds } from '../query/page-scope.ts';
import { watchPanels } from '../query/watch-panels.ts';
import { eventStreams, type StreamEvent } from './event-stream.ts';
import { findDashboard, pageOf } from './page-request.ts';
import type { Routes } from './routes.ts';

/** What "All" of a variable stands for is looked up over this much of the past. */
const OPTIONS_RANGE_MS = 3_600_000;
/** So long a page waits for its variables to be looked up before it is told of any growth. */
const PATIENCE_MS = 1_000;

/** Tells pages which of their panels have grown. Answers how many listen, for the metrics. */
export function liveRoutes(
  app: Routes,
  catalog: DashboardCatalog,
  needsOf: (request: FastifyRequest) => ScopeNeeds,
): () => number {
  const streams = eventStreams(app);

  app.route({
    method: 'GET',
    url: '/api/live',
    config: { access: 'page' },
    schema: {
      summary: 'An event stream of which panels have grown; var-name=value chooses a variable’s value',
      querystring: z.looseObject({ dashboard: z.string().max(100) }),
    },
    async handler(request, reply) {
      const { dashboard } = await findDashboard(catalog, request.query.dashboard);
      const { values, filters } = readUrlVariables(new URLSearchParams(request.url.split('?')[1]), dashboard.variables);
      const nowMs = Date.now();
      const range = { fromMs: nowMs - OPTIONS_RANGE_MS, toMs: nowMs };
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const body = { ...range, variables: values, filters };
      const scope = new PageScope(pageOf(dashboard, undefined, body, request.caller), needsOf(request), gone.signal);
      const growth = new PanelGrowth();
      let onGrowth = (): void => {};
      const watching = watchPanels(
        dashboard.panels,
        scope,
        (panel, toMs) => {
          growth.add(panel, toMs);
          onGrowth();
        },
        gone.signal,
      );
      // Who is told that the stream is open misses nothing from then on; a source that is slow to answer holds nobody up.
      await firstOf(watching, PATIENCE_MS);
      if (gone.signal.aborted) return reply.hijack();
      growth.take();
      const stream = streams.open(reply, () => growth.take());
      onGrowth = () => stream.happened();
    },
  });
  return () => streams.count();
}

async function firstOf(work: Promise<void>, waitMs: number): Promise<void> {
  const waited = Promise.withResolvers<void>();
  const timer = setTimeout(waited.resolve, waitMs);
  await Promise.race([work, waited.promise]);
  clearTimeout(timer);
}

/** Which panels have grown since somebody was told. One commit makes many grow, one call each: they are told together. */
class PanelGrowth {
  readonly #panels = new Set<number>();
  #toMs = Number.NEGATIVE_INFINITY;

  add(panel: number, toMs: number): void {
    this.#panels.add(panel);
    this.#toMs = Math.max(this.#toMs, toMs);
  }

  take(): StreamEvent | undefined {
    if (this.#panels.size === 0) return undefined;
    const data: LiveGrowth = { panels: [...this.#panels].toSorted((a, b) => a - b), toMs: this.#toMs };
    this.#panels.clear();
    return { event: 'growth', data };
  }
}
