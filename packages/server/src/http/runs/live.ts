import type { RunsGrowth } from '@vitrine/model/run-api.ts';
import { z } from 'zod';
import type { OwnOf } from '../../own/own.ts';
import { eventStreams, type StreamEvent } from '../event-stream.ts';
import { many } from '../grafana/shapes.ts';
import type { Routes } from '../routes.ts';
import { TAGS } from './run-of.ts';

const MOST_RUNS = 1_000;

/** Tells pages which runs have grown or changed. Returns how many pages are being told. */
export function runsLiveRoutes(app: Routes, { own }: { readonly own: OwnOf }): () => number {
  const streams = eventStreams(app);
  app.route({
    method: 'GET',
    url: '/api/runs/live',
    config: { access: 'page' },
    schema: {
      summary: 'An event stream of which runs have grown or changed: of those named by run=…, or of all',
      tags: TAGS,
      querystring: z.object({ run: many.pipe(z.array(z.string()).max(MOST_RUNS)) }),
    },
    handler(request, reply) {
      const { run } = request.query;
      const news = new RunNews(run.length === 0 ? undefined : new Set(run));
      const stream = streams.open(reply, () => news.take());
      const mine = own(request).runs;
      const stops = [
        mine.onGrowth((growth) => {
          if (news.grew(growth.runs)) stream.happened();
        }),
        mine.onEvents(({ changed, findings }) => {
          if (news.changed(changed, findings)) stream.happened();
        }),
      ];
      reply.raw.once('close', () => stops.forEach((stop) => stop()));
    },
  });
  return () => streams.count();
}

/** What has happened to runs since somebody was told. */
class RunNews {
  readonly #wanted: ReadonlySet<string> | undefined;
  #grown = new Map<string, { readonly metrics: Set<string>; items: boolean }>();
  #changed = new Set<string>();
  #findings = new Set<string>();

  constructor(wanted: ReadonlySet<string> | undefined) {
    this.#wanted = wanted;
  }

  /** Whether any of it is of interest. */
  grew(grown: ReadonlyMap<string, { readonly metrics: ReadonlySet<string>; readonly items: boolean }>): boolean {
    let isNews = false;
    for (const [run, { metrics, items }] of grown) {
      if (!this.#isWanted(run)) continue;
      const known = this.#grown.get(run) ?? { metrics: new Set<string>(), items: false };
      for (const metric of metrics) known.metrics.add(metric);
      known.items ||= items;
      this.#grown.set(run, known);
      isNews = true;
    }
    return isNews;
  }

  changed(changed: readonly string[], findings: readonly string[]): boolean {
    const [some, found] = [changed, findings].map((ids) => ids.filter((id) => this.#isWanted(id)));
    for (const id of some ?? []) this.#changed.add(id);
    for (const id of found ?? []) this.#findings.add(id);
    return (some?.length ?? 0) + (found?.length ?? 0) > 0;
  }

  take(): StreamEvent | undefined {
    if (this.#grown.size + this.#changed.size + this.#findings.size === 0) return undefined;
    const data: RunsGrowth = {
      grown: Object.fromEntries([...this.#grown].map(([run, { metrics, items }]) => [run, { metrics: [...metrics], items }])),
      changed: [...this.#changed],
      findings: [...this.#findings],
    };
    this.#grown = new Map();
    this.#changed = new Set();
    this.#findings = new Set();
    return { event: 'runs', data };
  }

  #isWanted(run: string): boolean {
    return this.#wanted === undefined || this.#wanted.has(run);
  }
}
