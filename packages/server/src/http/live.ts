import type { ServerResponse } from 'node:http';
import type { LiveGrowth } from '@vitrine/model/api.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { z } from 'zod';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import type { Sources } from '../query/sources.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

/** A page is told of growth nearly at once, and then at most this often. */
const COALESCE_MS = 100;
/** One commit's growth arrives panel by panel, and within this time. */
const GATHER_MS = 5;
/** Keeps proxies from closing a stream on which nothing grows. */
const HEARTBEAT_MS = 15_000;

/** Tells pages which of their panels have grown. Answers how many listen, for the metrics. */
export function liveRoutes(app: Routes, catalog: DashboardCatalog, sources: Sources): () => number {
  const open = new Set<LiveStream>();
  // A stream never ends by itself, and a server that stops waits for its answers to end.
  app.addHook('preClose', async () => {
    for (const stream of open) stream.end();
  });

  app.route({
    method: 'GET',
    url: '/api/live',
    config: { access: 'page' },
    schema: { summary: 'An event stream of which panels have grown', querystring: z.object({ dashboard: z.string() }) },
    async handler(request, reply) {
      const entry = await catalog.find(request.query.dashboard);
      if (entry === undefined)
        throw new HttpError('no_such_dashboard', `There is no dashboard "${request.query.dashboard}".`, 'dashboard');
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
      const stream = new LiveStream(reply.raw, () => open.delete(stream));
      open.add(stream);
      stream.watch(entry.dashboard, sources);
    },
  });
  return () => open.size;
}

/** One page's event stream. */
class LiveStream {
  readonly #response: ServerResponse;
  readonly #stops: (() => void)[] = [];
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
      for (const stop of this.#stops) stop();
      onEnd();
    });
  }

  watch(dashboard: Dashboard, sources: Sources): void {
    for (const panel of dashboard.panels) {
      for (const query of panel.queries) {
        try {
          const stop = sources.watch(query, ({ toMs }) => this.#grew(panel.id, toMs));
          if (stop !== undefined) this.#stops.push(stop);
        } catch {
          // A query that does not parse says so where its data is asked for; it has nothing to grow.
        }
      }
    }
  }

  end(): void {
    this.#response.end();
  }

  #grew(panel: number, toMs: number): void {
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
