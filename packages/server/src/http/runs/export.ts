import { Readable } from 'node:stream';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Run } from '@vitrine/model/run.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { EXPORT_FORMATS, EXPORT_WHATS, type ExportFormat, exportRuns, type ExportWhat } from '../../runs/export/export-runs.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import type { OwnOf } from '../../own/own.ts';
import { HttpError } from '../errors.ts';
import { many } from '../grafana/shapes.ts';
import type { Routes } from '../routes.ts';
import { runId, TAGS } from './run-of.ts';

const MOST_RUNS = 10_000;
const MOST_METRICS = 10_000;
const MAX_BODY = 8 * 1024 * 1024;
/** Read ahead of who takes it. */
const AHEAD_BYTES = 256 * 1024;

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

const runs = z.array(runId).max(MOST_RUNS);
const projects = z.array(z.string()).max(MOST_RUNS);
const metrics = z.array(z.string()).max(MOST_METRICS);
const format = z.enum(EXPORT_FORMATS).default('csv');
const what = z.enum(EXPORT_WHATS).default('points');

interface Asked {
  readonly what: ExportWhat;
  readonly format: ExportFormat;
  readonly runs: readonly string[];
  readonly projects: readonly string[];
  readonly metrics: readonly string[];
}

/** Everything that was logged, as it was logged, for other programs. */
export function exportRoutes(app: Routes, { own }: { readonly own: OwnOf }): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply, asked: Asked): Promise<FastifyReply> => {
    const all = own(request).runs;
    const chosen = await choose(all, asked);
    const text = exportRuns(all.curves, {
      what: asked.what,
      format: asked.format,
      runs: chosen,
      metrics: asked.metrics.length === 0 ? undefined : asked.metrics,
    });
    const name = `${asked.what === 'runs' ? 'runs' : chosen.length === 1 ? `run-${chosen[0]?.id ?? ''}` : 'curves'}.${asked.format}`;
    return reply
      .type(TYPES[asked.format])
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${name}"`)
      .send(Readable.from(text, { objectMode: false, highWaterMark: AHEAD_BYTES }));
  };

  app.route({
    method: 'GET',
    url: '/api/runs/export',
    // Asked by HEAD it would all be read for nothing.
    exposeHeadRoute: false,
    config: { access: 'read' },
    schema: {
      summary: 'All points of runs’ curves, or the table of runs (what=runs), as CSV, JSON, JSON lines or Parquet',
      tags: TAGS,
      querystring: z.object({
        what,
        format,
        runs: many.pipe(runs),
        projects: many.pipe(projects),
        metrics: many.pipe(metrics),
      }),
    },
    handler: (request, reply) => answer(request, reply, request.query),
  });

  app.route({
    method: 'POST',
    url: '/api/runs/export',
    config: { access: 'read' },
    bodyLimit: MAX_BODY,
    schema: {
      summary: 'The same, for more runs and metrics than an address holds',
      tags: TAGS,
      body: z
        .object({ what, format, runs: runs.default([]), projects: projects.default([]), metrics: metrics.default([]) })
        .strict(),
    },
    handler: (request, reply) => answer(request, reply, request.body),
  });
}

/** The runs that are named, as they are named, and then those of the projects, the newest first. */
async function choose(all: OwnRuns, asked: Asked): Promise<readonly Run[]> {
  const ids = new Set(asked.runs);
  const found = await all.findAll([...ids]);
  const known = new Set(found.map(({ id }) => id));
  const missing = asked.runs.find((id) => !known.has(id));
  if (missing !== undefined) throw new HttpError('no_such_run', `There is no run "${missing}".`, 'runs');
  const names = new Set((await all.projects()).map(({ name }) => name));
  const unknown = asked.projects.find((name) => !names.has(name));
  if (unknown !== undefined)
    throw new HttpError('no_such_project', `There is no project "${unknown.slice(0, 100)}".`, 'projects');
  if (ids.size === 0 && asked.projects.length === 0)
    throw new BadRequest('runs', 'names none; name runs or projects, such as runs=ID or projects=Default');
  if (asked.projects.length === 0) return found;
  const wanted = new Set(asked.projects);
  const ofProjects = (await all.all()).filter(({ id, project }) => wanted.has(project) && !ids.has(id));
  return [...found, ...ofProjects];
}
