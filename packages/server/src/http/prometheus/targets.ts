import { Labels } from '@vitrine/model/labels.ts';
import { compileMatchers } from '@vitrine/promql/match.ts';
import { parseSelector } from '@vitrine/promql/parse.ts';
import type { FastifyRequest } from 'fastify';
import { relabel } from '../../scrape/relabel.ts';
import type { ScrapeJob } from '../../scrape/scrape-config.ts';
import type { ScrapeView } from '../../scrape/scrape-manager.ts';
import { writeRelabelStep, writeScrapeJob } from '../../scrape/write-scrape-job.ts';
import { type OwnOf, refuseLabelled } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { ApiError } from './api-error.ts';
import { Params, parseOrRefuse } from './params.ts';

/** /targets and what is told of them, and /scrape_pools. */
export function targetsRoutes(app: Routes, scraping: ScrapeView, own: OwnOf): void {
  const get = (url: string, summary: string, read: (params: Params, request: FastifyRequest) => unknown): void => {
    app.route({
      method: 'GET',
      url,
      config: { access: 'read' },
      schema: { summary, tags: ['prometheus'] },
      handler: async (request: FastifyRequest) => ({ status: 'success', data: read(Params.of(request), request) }),
    });
  };

  get('/targets', 'What is scraped', (params, request) => {
    const state = params.text('state').toLowerCase();
    const pool = params.text('scrapePool');
    const inPool = ({ scrapePool }: { readonly scrapePool: string }): boolean => pool === '' || scrapePool === pool;
    const { activeTargets, droppedTargets, droppedTargetCounts } = scraping.targets();
    return {
      activeTargets:
        state === 'dropped' ? [] : activeTargets.filter((target) => inPool(target) && own(request).has(target.labels)),
      droppedTargets:
        state === 'active' ? [] : droppedTargets.filter((target) => inPool(target) && own(request).has(target.discoveredLabels)),
      droppedTargetCounts: own(request).has({}) ? droppedTargetCounts : {},
    };
  });

  get('/targets/metadata', 'What targets say of their metrics', (params, request) => {
    const text = params.text('match_target');
    const matches = text === '' ? () => true : compileMatchers(parseOrRefuse('match_target', text, parseSelector));
    const metric = params.text('metric');
    const limit = readLimit(params.text('limit'));
    const found: object[] = [];
    for (const { target, metadata } of scraping.metadata()) {
      if (found.length >= limit) break;
      if (!matches(Labels.from(target)) || !own(request).has(target)) continue;
      for (const { metric: name, type, help, unit } of metadata) {
        if (metric === '') found.push({ target, metric: name, type, help, unit });
        else if (metric === name) found.push({ target, type, help, unit });
      }
    }
    if (found.length === 0) throw new ApiError('not_found', 'specified metadata not found');
    return found;
  });

  get('/targets/relabel_steps', 'What relabelling makes of a target, step by step', (params, request) => {
    refuseLabelled(request);
    const { relabelSteps } = jobOf(scraping, params);
    const labels = readLabels(params.text('labels'));
    return {
      steps: relabelSteps.map((step, index) => {
        const output = relabel(labels, relabelSteps.slice(0, index + 1));
        return { rule: writeRelabelStep(step), output: output?.toObject() ?? {}, keep: output !== undefined };
      }),
    };
  });

  get('/scrape_pools', 'Names of the scrape jobs', (_, request) => {
    refuseLabelled(request);
    return {
      scrapePools: scraping
        .jobs()
        .map(({ name }) => name)
        .toSorted(),
    };
  });

  get('/scrape_pools/config', 'A scrape job as it is configured', (params, request) => {
    refuseLabelled(request);
    return { yaml: writeScrapeJob(jobOf(scraping, params)) };
  });
}

function jobOf(scraping: ScrapeView, params: Params): ScrapeJob {
  const name = params.text('scrapePool');
  if (name === '') throw new ApiError('bad_data', 'no scrapePool parameter provided');
  const found = scraping.jobs().find((job) => job.name === name);
  if (found === undefined) throw new ApiError('not_found', `there is no scrape pool ${JSON.stringify(name)}`);
  return found;
}

function readLabels(text: string): Labels {
  if (text === '') throw new ApiError('bad_data', 'no labels parameter provided');
  try {
    const labels: unknown = JSON.parse(text);
    if (isRecordOfTexts(labels)) return Labels.from(labels);
  } catch (error) {
    throw new ApiError('bad_data', `labels: ${(error as Error).message}`, { cause: error });
  }
  throw new ApiError('bad_data', 'labels: expected a JSON object of texts, such as {"__address__":"localhost:9090"}');
}

function isRecordOfTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  );
}

/** At how many entries no further target is looked at. */
function readLimit(text: string): number {
  if (text === '') return Number.POSITIVE_INFINITY;
  if (!/^[+-]?\d+$/.test(text)) throw new ApiError('bad_data', 'limit must be a number');
  return Number(text) < 0 ? Number.POSITIVE_INFINITY : Number(text);
}
