import type { FastifyRequest } from 'fastify';
import type { Routes } from '../routes.ts';
import { Params } from './params.ts';

/** A target as Prometheus' API shows it. */
export interface ActiveTarget {
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly globalUrl: string;
  readonly lastError: string;
  /** RFC 3339. */
  readonly lastScrape: string;
  readonly lastScrapeDuration: number;
  readonly health: 'up' | 'down' | 'unknown';
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

export interface DroppedTarget {
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly scrapePool: string;
}

/** What is being scraped now. */
export interface TargetsSource {
  activeTargets(): readonly ActiveTarget[];
  droppedTargets(): readonly DroppedTarget[];
}

/** /targets and /scrape_pools. */
export function targetsRoutes(app: Routes, source: TargetsSource): void {
  app.route({
    method: 'GET',
    url: '/targets',
    config: { access: 'read' },
    schema: { summary: 'What is scraped', tags: ['prometheus'] },
    async handler(request: FastifyRequest) {
      const params = Params.of(request);
      const state = params.text('state').toLowerCase();
      const pool = params.text('scrapePool');
      const inPool = ({ scrapePool }: { scrapePool: string }): boolean => pool === '' || scrapePool === pool;
      const dropped = source.droppedTargets();
      const counts: Record<string, number> = {};
      for (const { scrapePool } of dropped) counts[scrapePool] = (counts[scrapePool] ?? 0) + 1;
      return {
        status: 'success',
        data: {
          activeTargets: state === 'dropped' ? [] : source.activeTargets().filter(inPool),
          droppedTargets: state === 'active' ? [] : dropped.filter(inPool),
          droppedTargetCounts: counts,
        },
      };
    },
  });

  app.route({
    method: 'GET',
    url: '/scrape_pools',
    config: { access: 'read' },
    schema: { summary: 'Names of the scrape jobs', tags: ['prometheus'] },
    handler: async () => ({
      status: 'success',
      data: { scrapePools: [...new Set(source.activeTargets().map(({ scrapePool }) => scrapePool))].toSorted() },
    }),
  });
}
