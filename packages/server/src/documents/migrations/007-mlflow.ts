import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What MLflow's clients keep beside runs. A run may be gone before what it wrote: nothing refers to it. */
export const mlflow: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('mlflow_models')
      .addColumn('id', 'text', (it) => it.primaryKey())
      .addColumn('project_id', 'integer', (it) => it.notNull())
      .addColumn('run_id', 'text')
      .addColumn('name', 'text', (it) => it.notNull())
      .addColumn('model_type', 'text', (it) => it.notNull())
      .addColumn('status', 'text', (it) => it.notNull())
      .addColumn('params_json', 'text', (it) => it.notNull())
      .addColumn('tags_json', 'text', (it) => it.notNull())
      .addColumn('created_ms', 'bigint', (it) => it.notNull())
      .addColumn('updated_ms', 'bigint', (it) => it.notNull())
      .addColumn('deleted_ms', 'bigint')
      .execute();
    await db.schema.createIndex('mlflow_models_of_project').on('mlflow_models').columns(['project_id', 'created_ms']).execute();
    await db.schema.createIndex('mlflow_models_of_run').on('mlflow_models').column('run_id').execute();
    await db.schema
      .createTable('mlflow_model_metrics')
      .addColumn('model_id', 'text', (it) => it.notNull())
      .addColumn('key', 'text', (it) => it.notNull())
      .addColumn('run_id', 'text', (it) => it.notNull())
      .addColumn('dataset_name', 'text', (it) => it.notNull())
      .addColumn('dataset_digest', 'text', (it) => it.notNull())
      // Text, as SQLite knows no NaN.
      .addColumn('value', 'text', (it) => it.notNull())
      .addColumn('time_ms', 'bigint', (it) => it.notNull())
      .addColumn('step', 'bigint', (it) => it.notNull())
      .addPrimaryKeyConstraint('mlflow_model_metrics_key', ['model_id', 'key', 'run_id', 'dataset_name', 'dataset_digest'])
      .execute();
    await db.schema.createIndex('mlflow_model_metrics_of_run').on('mlflow_model_metrics').column('run_id').execute();
    await db.schema
      .createTable('mlflow_run_links')
      .addColumn('run_id', 'text', (it) => it.notNull())
      .addColumn('kind', 'text', (it) => it.notNull())
      .addColumn('key', 'text', (it) => it.notNull())
      .addColumn('json', 'text', (it) => it.notNull())
      .addPrimaryKeyConstraint('mlflow_run_links_key', ['run_id', 'kind', 'key'])
      .execute();
  },
};
