import type { Finding, Project, Run, RunSource, RunStatus } from '@vitrine/model/run.ts';
import type { RunView } from '@vitrine/model/run-api.ts';
import { readRunJson, writeRunJson } from '@vitrine/model/run-json.ts';
import type { Insertable, Kysely, Selectable } from 'kysely';
import { removeMlflowOfRuns } from './mlflow.ts';
import type { Tables } from './tables.ts';

/** What is kept of runs beside their curves. Everything but views and settings is read once, at start, and then only written. */
export interface RunDocuments {
  projects(): Promise<readonly Project[]>;
  /** Answers the new project's id. */
  addProject(project: Omit<Project, 'id'>): Promise<number>;
  saveProject(project: Project): Promise<void>;

  /** All of them, the deleted ones too, in no order. */
  runs(): Promise<readonly Run[]>;
  /** New ones and changed ones, in one transaction. */
  save(runs: readonly Run[]): Promise<void>;
  saveHeartbeats(heartbeatMs: ReadonlyMap<string, number>): Promise<void>;
  /** With their findings, and what MLflow's clients keep beside them. */
  remove(runs: readonly string[]): Promise<void>;

  findings(): Promise<readonly Finding[]>;
  /** By run, in place of those that it had; in one transaction. */
  saveFindings(findings: ReadonlyMap<string, readonly Finding[]>): Promise<void>;

  /** In order of name. */
  views(): Promise<readonly RunView[]>;
  saveView(view: RunView): Promise<void>;
  /** Whether there was one. */
  removeView(uid: string): Promise<boolean>;
}

/** SQLite takes some 32,000 parameters a statement. */
const ROWS_A_STATEMENT = 500;

