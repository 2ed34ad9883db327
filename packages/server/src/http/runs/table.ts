import { z } from 'zod';
import type { OwnOf } from '../../own/own.ts';
import { filterNames } from '../../runs/table/filter-names.ts';
import { filterValues } from '../../runs/table/filter-values.ts';
import { runTable } from '../../runs/table/run-table.ts';
import { openSparklines } from '../../runs/table/sparklines.ts';
import { abortOnDisconnect } from '../abort-on-disconnect.ts';
import type { Routes } from '../routes.ts';
import { runId, TAGS } from './run-of.ts';
import { sendRunJson } from './send-run-json.ts';

const MOST_ROWS = 2_000;
const metricNames = z.array(z.string().min(1).max(1_000)).max(200);
const fieldName = z.string().min(1).max(1_100);

const tableRequest = z
  .object({
    filter: z.string().default(''),
    runs: z.array(runId).max(MOST_ROWS).optional(),
    projects: z.array(z.string()).max(10_000).optional(),
    sort: z
      .array(z.object({ by: fieldName, descending: z.boolean().default(false) }).strict())
      .max(5)
      .optional(),
    groupBy: fieldName.optional(),
    metrics: metricNames.optional(),
    deleted: z.boolean().optional(),
    offset: z.number().int().min(0).default(0),
    limit: z.number().int().min(1).max(MOST_ROWS).default(100),
  })
  .strict();

const filterValuesRequest = z
  .object({
    field: fieldName,
    text: z.string().max(1_000).default(''),
    projects: z.array(z.string()).max(10_000).default([]),
    deleted: z.boolean().default(false),
    limit: z.number().int().min(1).max(1_000).default(60),
  })
  .strict();

const sparklinesRequest = z
  .object({
    runs: z.array(runId).max(MOST_ROWS),
    metrics: metricNames,
    points: z.number().int().min(8).max(200).default(60),
  })
  .strict();

/** The table of runs, and what helps to ask for it. */
export function runTableRoutes(app: Routes, { own }: { readonly own: OwnOf }): void {
  const sparklines = openSparklines();

  app.route({
    method: 'POST',
    url: '/api/runs/table',
    config: { access: 'page' },
    schema: { summary: 'Runs that a filter lets through, sorted, and what differs between them', tags: TAGS, body: tableRequest },
    handler: async (request, reply) => sendRunJson(reply, await runTable(request.body, own(request).runs, Date.now())),
  });

  app.route({
    method: 'POST',
    url: '/api/runs/sparklines',
    config: { access: 'page' },
    schema: { summary: 'Small curves: lowest and highest value of each stretch of steps', tags: TAGS, body: sparklinesRequest },
    handler: async (request, reply) =>
      sendRunJson(reply, await sparklines.answer(own(request).runs.curves, request.body, abortOnDisconnect(reply))),
  });

  app.route({
    method: 'GET',
    url: '/api/runs/filter-names',
    config: { access: 'page' },
    schema: {
      summary: 'Names of metrics, parameters and tags that a filter can use',
      tags: TAGS,
      querystring: z.object({ text: z.string().max(1_000).default('') }),
    },
    handler: async (request) => filterNames(own(request).runs, request.query.text),
  });

  app.route({
    method: 'POST',
    url: '/api/runs/filter-values',
    config: { access: 'page' },
    schema: { summary: 'What can stand behind a field in a filter', tags: TAGS, body: filterValuesRequest },
    handler: async (request) => filterValues(request.body, own(request).runs),
  });
}
