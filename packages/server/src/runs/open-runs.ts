import type { CurveStore } from '@vitrine/model/curve-store.ts';
import { type Finding, type Project, type Run, runSeriesLabels } from '@vitrine/model/run.ts';
import { createHash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { RunDocuments } from '../documents/runs.ts';
import { HttpError } from '../http/errors.ts';
import { applyRunEdit, isEnded, withEntries } from './apply-run-edit.ts';
import { gatherRunEvents } from './run-events.ts';
import { checkEntries, checkHosts, checkName, checkRunId } from './run-limits.ts';
import { madeUpName } from './run-name.ts';
import type { NewRun, Runs } from './runs.ts';
import { writeTogether } from './write-together.ts';

export interface OpenRuns extends Runs {
  /** Writes what waits. The curve store stays open: whoever opened it closes it. */
  close(): Promise<void>;
}

export interface RunsNeeds {
  readonly documents: RunDocuments;
  readonly curves: CurveStore;
  /** Holds artefacts. */
  readonly folder: string;
  readonly log: { readonly error: (context: { readonly err: unknown }, sentence: string) => void };
  readonly nowMs?: () => number;
}

/** Heartbeats of all runs are written together, so often at most. */
const HEARTBEATS_MS = 5_000;
/** So many of a project's runs get new labels at a time. */
const LABELLED_AT_ONCE = 100;

interface FindingsOfRun {
  readonly run: string;
  readonly findings: readonly Finding[];
}

/** Those under which PromQL finds a run's curves: none where it has the scraped samples that they are made of. */
function curveLabels(run: Run): Readonly<Record<string, string>> {
  return run.source === 'prometheus' ? {} : runSeriesLabels(run);
}

/** Reads all runs into memory; see Runs for the rest. */
export async function openRuns({ documents, curves, folder, log, nowMs = Date.now }: RunsNeeds): Promise<OpenRuns> {
  const projects = new Map((await documents.projects()).map((project) => [project.id, project]));
  const runs = new Map((await documents.runs()).map((run) => [run.id, run]));
  const findings = new Map<string, FindingsOfRun>();
  for (const [run, ofRun] of Map.groupBy(await documents.findings(), ({ runId }) => runId))
    findings.set(run, { run, findings: ofRun });

  const events = gatherRunEvents((error) => log.error({ err: error }, 'a listener to runs failed'));
  /** Of all, the newest first; undefined where the order may have changed. */
  let order: readonly string[] | undefined;
  const changed = (ids: readonly string[]): void => {
    order = undefined;
    events.changed(ids);
  };
  const writer = writeTogether(runs, (some) => documents.save(some), changed);
  const findingWriter = writeTogether(
    findings,
    (some) => documents.saveFindings(new Map(some.map((it) => [it.run, it.findings]))),
    (ids) => ids.forEach((id) => events.findings(id)),
  );
  const makingRuns = new Map<string, Promise<Run>>();
  const makingProjects = new Map<string, Promise<Project>>();
  const erasing = new Map<string, Promise<void>>();
  const artifactFolder = (run: string): string => join(folder, 'artifacts', folderName(run));

  const beats = new Map<string, number>();
  let beating: NodeJS.Timeout | undefined;
  const writeBeats = async (): Promise<void> => {
    clearTimeout(beating);
    beating = undefined;
    const written = new Map(beats);
    beats.clear();
    if (written.size > 0) await documents.saveHeartbeats(written);
  };

  // Labels and document of a run follow each other in the same order.
  const labelling = new Map<string, Promise<unknown>>();
  const inOrder = async <T>(run: string, work: () => Promise<T>): Promise<T> => {
    const before = labelling.get(run);
    const done = before === undefined ? work() : before.catch(() => {}).then(work);
    labelling.set(run, done);
    try {
      return await done;
    } finally {
      if (labelling.get(run) === done) labelling.delete(run);
    }
  };

  const projectNamed = (name: string): Project | undefined => projects.values().find((project) => project.name === name);
  const existing = (id: string): Run => {
    const run = runs.get(id);
    if (run === undefined) throw new HttpError('no_such_run', `There is no run "${id.slice(0, 100)}".`, 'run');
    return run;
  };

  const makeProject = async (name: string, tags: Readonly<Record<string, string>>): Promise<Project> => {
    checkName('project', name, { beEmpty: false });
    checkEntries('tags', tags);
    const atMs = nowMs();
    const made = { name, tags, createdMs: atMs, updatedMs: atMs, deletedMs: undefined };
    const project = { id: await documents.addProject(made), ...made };
    projects.set(project.id, project);
    return project;
  };
  const ensureProject = (name: string, tags: Readonly<Record<string, string>> = {}): Promise<Project> => {
    const known = projectNamed(name);
    return known === undefined ? once(makingProjects, name, () => makeProject(name, tags)) : Promise.resolve(known);
  };

  const putProject = async (before: Project, after: Project): Promise<Project> => {
    projects.set(after.id, after);
    try {
      await documents.saveProject(after);
    } catch (error) {
      projects.set(after.id, before);
      throw error;
    }
    return after;
  };
  /** Out of the bin: a run that is made in there could not be seen. */
  const takeOut = async (id: number): Promise<void> => {
    const project = projects.get(id);
    if (project?.deletedMs === undefined) return;
    await putProject(project, { ...project, deletedMs: undefined, updatedMs: nowMs() });
  };

  const makeRun = async (given: NewRun, id: string): Promise<Run> => {
    const { group = '', tags = {}, params = {}, user = '', hosts = [], labels = {}, status = 'running', parentId } = given;
    checkName('group', group, { beEmpty: true });
    checkName('user', user, { beEmpty: true });
    checkName('name', given.name ?? '', { beEmpty: true });
    checkEntries('tags', tags);
    checkEntries('params', params);
    checkHosts(hosts);
    if (parentId !== undefined) checkRunId(parentId);
    const { id: projectId } = await ensureProject(given.project);
    await takeOut(projectId);
    await erasing.get(id);
    const atMs = nowMs();
    const startedMs = Math.round(given.startedMs ?? atMs);
    const name = given.name === undefined || given.name.trim() === '' ? madeUpName() : given.name;
    return inOrder(id, async () => {
      const made: Run = {
        id,
        name,
        projectId,
        project: projects.get(projectId)?.name ?? given.project,
        group,
        tags,
        params,
        status,
        startedMs,
        endedMs: isEnded(status) ? Math.max(startedMs, atMs) : undefined,
        heartbeatMs: atMs,
        firstHeardMs: atMs,
        source: given.source,
        notes: '',
        parentId,
        user,
        hosts: [...new Set(hosts)],
        labels,
        deletedMs: undefined,
        revision: 1,
      };
      await curves.label(id, curveLabels(made));
      await writer.put(id, made);
      return made;
    });
  };

  const all = (): Run[] => {
    order ??= [...runs.values()].toSorted((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
    return order.map((id) => runs.get(id)).filter((run) => run !== undefined);
  };

  const eraseOne = async (id: string): Promise<void> => {
    while (writer.isWaiting(id) || findingWriter.isWaiting(id)) {
      await Promise.allSettled([writer.written(id), findingWriter.written(id)]);
    }
    const run = runs.get(id);
    const itsFindings = findings.get(id);
    // Nobody finds it from here on, so that nobody changes what goes.
    runs.delete(id);
    findings.delete(id);
    beats.delete(id);
    changed([id]);
    try {
      await curves.remove([id]);
      await rm(artifactFolder(id), { recursive: true, force: true });
      // The document last: what is only half gone can be erased again.
      await documents.remove([id]);
    } catch (error) {
      if (run !== undefined) runs.set(id, run);
      if (itsFindings !== undefined) findings.set(id, itsFindings);
      changed([id]);
      throw error;
    }
  };

  return {
    curves,

    projects: () => Promise.resolve([...projects.values()]),
    project: (name) => Promise.resolve(projectNamed(name)),
    projectById: (id) => Promise.resolve(projects.get(id)),
    ensureProject,
    async editProject(id, edit) {
      const before = projects.get(id);
      if (before === undefined) throw new HttpError('no_such_project', `There is no project ${id}.`, 'project');
      const { name = before.name } = edit;
      checkName('project', name, { beEmpty: false });
      if (name !== before.name && (projectNamed(name) !== undefined || makingProjects.has(name)))
        throw new HttpError('project_exists', `There is a project "${name}" already.`, 'name');
      const after: Project = {
        ...before,
        name,
        tags: withEntries('tags', before.tags, edit.tags),
        deletedMs: edit.deletedMs === undefined ? before.deletedMs : (edit.deletedMs ?? undefined),
        updatedMs: nowMs(),
      };
      await putProject(before, after);
      // Also where the name is as it was: labels that could not be written the last time are written now.
      if (edit.name !== undefined) await relabel(id, name);
      return after;
    },

    async create(run) {
      const id = run.id ?? randomBytes(16).toString('hex');
      checkRunId(id);
      if (runs.has(id) || makingRuns.has(id))
        throw new HttpError('run_exists', `There is a run "${id.slice(0, 100)}" already.`, 'run');
      return once(makingRuns, id, () => makeRun(run, id));
    },
    async ensure(run) {
      checkRunId(run.id);
      const making = makingRuns.get(run.id);
      if (making !== undefined) return making;
      return runs.get(run.id) ?? once(makingRuns, run.id, () => makeRun(run, run.id));
    },
    async append(batch) {
      for (const { run } of batch.curves) existing(run);
      for (const { run } of batch.items ?? []) existing(run);
      return curves.append(batch);
    },
    find: (id) => Promise.resolve(runs.get(id)),
    findAll: (ids) => Promise.resolve(ids.map((id) => runs.get(id)).filter((run) => run !== undefined)),
    all: () => Promise.resolve(all().filter(({ deletedMs }) => deletedMs === undefined)),
    deleted: () => Promise.resolve(all().filter(({ deletedMs }) => deletedMs !== undefined)),
    async edit(id, edit) {
      const write = async (): Promise<Run> => {
        const before = existing(id);
        const after = applyRunEdit(before, edit, nowMs());
        if (after === before) {
          await writer.written(id);
          return before;
        }
        await writer.put(id, after);
        return after;
      };
      const before = existing(id);
      const after = applyRunEdit(before, edit, nowMs());
      if (after.name === before.name && after.group === before.group) return write();
      return inOrder(id, async () => {
        await curves.label(id, curveLabels(applyRunEdit(existing(id), edit, nowMs())));
        return write();
      });
    },
    async setDeleted(ids, deleted) {
      const deletedMs = deleted ? nowMs() : undefined;
      const some = [...new Set(ids)]
        .map((id) => runs.get(id))
        .filter((run) => run !== undefined)
        .filter((run) => (run.deletedMs !== undefined) !== deleted);
      await Promise.all(some.map((run) => writer.put(run.id, { ...run, deletedMs, revision: run.revision + 1 })));
      return some.length;
    },
    async erase(ids) {
      const some = [...new Set(ids)].filter((id) => runs.has(id) || erasing.has(id));
      for (const id of some) await once(erasing, id, () => eraseOne(id));
      return some.length;
    },
    touch(id, atMs) {
      const run = runs.get(id);
      if (run === undefined || atMs <= run.heartbeatMs) return;
      runs.set(id, { ...run, heartbeatMs: Math.round(atMs) });
      beats.set(id, Math.round(atMs));
      beating ??= setTimeout(() => {
        writeBeats().catch((error: unknown) => log.error({ err: error }, 'heartbeats of runs could not be written'));
      }, HEARTBEATS_MS).unref();
    },

    findings: (ids) => Promise.resolve(ids.flatMap((id) => findings.get(id)?.findings ?? [])),
    async setFindings(run, found) {
      // Detectors may still be at work on a run that was erased.
      if (!runs.has(run)) return;
      const before = new Map((findings.get(run)?.findings ?? []).map((finding) => [finding.id, finding]));
      const after = found.map((finding) => {
        const known = before.get(finding.id);
        return known === undefined
          ? { ...finding, runId: run }
          : { ...finding, runId: run, state: known.state, stateBy: known.stateBy, foundMs: known.foundMs };
      });
      if (isDeepStrictEqual(after, [...before.values()])) return findingWriter.written(run);
      await findingWriter.put(run, { run, findings: after });
    },
    async setFindingState(run, id, state, by) {
      const ofRun = findings.get(run)?.findings ?? [];
      const finding = ofRun.find((it) => it.id === id);
      if (finding === undefined)
        throw new HttpError('no_such_finding', `The run "${run.slice(0, 100)}" has no finding "${id.slice(0, 100)}".`, 'finding');
      const after: Finding = { ...finding, state, stateBy: state === 'open' ? '' : by };
      await findingWriter.put(run, { run, findings: ofRun.map((it) => (it === finding ? after : it)) });
      return after;
    },

    artifactFolder,
    onEvents: (listener) => events.listen(listener),
    onGrowth: (listener) => curves.watch(listener),
    async close() {
      await Promise.allSettled([...makingRuns.values(), ...erasing.values(), ...labelling.values()]);
      await Promise.all([writer.idle(), findingWriter.idle()]);
      await writeBeats();
      events.stop();
    },
  };

  async function relabel(projectId: number, name: string): Promise<void> {
    const some = [...runs.values()].filter((run) => run.projectId === projectId).map((run) => ({ ...run, project: name }));
    // What waits to be written has the project's id; its name is kept once, with the project.
    for (const run of some) runs.set(run.id, run);
    changed(some.map(({ id }) => id));
    for (let at = 0; at < some.length; at += LABELLED_AT_ONCE) {
      await Promise.all(
        some.slice(at, at + LABELLED_AT_ONCE).map(({ id }) =>
          inOrder(id, async () => {
            const run = runs.get(id);
            if (run !== undefined) await curves.label(id, curveLabels(run));
          }),
        ),
      );
    }
  }
}

/** Starts the work for that name, unless it is under way. */
function once<T>(underWay: Map<string, Promise<T>>, name: string, work: () => Promise<T>): Promise<T> {
  const known = underWay.get(name);
  if (known !== undefined) return known;
  const started = work().finally(() => underWay.delete(name));
  underWay.set(name, started);
  return started;
}

/** A run's id where every file system tells it apart from all others; "~" is in no id. */
function folderName(run: string): string {
  if (/^[a-z0-9_.-]{1,100}$/.test(run)) return run;
  return `${run.slice(0, 100)}~${createHash('sha256').update(run).digest('hex').slice(0, 16)}`;
}
