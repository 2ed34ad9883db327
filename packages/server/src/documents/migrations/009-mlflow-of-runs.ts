import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Models say whose they are by themselves, and nothing is left of runs that were erased. */
export const mlflowOfRuns: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`DELETE FROM mlflow_models WHERE run_id IS NOT NULL AND run_id NOT IN (SELECT id FROM runs)`.execute(db);
    await sql`DELETE FROM mlflow_model_metrics WHERE run_id NOT IN (SELECT id FROM runs)`.execute(db);
    await sql`DELETE FROM mlflow_run_links WHERE run_id NOT IN (SELECT id FROM runs)`.execute(db);
    await db.schema
      .alterTable('mlflow_models')
      .addColumn('labels_json', 'text', (it) => it.notNull().defaultTo('{}'))
      .execute();
    await sql`UPDATE mlflow_models SET labels_json = coalesce((SELECT labels_json FROM runs WHERE runs.id = run_id), '{}')`.execute(
      db,
    );
  },
};
