import type { Kysely, Selectable, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * What MLflow's clients keep beside runs: models, and which datasets and models a run read or wrote. What belongs to a run goes with it,
 * and nothing is kept of a run that is not there.
 */
export interface MlflowDocuments {
  model(id: string): Promise<LoggedModel | undefined>;
  /** Those of the projects, deleted ones included, the newest first. */
  models(projectIds: readonly number[]): Promise<readonly LoggedModel[]>;
  /** As it is now, in place of what it was. */
  saveModel(model: LoggedModel): Promise<void>;
  /** Of the models, by model and key. */
  modelMetrics(modelIds: readonly string[]): Promise<readonly ModelMetric[]>;
  /** Of each key the one with the greatest step, then time, is kept, per run and dataset. */
  saveModelMetrics(metrics: readonly ModelMetric[]): Promise<void>;

  links(runIds: readonly string[]): Promise<readonly RunLink[]>;
  /** Takes the place of the one of the same run, kind and key. */
  saveLinks(links: readonly RunLink[]): Promise<void>;
}

export type LoggedModelStatus = 'LOGGED_MODEL_PENDING' | 'LOGGED_MODEL_READY' | 'LOGGED_MODEL_UPLOAD_FAILED';

/** A model that a run wrote. Times are unix milliseconds. */
export interface LoggedModel {
  /** `m-` and 32 hexadecimal digits. */
  readonly id: string;
  readonly projectId: number;
  /** undefined where no run wrote it. */
  readonly runId: string | undefined;
  readonly name: string;
  readonly modelType: string;
  readonly status: LoggedModelStatus;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Whose it is: those of its run, or of the token that made it. They do not change. */
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly deletedMs: number | undefined;
}

export interface ModelMetric {
  readonly modelId: string;
  readonly key: string;
  readonly runId: string;
  /** "" where it is about none. */
  readonly datasetName: string;
  readonly datasetDigest: string;
  readonly value: number;
  readonly timeMs: number;
  readonly step: number;
}

export interface RunLink {
  readonly runId: string;
  readonly kind: 'dataset' | 'model_input' | 'model_output';
  /** Tells it from the run's others of its kind. */
  readonly key: string;
  /** As MLflow writes it. */
  readonly json: string;
}

/** Values that one statement may bind: below SQLite's 32,766. */
const MOST_IN = 10_000;
const METRICS_AT_ONCE = 2_000;

export function mlflowOver(db: Kysely<Tables>): MlflowDocuments {
  return {
    async model(id) {
      const row = await db.selectFrom('mlflow_models').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : readModel(row);
    },
    async models(projectIds) {
      const rows = await db
        .selectFrom('mlflow_models')
        .selectAll()
        .where('project_id', 'in', projectIds.slice(0, MOST_IN))
        .orderBy('created_ms', 'desc')
        .orderBy('id')
        .execute();
      return rows.map(readModel);
    },
    async saveModel(model) {
      const columns = {
        project_id: model.projectId,
        run_id: model.runId ?? null,
        name: model.name,
        model_type: model.modelType,
        status: model.status,
        params_json: JSON.stringify(model.params),
        tags_json: JSON.stringify(model.tags),
        created_ms: model.createdMs,
        updated_ms: model.updatedMs,
        deleted_ms: model.deletedMs ?? null,
      };
      await db.transaction().execute(async (inside) => {
        if ((await ofRunsThere(inside, [model])).length === 0) return;
        await inside
          .insertInto('mlflow_models')
          .values({ id: model.id, labels_json: JSON.stringify(model.labels), ...columns })
          .onConflict((it) => it.column('id').doUpdateSet(columns))
          .execute();
      });
    },
    async modelMetrics(modelIds) {
      const parts = await Promise.all(
        chunks(modelIds, MOST_IN).map((ids) =>
          db
            .selectFrom('mlflow_model_metrics')
            .selectAll()
            .where('model_id', 'in', ids)
            .orderBy('model_id')
            .orderBy('key')
            .execute(),
        ),
      );
      return parts.flat().map((row) => ({
        modelId: row.model_id,
        key: row.key,
        runId: row.run_id,
        datasetName: row.dataset_name,
        datasetDigest: row.dataset_digest,
        value: Number(row.value),
        timeMs: row.time_ms,
        step: row.step,
      }));
    },
    saveModelMetrics: (metrics) =>
      db.transaction().execute(async (inside) => {
        for (const some of chunks(await ofRunsThere(inside, metrics), METRICS_AT_ONCE)) {
          await inside
            .insertInto('mlflow_model_metrics')
            .values(
              some.map((metric) => ({
                model_id: metric.modelId,
                key: metric.key,
                run_id: metric.runId,
                dataset_name: metric.datasetName,
                dataset_digest: metric.datasetDigest,
                value: String(metric.value),
                time_ms: metric.timeMs,
                step: metric.step,
              })),
            )
            .onConflict((it) =>
              it
                .columns(['model_id', 'key', 'run_id', 'dataset_name', 'dataset_digest'])
                .doUpdateSet({
                  value: (row) => row.ref('excluded.value'),
                  time_ms: (row) => row.ref('excluded.time_ms'),
                  step: (row) => row.ref('excluded.step'),
                })
                .where(
                  sql<boolean>`(excluded.step, excluded.time_ms) >= (mlflow_model_metrics.step, mlflow_model_metrics.time_ms)`,
                ),
            )
            .execute();
        }
      }),

    async links(runIds) {
      const parts = await Promise.all(
        chunks(runIds, MOST_IN).map((ids) =>
          db.selectFrom('mlflow_run_links').selectAll().where('run_id', 'in', ids).orderBy('run_id').orderBy('key').execute(),
        ),
      );
      return parts.flat().map(({ run_id, kind, key, json }) => ({ runId: run_id, kind: kind as RunLink['kind'], key, json }));
    },
    saveLinks: (links) =>
      db.transaction().execute(async (inside) => {
        for (const some of chunks(await ofRunsThere(inside, links), METRICS_AT_ONCE)) {
          await inside
            .insertInto('mlflow_run_links')
            .values(some.map(({ runId, kind, key, json }) => ({ run_id: runId, kind, key, json })))
            .onConflict((it) => it.columns(['run_id', 'kind', 'key']).doUpdateSet({ json: (row) => row.ref('excluded.json') }))
            .execute();
        }
      }),
  };
}

/** Removes what belongs to runs, in the transaction that removes them. Takes at most some thousands of them. */
export async function removeMlflowOfRuns(inside: Transaction<Tables>, runIds: readonly string[]): Promise<void> {
  await inside.deleteFrom('mlflow_run_links').where('run_id', 'in', runIds).execute();
  await inside
    .deleteFrom('mlflow_model_metrics')
    .where((it) =>
      it.or([
        it('run_id', 'in', runIds),
        it('model_id', 'in', it.selectFrom('mlflow_models').select('id').where('run_id', 'in', runIds)),
      ]),
    )
    .execute();
  await inside.deleteFrom('mlflow_models').where('run_id', 'in', runIds).execute();
}

/** Those without a run, and those whose run was not erased while they were under way. */
async function ofRunsThere<T extends { readonly runId: string | undefined }>(
  inside: Transaction<Tables>,
  all: readonly T[],
): Promise<readonly T[]> {
  const ids = [...new Set(all.map(({ runId }) => runId).filter((id) => id !== undefined))];
  const there = new Set<string>();
  for (const some of chunks(ids, MOST_IN)) {
    for (const { id } of await inside.selectFrom('runs').select('id').where('id', 'in', some).execute()) there.add(id);
  }
  return all.filter(({ runId }) => runId === undefined || there.has(runId));
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function readModel(row: Selectable<Tables['mlflow_models']>): LoggedModel {
  return {
    id: row.id,
    projectId: row.project_id,
    runId: row.run_id ?? undefined,
    name: row.name,
    modelType: row.model_type,
    status: row.status as LoggedModelStatus,
    params: JSON.parse(row.params_json) as Record<string, string>,
    tags: JSON.parse(row.tags_json) as Record<string, string>,
    labels: JSON.parse(row.labels_json) as Record<string, string>,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    deletedMs: row.deleted_ms ?? undefined,
  };
}
