import type { CurveGrowth, CurveName, CurveStore } from '@vitrine/model/curve-store.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import type { Project, Run } from '@vitrine/model/run.ts';
import { HttpError } from '../http/errors.ts';
import { labelNotHad } from '../runs/run-owner.ts';
import type { RunEvents, Runs } from '../runs/runs.ts';

/** What of the runs is read, and changed by people, on a caller's behalf. Doors that keep what is sent look at a run's owner themselves. */
export type OwnRuns = Omit<Runs, 'curves' | 'ensureProject' | 'create' | 'ensure' | 'append' | 'setFindings' | 'touch'> & {
  readonly curves: OwnCurves;
};
export type OwnCurves = Pick<CurveStore, 'points' | 'pointsFrom' | 'summaries' | 'metricNames' | 'items' | 'item'>;

/**
 * The runs in which there are only those that have these labels. Projects belong to nobody: there are those with such runs, and others by
 * their name, without what was said of them, so that a run can be put into one.
 */
export function ownRuns(runs: Runs, labels: Labels): OwnRuns {
  if (labels.size === 0) return runs;
  const isOwn = (run: Run): boolean => labelNotHad(run, { labels }) === undefined;
  const findAll = async (ids: readonly string[]): Promise<readonly Run[]> => (await runs.findAll(ids)).filter(isOwn);
  const own = async (ids: readonly string[]): Promise<string[]> => (await findAll(ids)).map(({ id }) => id);
  const all = async (): Promise<readonly Run[]> => (await runs.all()).filter(isOwn);
  const deleted = async (): Promise<readonly Run[]> => (await runs.deleted()).filter(isOwn);
  const ownIds = async (ids: readonly string[] | undefined): Promise<string[]> =>
    ids === undefined ? [...(await all()), ...(await deleted())].map(({ id }) => id) : own(ids);
  const find = async (id: string): Promise<Run | undefined> => (await findAll([id]))[0];
  const checkThere = async (id: string): Promise<void> => {
    if ((await find(id)) === undefined) throw new HttpError('no_such_run', `There is no run "${id}".`, 'run');
  };
  const ownCurve = async (curve: CurveName): Promise<CurveName> => {
    await checkThere(curve.run);
    return curve;
  };
  const projectsOf = (some: readonly Run[]): ReadonlySet<number> => new Set(some.map(({ projectId }) => projectId));
  const inOwn = async (): Promise<ReadonlySet<number>> => projectsOf([...(await all()), ...(await deleted())]);
  const inOthers = async (): Promise<ReadonlySet<number>> =>
    projectsOf([...(await runs.all()), ...(await runs.deleted())].filter((run) => !isOwn(run)));

  return {
    curves: {
      points: async (curve, limit, signal) => runs.curves.points(await ownCurve(curve), limit, signal),
      pointsFrom: async (curve, from, signal) => runs.curves.pointsFrom(await ownCurve(curve), from, signal),
      summaries: async (asked, signal) => runs.curves.summaries({ ...asked, runs: await ownIds(asked.runs) }, signal),
      metricNames: async (asked) => runs.curves.metricNames({ ...asked, runs: await ownIds(asked.runs), counted: undefined }),
      items: async (asked) => ((await find(asked.run)) === undefined ? [] : runs.curves.items(asked)),
      async item(id) {
        const item = await runs.curves.item(id);
        return item === undefined || (await find(item.run)) === undefined ? undefined : item;
      },
    },
    async projects() {
      const mine = await inOwn();
      return (await runs.projects()).filter(({ id }) => mine.has(id));
    },
    async project(name) {
      const project = await runs.project(name);
      return project === undefined || (await inOwn()).has(project.id) || !(await inOthers()).has(project.id)
        ? project
        : untold(project);
    },
    async projectById(id) {
      return (await inOwn()).has(id) || !(await inOthers()).has(id) ? runs.projectById(id) : undefined;
    },
    async editProject(id, edit) {
      await checkOwnProject(runs, labels, id);
      return runs.editProject(id, edit);
    },
    find,
    findAll,
    all,
    deleted,
    async edit(id, edit) {
      await checkThere(id);
      return runs.edit(id, edit);
    },
    setDeleted: async (ids, isDeleted) => runs.setDeleted(await own(ids), isDeleted),
    erase: async (ids) => runs.erase(await own(ids)),
    findings: async (ids) => runs.findings(await own(ids)),
    async setFindingState(run, finding, state, by) {
      await checkThere(run);
      return runs.setFindingState(run, finding, state, by);
    },
    artifactFolder: (run) => runs.artifactFolder(run),
    // Whose a run is has to be looked up; who has stopped listening by then is told nothing.
    onEvents: (listener) =>
      whileListening<RunEvents>(
        (listen) => runs.onEvents(listen),
        async (told, { changed, findings }) => {
          const mine = new Set(await own([...changed, ...findings]));
          const [some, found] = [changed, findings].map((ids) => ids.filter((id) => mine.has(id)));
          if (mine.size > 0) told(() => listener({ changed: some ?? [], findings: found ?? [] }));
        },
      ),
    onGrowth: (listener) =>
      whileListening<CurveGrowth>(
        (listen) => runs.onGrowth(listen),
        async (told, growth) => {
          const mine = new Set(await own([...growth.runs.keys()]));
          if (mine.size > 0) told(() => listener({ runs: new Map([...growth.runs].filter(([run]) => mine.has(run))) }));
        },
      ),
  };
}

/** Throws HttpError where others have runs in the project too: then it is not for those with the labels to change. */
export async function checkOwnProject(runs: Pick<Runs, 'all' | 'deleted'>, labels: Labels, id: number): Promise<void> {
  const isOthers = (run: Run): boolean => run.projectId === id && labelNotHad(run, { labels }) !== undefined;
  if (labels.size > 0 && ((await runs.all()).some(isOthers) || (await runs.deleted()).some(isOthers)))
    throw new HttpError('not_allowed', `The project ${id} has runs without the labels of this token: it is others' too.`);
}

/** Of a project with nothing but others' runs no more is told than its name, which the caller knew. */
function untold({ id, name, deletedMs, createdMs, updatedMs }: Project): Project {
  return { id, name, tags: {}, createdMs, updatedMs, deletedMs };
}

function whileListening<T>(
  listen: (listener: (event: T) => void) => () => void,
  look: (told: (tell: () => void) => void, event: T) => Promise<void>,
): () => void {
  let isListening = true;
  const stop = listen((event) => {
    void look((tell) => {
      if (isListening) tell();
    }, event).catch(() => {
      // A store that has been closed meanwhile has no news.
    });
  });
  return () => {
    isListening = false;
    stop();
  };
}
