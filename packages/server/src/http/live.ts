import type { ServerResponse } from 'node:http';
import type { LiveGrowth } from '@vitrine/model/api.ts';
import { readUrlVariables } from '@vitrine/compute/variable/url.ts';
import { z } from 'zod';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { PageScope, type ScopeNeeds } from '../query/page-scope.ts';
import { watchPanels } from '../query/watch-panels.ts';
import { findDashboard, pageOf } from './page-request.ts';
import type { Routes } from './routes.ts';

/** A page is told of growth nearly at once, and then at most this often. */
const COALESCE_MS = 100;
/** One commit's growth arrives panel by panel, and within this time. */
const GATHER_MS = 5;
/** Keeps proxies from closing a stream on which nothing grows. */
const HEARTBEAT_MS = 15_000;

/** What "All" of a variable stands for is looked up over this much of the past. */
const OPTIONS_RANGE_MS = 3_600_000;
/** So long a page waits for its variables to be looked up before it is told of any growth. */
const PATIENCE_MS = 1_000;

/** Tells pages which of their panels have grown. Answers how many listen, for the metrics. */
export function liveRoutes(app: Routes, catalog: DashboardCatalog, needs: ScopeNeeds): () => number {
  const open = new Set<LiveStream>();
  // A stream never ends by itself, and a server that stops waits for its answers to end.
  app.addHook('preClose', async () => {
    for (const stream of open) stream.end();
  });

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
      const scope = new PageScope(pageOf(dashboard, undefined, body, request.caller), needs, gone.signal);
      let stream: LiveStream | undefined;
      const watching = watchPanels(dashboard.panels, scope, (panel, toMs) => stream?.grew(panel, toMs), gone.signal);
      // Who is told that the stream is open misses nothing from then on; a source that is slow to answer holds nobody up.
      await firstOf(watching, PATIENCE_MS);
      reply.hijack();
      if (gone.signal.aborted) return;
      for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
      const opened = new LiveStream(reply.raw, () => open.delete(opened));
      open.add(opened);
      stream = opened;
    },
  });
  return () => open.size;
}

async function firstOf(work: Promise<void>, waitMs: number): Promise<void> {
  const waited = Promise.withResolvers<void>();
  const timer = setTimeout(waited.resolve, waitMs);
  await Promise.race([work, waited.promise]);
  clearTimeout(timer);
}

/** One page's event stream. */
class LiveStream {
  readonly #response: ServerResponse;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #grown = new Set<number>();
  #grownToMs = Number.NEGATIVE_INFINITY;
  #cooling: NodeJS.Timeout | undefined;
  #sending: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, onEnd: () => void) {
    this.#response = response;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that buffer would turn live into late.
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_MS);
    response.once('close', () => {
      clearInterval(this.#heartbeat);
      clearTimeout(this.#cooling);
      clearTimeout(this.#sending);
      onEnd();
    });
  }

  end(): void {
    this.#response.end();
  }

  grew(panel: number, toMs: number): void {
    this.#grown.add(panel);
    this.#grownToMs = Math.max(this.#grownToMs, toMs);
    // One commit makes many panels grow, one call each: they are told together.
    if (this.#cooling === undefined) this.#sending ??= setTimeout(() => this.#send(), GATHER_MS);
  }

  #send(): void {
    this.#cooling = undefined;
    this.#sending = undefined;
    if (this.#grown.size === 0) return;
    this.#cooling = setTimeout(() => this.#send(), COALESCE_MS);
    // Who does not read gets no queue: what grows meanwhile is told together, later.
    if (this.#response.writableNeedDrain) return;
    const growth: LiveGrowth = { panels: [...this.#grown].toSorted((a, b) => a - b), toMs: this.#grownToMs };
    this.#grown.clear();
    this.#write(`event: growth\ndata: ${JSON.stringify(growth)}\n\n`);
  }

  #write(text: string): void {
    if (!this.#response.writableEnded && !this.#response.destroyed) this.#response.write(text);
  }
}
