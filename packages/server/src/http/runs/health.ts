import type { FindingStateRequest, HealthSettings } from '@vitrine/model/run-api.ts';
import type { Finding, Project } from '@vitrine/model/run.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { authorOf } from '../../auth/author.ts';
import type { Health } from '../../runs/health/start-health.ts';
import type { HealthSettingsStore } from '../../runs/health/health-settings.ts';
import { type OwnOf, refuseLabelled } from '../../own/own.ts';
import { HttpError } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { runId, TAGS } from './run-of.ts';
import { sendRunJson } from './send-run-json.ts';

const byProject = z.object({ project: z.string().min(1).max(1_000) });
const saveRequest = z
  .object({
    project: z.string().optional(),
    // What is in them is for the detectors to say, with the field's name.
    detectors: z.custom<HealthSettings['detectors']>().default({}),
    roles: z.record(z.string(), z.string()).default({}),
  })
  .strict();

export interface HealthRouteNeeds {
  readonly own: OwnOf;
  readonly healthSettings: HealthSettingsStore;
  readonly health: Pick<Health, 'judgeAgain'>;
}

/** What projects set for their detectors, and what people say to findings. */
export function healthRoutes(app: Routes, { own, healthSettings, health }: HealthRouteNeeds): void {
  const projectOf = async (request: FastifyRequest, name: string): Promise<Project> => {
    const project = (await own(request).runs.projects()).find((one) => one.name === name);
    if (project === undefined) throw new HttpError('no_such_project', `There is no project "${name.slice(0, 100)}".`, 'project');
    return project;
  };

  app.route({
    method: 'GET',
    url: '/api/runs/health',
    config: { access: 'read' },
    schema: {
      summary: 'What a project has set for its detectors; the rest is as docs/training-health.md says',
      tags: TAGS,
      querystring: byProject,
    },
    async handler(request): Promise<HealthSettings> {
      const { id, name } = await projectOf(request, request.query.project);
      return { project: name, ...(await healthSettings.of(id)) };
    },
  });

  app.route({
    method: 'PUT',
    url: '/api/runs/health',
    config: { access: 'edit' },
    schema: {
      summary: 'Sets a project’s detectors and judges its runs anew',
      tags: TAGS,
      querystring: byProject,
      body: saveRequest,
    },
    async handler(request): Promise<HealthSettings> {
      refuseLabelled(request);
      const { id, name } = await projectOf(request, request.query.project);
      const { detectors, roles } = request.body;
      const saved = await healthSettings.save(id, { detectors, roles });
      await health.judgeAgain(id);
      return { project: name, ...saved };
    },
  });

  app.route({
    method: 'POST',
    url: '/api/runs/:id/findings/:finding',
    config: { access: 'edit' },
    schema: {
      summary: 'Acknowledges or mutes a finding of a run, or opens it again',
      tags: TAGS,
      params: z.object({ id: runId, finding: z.string().min(1).max(2_000) }),
      body: z.object({ state: z.enum(['open', 'acknowledged', 'muted']) }).strict(),
    },
    async handler(request, reply) {
      const { id, finding } = request.params;
      const { state }: FindingStateRequest = request.body;
      const after: Finding = await own(request).runs.setFindingState(id, finding, state, authorOf(request.caller).name);
      return sendRunJson(reply, after);
    },
  });
}
