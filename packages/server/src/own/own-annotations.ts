import type { Annotation, AnnotationDocuments } from '../documents/annotations.ts';
import { HttpError } from '../http/errors.ts';
import { runOfFinding } from '../runs/health/finding-annotations.ts';
import type { OwnRuns } from './own-runs.ts';

/** The annotations without what detectors found in runs that are not there. What people wrote down is for all. */
export function ownAnnotations(annotations: AnnotationDocuments, runs: Pick<OwnRuns, 'findAll'>): AnnotationDocuments {
  const own = async (some: readonly Annotation[]): Promise<readonly Annotation[]> => {
    const named = some.flatMap((annotation) => runOfFinding(annotation) ?? []);
    const mine = new Set((await runs.findAll([...new Set(named)])).map(({ id }) => id));
    return some.filter((annotation) => {
      const run = runOfFinding(annotation);
      return run === undefined || mine.has(run);
    });
  };
  const get = async (id: number): Promise<Annotation | undefined> => {
    const found = await annotations.get(id);
    return found === undefined ? undefined : (await own([found]))[0];
  };
  return {
    find: async (filter) => own(await annotations.find(filter)),
    get,
    add: (annotation) => annotations.add(annotation),
    change: async (id, change, nowMs) => (await get(id)) !== undefined && annotations.change(id, change, nowMs),
    remove: async (id) => (await get(id)) !== undefined && annotations.remove(id),
    removeOf: (dashboardUid, panelId) => annotations.removeOf(dashboardUid, panelId),
    // Runs' ids are among them.
    tags: () =>
      Promise.reject(
        new HttpError('not_allowed', 'This token sees what has its labels only, and tags are those of all annotations.'),
      ),
  };
}
