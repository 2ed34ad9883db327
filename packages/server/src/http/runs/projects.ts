import type { Project } from '@vitrine/model/run.ts';
import type { ProjectsAnswer } from '@vitrine/model/run-api.ts';
import { z } from 'zod';
import type { OwnOf } from '../../own/own.ts';
import type { Routes } from '../routes.ts';
import { TAGS } from './run-of.ts';

/** What runs belong to: made by whoever logs to them, named and put away here. */
export function projectRoutes(app: Routes, { own }: { readonly own: OwnOf }): void {
  app.route({
    method: 'GET',
    url: '/api/runs/projects',
    config: { access: 'read' },
    schema: {
      summary: 'The projects, in order of name, and how many runs each has',
      tags: TAGS,
      querystring: z.object({ deleted: z.enum(['true', 'false']).default('false') }),
    },
    async handler(request): Promise<ProjectsAnswer> {
      const { runs } = own(request);
      const isDeleted = request.query.deleted === 'true';
      const counts = new Map<number, number>();
      for (const { projectId } of await runs.all()) counts.set(projectId, (counts.get(projectId) ?? 0) + 1);
      const projects = (await runs.projects())
        .filter(({ deletedMs }) => (deletedMs !== undefined) === isDeleted)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      return { projects: projects.map((project) => ({ ...project, runs: counts.get(project.id) ?? 0 })) };
    },
  });

  app.route({
    method: 'PATCH',
    url: '/api/runs/projects/:id',
    config: { access: 'edit' },
    schema: {
      summary: 'Renames or tags a project, or puts it into the bin or takes it out',
      tags: TAGS,
      params: z.object({ id: z.coerce.number().int().min(0) }),
      body: z
        .object({
          name: z.string().optional(),
          tags: z.record(z.string(), z.string().nullable()).optional(),
          deleted: z.boolean().optional(),
        })
        .strict(),
    },
    async handler(request): Promise<Project> {
      const { name, tags, deleted } = request.body;
      return own(request).runs.editProject(request.params.id, {
        ...(name === undefined ? {} : { name }),
        ...(tags === undefined ? {} : { tags }),
        ...(deleted === undefined ? {} : { deletedMs: deleted ? Date.now() : null }),
      });
    },
  });
}
