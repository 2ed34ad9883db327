import { queryOptions } from '@tanstack/react-query';
import type { HealthSettings, ProjectsAnswer } from '@vitrine/model/run-api.ts';
import { askJson } from '../api/client.ts';

/** Projects that have runs or may have settings, in order of name. */
export const projectNamesQuery = queryOptions({
  queryKey: ['run-projects'],
  queryFn: async ({ signal }) => {
    const { projects } = await askJson<ProjectsAnswer>('/api/runs/projects', { signal });
    return projects.filter(({ deletedMs }) => deletedMs === undefined).map(({ id, name, runs }) => ({ id, name, runs }));
  },
});

export function healthSettingsQuery(project: string) {
  return queryOptions({
    queryKey: ['run-health', project],
    queryFn: ({ signal }) => askJson<HealthSettings>(pathOf(project), { signal }),
  });
}

export function saveHealthSettings({ project, detectors, roles }: HealthSettings): Promise<HealthSettings> {
  return askJson<HealthSettings>(pathOf(project), { method: 'PUT', body: { detectors, roles } });
}

function pathOf(project: string): string {
  return `/api/runs/health?${new URLSearchParams({ project })}`;
}
