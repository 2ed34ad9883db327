import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Training runs, and what people and detectors say of them. What is searched of a run is read into memory whole, so maps stay JSON. */
export const runs: Migration = {
  async up(untyped: Kysely<unknown>) {
    const db = untyped as Kysely<{ projects: Record<string, unknown> }>;
    await db.schema
      .createTable('projects')
      .addColumn('id', 'integer', (it) => it.primaryKey().autoIncrement())
      .addColumn('name', 'text', (it) => it.notNull().unique())
      .addColumn('tags_json', 'text', (it) => it.notNull())
      .addColumn('created_ms', 'bigint', (it) => it.notNull())
      .addColumn('updated_ms', 'bigint', (it) => it.notNull())
      .addColumn('deleted_ms', 'bigint')
      .execute();
    const nowMs = Date.now();
    // MLflow's clients expect an experiment of this id and name.
    await db
      .insertInto('projects')
      .values({ id: 0, name: 'Default', tags_json: '{}', created_ms: nowMs, updated_ms: nowMs, deleted_ms: null })
      .execute();
    await db.schema
      .createTable('runs')
      .addColumn('id', 'text', (it) => it.primaryKey())
      .addColumn('project_id', 'integer', (it) => it.notNull().references('projects.id'))
      .addColumn('name', 'text', (it) => it.notNull())
      .addColumn('run_group', 'text', (it) => it.notNull())
      .addColumn('status', 'text', (it) => it.notNull())
      .addColumn('started_ms', 'bigint', (it) => it.notNull())
      .addColumn('ended_ms', 'bigint')
      .addColumn('heartbeat_ms', 'bigint', (it) => it.notNull())
      .addColumn('source', 'text', (it) => it.notNull())
      .addColumn('notes', 'text', (it) => it.notNull())
      .addColumn('parent_id', 'text')
      .addColumn('user_name', 'text', (it) => it.notNull())
      .addColumn('tags_json', 'text', (it) => it.notNull())
      .addColumn('params_json', 'text', (it) => it.notNull())
      .addColumn('hosts_json', 'text', (it) => it.notNull())
      .addColumn('labels_json', 'text', (it) => it.notNull())
      .addColumn('deleted_ms', 'bigint')
      .addColumn('revision', 'integer', (it) => it.notNull())
      .execute();
    await db.schema
      .createTable('findings')
      .addColumn('run_id', 'text', (it) => it.notNull().references('runs.id').onDelete('cascade'))
      .addColumn('id', 'text', (it) => it.notNull())
      .addColumn('state', 'text', (it) => it.notNull())
      .addColumn('state_by', 'text', (it) => it.notNull())
      .addColumn('json', 'text', (it) => it.notNull())
      .addPrimaryKeyConstraint('findings_key', ['run_id', 'id'])
      .execute();
    await db.schema
      .createTable('run_views')
      .addColumn('uid', 'text', (it) => it.primaryKey())
      .addColumn('name', 'text', (it) => it.notNull())
      .addColumn('project', 'text', (it) => it.notNull())
      .addColumn('state_json', 'text', (it) => it.notNull())
      .addColumn('updated_ms', 'bigint', (it) => it.notNull())
      .addColumn('updated_by', 'text', (it) => it.notNull())
      .execute();
  },
};
