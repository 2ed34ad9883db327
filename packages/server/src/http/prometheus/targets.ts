import type { FastifyRequest } from 'fastify';
import type { ScrapeManager } from '../../scrape/scrape-manager.ts';
import type { Routes } from '../routes.ts';
import { Params } from './params.ts';

/** /targets and /scrape_pools. */
export function targetsRoutes(app: Routes, scraping: Pick<ScrapeManager, 'targets' | 'metadata'>): void {
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
      const { activeTargets, droppedTargets, droppedTargetCounts } = scraping.targets();
      return {
        status: 'success',
        data: {
          activeTargets: state === 'dropped' ? [] : activeTargets.filter(inPool),
          droppedTargets: state === 'active' ? [] : droppedTargets.filter(inPool),
          droppedTargetCounts,
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
      data: { scrapePools: [...new Set(scraping.targets().activeTargets.map(({ scrapePool }) => scrapePool))].toSorted() },
    }),
  });
}
