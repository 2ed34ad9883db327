import type { CurveSummary, RunItem } from '@vitrine/model/curve-store.ts';
import { RUN_STATUSES, type Run } from '@vitrine/model/run.ts';
import type { RunAnswer, RunLink } from '@vitrine/model/run-api.ts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { authorOf } from '../../auth/author.ts';
import { metricCell } from '../../runs/metric-cell.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import type { OwnOf } from '../../own/own.ts';
import type { RunEdit } from '../../runs/runs.ts';
import type { WritableRuns } from '../../runs/writable-runs.ts';
import type { Routes } from '../routes.ts';
import { senderOf } from '../sender.ts';
import { byRun, runId, runOf, runToWrite, TAGS } from './run-of.ts';
import { sendRunJson } from './send-run-json.ts';

/** The last millisecond that a Date can hold. */
const MAX_TIME_MS = 8.64e15;
const MOST_RUNS = 10_000;
const MAX_BODY = 32 * 1024 * 1024;

const time = z.number().min(-MAX_TIME_MS).max(MAX_TIME_MS);
const status = z.enum(RUN_STATUSES);
const tagChanges = z.record(z.string(), z.string().nullable());
/** As scripts have them; they are kept as text. */
const entries = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const newRun = z
  .object({
    id: runId.optional(),
    name: z.string().optional(),
    project: z.string().min(1).default('Default'),
    group: z.string().optional(),
    tags: entries.optional(),
    params: entries.optional(),
    status: status.optional(),
    startedMs: time.optional(),
    parentId: runId.optional(),
    user: z.string().optional(),
    hosts: z.array(z.string()).optional(),
  })
  .strict();

const runChange = z
  .object({
    name: z.string().optional(),
    notes: z.string().optional(),
    group: z.string().optional(),
    status: status.optional(),
    tags: tagChanges.optional(),
  })
  .strict();

const bulkRequest = z
  .object({
    runs: z.array(runId).max(MOST_RUNS),
    action: z.enum(['tag', 'group', 'delete', 'restore', 'erase']),
    tags: tagChanges.optional(),
    group: z.string().optional(),
  })
  .strict();

/** What is known of a run, and how it is made and changed. */
export function oneRunRoutes(app: Routes, { runs, own }: { readonly runs: WritableRuns; readonly own: OwnOf }): void {
  const answer = async (reply: FastifyReply, mine: OwnRuns, run: Run): Promise<FastifyReply> =>
    sendRunJson(reply, { run, ...(await besides(mine, run)) } satisfies RunAnswer);

  app.route({
    method: 'POST',
    url: '/api/runs',
    config: { access: 'ingest' },
    bodyLimit: MAX_BODY,
    schema: { summary: 'Makes a run; an id and a name are made up where none is sent', tags: TAGS, body: newRun },
    async handler(request, reply) {
      const { user = authorOf(request.caller).name, ...given } = request.body;
      const labels = Object.fromEntries(senderOf(request).labels);
      const run = await runs.create({ ...defined(given), project: given.project, user, labels, source: 'api' });
      return sendRunJson(reply.code(201), { run });
    },
  });

  app.route({
    method: 'GET',
    url: '/api/runs/:id',
    config: { access: 'read' },
    schema: { summary: 'A run, and the last, lowest and highest value of each of its metrics', tags: TAGS, params: byRun },
    async handler(request, reply) {
      const mine = own(request).runs;
      return answer(reply, mine, await runOf(mine, request.params.id));
    },
  });

  app.route({
    method: 'PATCH',
    url: '/api/runs/:id',
    config: { access: 'edit' },
    bodyLimit: MAX_BODY,
    schema: { summary: 'Changes what people say of a run', tags: TAGS, params: byRun, body: runChange },
    async handler(request, reply) {
      const mine = own(request).runs;
      return answer(reply, mine, await mine.edit(request.params.id, defined(request.body)));
    },
  });

  app.route({
    method: 'POST',
    url: '/api/runs/:id/finish',
    config: { access: 'ingest' },
    schema: {
      summary: 'Says that a run is over',
      tags: TAGS,
      params: byRun,
      body: z
        .object({ status: z.enum(['finished', 'failed', 'killed']).default('finished'), endedMs: time.optional() })
        .strict()
        .default({ status: 'finished' }),
    },
    async handler(request, reply) {
      const { id } = await runToWrite(runs, request.params.id, request);
      return sendRunJson(reply, { run: await runs.edit(id, defined(request.body)) });
    },
  });

  app.route({
    method: 'POST',
    url: '/api/runs/bulk',
    config: { access: 'edit' },
    bodyLimit: MAX_BODY,
    schema: { summary: 'Tags, groups, deletes, restores or erases many runs', tags: TAGS, body: bulkRequest },
    async handler(request) {
      const mine = own(request).runs;
      const { runs: ids, action, tags, group } = request.body;
      switch (action) {
        case 'delete':
        case 'restore':
          return { changed: await mine.setDeleted(ids, action === 'delete') };
        case 'erase':
          return { changed: await mine.erase(ids) };
        case 'tag':
          return { changed: await editAll(mine, ids, { tags: tags ?? {} }) };
        case 'group':
          return { changed: await editAll(mine, ids, { group: group ?? '' }) };
      }
    },
  });
}

/** Those that are gone meanwhile are left out. */
async function editAll(runs: OwnRuns, ids: readonly string[], edit: RunEdit): Promise<number> {
  const found = await runs.findAll([...new Set(ids)]);
  const after = await Promise.all(found.map(({ id }) => runs.edit(id, edit)));
  return after.filter(({ revision }, index) => revision !== found[index]?.revision).length;
}

async function besides(runs: OwnRuns, run: Run): Promise<Omit<RunAnswer, 'run'>> {
  const [summaries, findings, items, all, parent] = await Promise.all([
    runs.curves.summaries({ runs: [run.id] }),
    runs.findings([run.id]),
    runs.curves.items({ run: run.id }),
    runs.all(),
    run.parentId === undefined ? undefined : runs.find(run.parentId),
  ]);
  return {
    parent: parent === undefined ? undefined : linkTo(parent),
    children: all.filter(({ parentId }) => parentId === run.id).map(linkTo),
    metrics: summaries.map(describe).toSorted((a, b) => (a.metric < b.metric ? -1 : 1)),
    findings,
    items: tagsOf(items),
  };
}

function linkTo({ id, name, status: state }: Run): RunLink {
  return { id, name, status: state };
}

function describe(summary: CurveSummary): RunAnswer['metrics'][number] {
  const { metric, nonFinite, restarts, maxStep } = summary;
  return { metric, nonFinite, restarts, maxStep, ...metricCell(summary) };
}

/** In the order of the store: by tag. */
function tagsOf(items: readonly RunItem[]): RunAnswer['items'] {
  return [...Map.groupBy(items, ({ kind, tag }) => `${kind} ${tag}`).values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const steps = some.map(({ step }) => step);
    // Not by spreading: an image a step may be a million.
    const minStep = steps.reduce((least, step) => Math.min(least, step), Infinity);
    const maxStep = steps.reduce((most, step) => Math.max(most, step), -Infinity);
    return [{ kind: first.kind, tag: first.tag, count: some.length, minStep, maxStep }];
  });
}

/** Without the members that were not sent. */
function defined<T extends object>(given: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}
