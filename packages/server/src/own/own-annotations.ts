import type { Annotation, AnnotationDocuments } from '../documents/annotations.ts';
import { HttpError } from '../http/errors.ts';
import { runOfFinding } from '../runs/health/finding-annotations.ts';
import type { OwnRuns } from './own-runs.ts';

/** Read at a time, where the newest are not enough. */
const PAGE = 1_000;

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
    // Others' findings count for neither: a caller gets as many as it asks for, and does not learn that those are there.
    async find({ limit, offset = 0, ...filter }) {
      const wanted = offset + limit;
      const mine: Annotation[] = [];
      let { before } = filter;
      for (let page = wanted; ; page = Math.max(limit, PAGE)) {
        const some = await annotations.find({ ...filter, ...(before === undefined ? {} : { before }), limit: page });
        mine.push(...(await own(some)));
        before = some.at(-1);
        if (mine.length >= wanted || some.length < page) return mine.slice(offset, wanted);
      }
    },
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
