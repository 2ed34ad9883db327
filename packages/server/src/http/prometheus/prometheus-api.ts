import type { FastifyError } from 'fastify';
import type { Logger } from 'pino';
import type { OwnOf } from '../../own/own.ts';
import type { ScrapeView } from '../../scrape/scrape-manager.ts';
import { replyFor } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { type AdminNeeds, adminRoutes } from './admin.ts';
import { ApiError, apiErrorType } from './api-error.ts';
import { metadataRoutes } from './metadata.ts';
import { type PrometheusQueryNeeds, queryRoutes } from './query.ts';
import { type ReadNeeds, readRoutes } from './remote-read/read.ts';
import { ruleRoutes } from './rules.ts';
import { searchRoutes } from './search.ts';
import { seriesRoutes } from './series.ts';
import { type StatusNeeds, statusRoutes } from './status.ts';
import { targetsRoutes } from './targets.ts';
import { type WriteNeeds, writeRoutes } from './write.ts';

export interface PrometheusApiNeeds extends PrometheusQueryNeeds, StatusNeeds, AdminNeeds, ReadNeeds, WriteNeeds {
  readonly limits: PrometheusQueryNeeds['limits'] & WriteNeeds['limits'];
  readonly log: Logger;
  readonly own: OwnOf;
  readonly scraping: ScrapeView;
}

/** The longest form body: a query of 1 MiB is no query. */
const FORM_LIMIT_BYTES = 1024 * 1024;

/** Prometheus' HTTP API, in its shapes and with its errors. Register it under /api/v1. */
export async function prometheusApi(app: Routes, needs: PrometheusApiNeeds): Promise<void> {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof ApiError) {
      void reply.code(error.status).send({ status: 'error', errorType: error.type, error: error.message });
      return;
    }
    const answer = replyFor(error, request);
    const { type, status } = apiErrorType(answer);
    if (answer.code === 'internal') needs.log.error({ err: error, url: request.url }, 'a request failed');
    if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(answer.retryAfterSeconds)));
    void reply.code(status).send({ status: 'error', errorType: type, error: answer.message });
  });
  queryRoutes(app, needs);
  seriesRoutes(app, needs.own);
  metadataRoutes(app, needs.own);
  targetsRoutes(app, needs.scraping, needs.own);
  searchRoutes(app, needs.own);
  statusRoutes(app, needs);
  ruleRoutes(app);
  adminRoutes(app, needs);
  readRoutes(app, needs);
  writeRoutes(app, needs);
}