export function runsOver(db: Kysely<Tables>): RunDocuments {
  return {
    async projects() {
      return (await db.selectFrom('projects').selectAll().orderBy('id').execute()).map(readProject);
    },
    async addProject(project) {
      const { id } = await db.insertInto('projects').values(projectColumns(project)).returning('id').executeTakeFirstOrThrow();
      return id;
    },
    async saveProject(project) {
      await db.updateTable('projects').set(projectColumns(project)).where('id', '=', project.id).execute();
    },

    async runs() {
      const rows = await db
        .selectFrom('runs')
        .innerJoin('projects', 'projects.id', 'runs.project_id')
        .selectAll('runs')
        .select('projects.name as project_name')
        .execute();
      return rows.map((row) => readRun(row, row.project_name));
    },
    save: (runs) =>
      db.transaction().execute(async (inside) => {
        for (let at = 0; at < runs.length; at += ROWS_A_STATEMENT) {
          await inside
            .insertInto('runs')
            .values(runs.slice(at, at + ROWS_A_STATEMENT).map(runColumns))
            .onConflict((it) =>
              it.column('id').doUpdateSet((set) => ({
                name: set.ref('excluded.name'),
                run_group: set.ref('excluded.run_group'),
                status: set.ref('excluded.status'),
                started_ms: set.ref('excluded.started_ms'),
                ended_ms: set.ref('excluded.ended_ms'),
                heartbeat_ms: set.ref('excluded.heartbeat_ms'),
                notes: set.ref('excluded.notes'),
                parent_id: set.ref('excluded.parent_id'),
                user_name: set.ref('excluded.user_name'),
                tags_json: set.ref('excluded.tags_json'),
                params_json: set.ref('excluded.params_json'),
                hosts_json: set.ref('excluded.hosts_json'),
                deleted_ms: set.ref('excluded.deleted_ms'),
                revision: set.ref('excluded.revision'),
              })),
            )
            .execute();
        }
      }),
    saveHeartbeats: (heartbeatMs) =>
      db.transaction().execute(async (inside) => {
        for (const [id, ms] of heartbeatMs) {
          await inside.updateTable('runs').set({ heartbeat_ms: ms }).where('id', '=', id).execute();
        }
      }),
    remove: (ids) =>
      db.transaction().execute(async (inside) => {
        for (let at = 0; at < ids.length; at += ROWS_A_STATEMENT) {
          const some = ids.slice(at, at + ROWS_A_STATEMENT);
          await removeMlflowOfRuns(inside, some);
          await inside.deleteFrom('runs').where('id', 'in', some).execute();
        }
      }),

    async findings() {
      return (await db.selectFrom('findings').selectAll().orderBy('run_id').orderBy('id').execute()).map(readFinding);
    },
    saveFindings: (findings) =>
      db.transaction().execute(async (inside) => {
        for (const [run, ofRun] of findings) {
          await inside.deleteFrom('findings').where('run_id', '=', run).execute();
          for (let at = 0; at < ofRun.length; at += ROWS_A_STATEMENT) {
            const rows = ofRun.slice(at, at + ROWS_A_STATEMENT).map(findingColumns);
            await inside.insertInto('findings').values(rows).execute();
          }
        }
      }),

    async views() {
      const rows = await db.selectFrom('run_views').selectAll().orderBy('name').orderBy('uid').execute();
      return rows.map(({ uid, name, project, state_json, updated_ms, updated_by }) => ({
        uid,
        name,
        project,
        state: JSON.parse(state_json) as Record<string, unknown>,
        updatedMs: updated_ms,
        updatedBy: updated_by,
      }));
    },
    async saveView({ uid, name, project, state, updatedMs, updatedBy }) {
      const columns = {
        name,
        project,
        state_json: JSON.stringify(state),
        updated_ms: updatedMs,
        updated_by: updatedBy,
      };
      await db
        .insertInto('run_views')
        .values({ uid, ...columns })
        .onConflict((it) => it.column('uid').doUpdateSet(columns))
        .execute();
    },
    async removeView(uid) {
      const { numDeletedRows } = await db.deleteFrom('run_views').where('uid', '=', uid).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function projectColumns({ name, tags, createdMs, updatedMs, deletedMs }: Omit<Project, 'id'>) {
  return {
    name,
    tags_json: JSON.stringify(tags),
    created_ms: createdMs,
    updated_ms: updatedMs,
    deleted_ms: deletedMs ?? null,
  };
}

function readProject(row: Selectable<Tables['projects']>): Project {
  return {
    id: row.id,
    name: row.name,
    tags: JSON.parse(row.tags_json) as Record<string, string>,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    deletedMs: row.deleted_ms ?? undefined,
  };
}

function runColumns(run: Run): Insertable<Tables['runs']> {
  return {
    id: run.id,
    project_id: run.projectId,
    name: run.name,
    run_group: run.group,
    status: run.status,
    started_ms: run.startedMs,
    ended_ms: run.endedMs ?? null,
    heartbeat_ms: run.heartbeatMs,
    first_heard_ms: run.firstHeardMs ?? null,
    source: run.source,
    notes: run.notes,
    parent_id: run.parentId ?? null,
    user_name: run.user,
    tags_json: JSON.stringify(run.tags),
    params_json: JSON.stringify(run.params),
    hosts_json: JSON.stringify(run.hosts),
    labels_json: JSON.stringify(run.labels),
    deleted_ms: run.deletedMs ?? null,
    revision: run.revision,
  };
}

function readRun(row: Selectable<Tables['runs']>, project: string): Run {
  return {
    id: row.id,
    name: row.name,
    projectId: row.project_id,
    project,
    group: row.run_group,
    tags: JSON.parse(row.tags_json) as Record<string, string>,
    params: JSON.parse(row.params_json) as Record<string, string>,
    status: row.status as RunStatus,
    startedMs: row.started_ms,
    endedMs: row.ended_ms ?? undefined,
    heartbeatMs: row.heartbeat_ms,
    ...(row.first_heard_ms === null ? {} : { firstHeardMs: row.first_heard_ms }),
    source: row.source as RunSource,
    notes: row.notes,
    parentId: row.parent_id ?? undefined,
    user: row.user_name,
    hosts: JSON.parse(row.hosts_json) as string[],
    labels: JSON.parse(row.labels_json) as Record<string, string>,
    deletedMs: row.deleted_ms ?? undefined,
    revision: row.revision,
  };
}

function findingColumns(finding: Finding): Insertable<Tables['findings']> {
  const { runId, id, state, stateBy, ...rest } = finding;
  return { run_id: runId, id, state, state_by: stateBy, json: writeRunJson(rest) };
}

function readFinding(row: Selectable<Tables['findings']>): Finding {
  const rest = readRunJson(row.json) as Omit<Finding, 'runId' | 'id' | 'state' | 'stateBy'>;
  return { ...rest, runId: row.run_id, id: row.id, state: row.state as Finding['state'], stateBy: row.state_by };
}
