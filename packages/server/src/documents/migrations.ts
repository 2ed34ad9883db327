import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { dashboardsAndBeside } from './migrations/002-dashboards-and-beside.ts';
import { sealedSourceSecrets } from './migrations/003-sealed-source-secrets.ts';
import { sourcesByFile } from './migrations/004-sources-by-file.ts';
import { tokenLabels } from './migrations/005-token-labels.ts';
import { runs } from './migrations/006-runs.ts';
import { mlflow } from './migrations/007-mlflow.ts';
import { firstHeard } from './migrations/008-first-heard.ts';
import { mlflowOfRuns } from './migrations/009-mlflow-of-runs.ts';

/** Steps from an empty file to today's tables, by name, in order. A step that was released never changes. */
export const migrations: Record<string, Migration> = {
  '001-first-tables': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('settings')
        .addColumn('name', 'text', (it) => it.primaryKey())
        .addColumn('value', 'text', (it) => it.notNull())
        .execute();
      await db.schema
        .createTable('users')
        .addColumn('id', 'integer', (it) => it.primaryKey().autoIncrement())
        .addColumn('name', 'text', (it) => it.notNull().unique())
        .addColumn('role', 'text', (it) => it.notNull())
        .addColumn('created_ms', 'integer', (it) => it.notNull())
        .execute();
      await db.schema
        .createTable('secrets')
        .addColumn('id', 'text', (it) => it.primaryKey())
        .addColumn('kind', 'text', (it) => it.notNull())
        .addColumn('hash', 'text', (it) => it.notNull().unique())
        .addColumn('name', 'text', (it) => it.notNull())
        .addColumn('user_id', 'integer', (it) => it.notNull().references('users.id').onDelete('cascade'))
        .addColumn('scopes', 'text', (it) => it.notNull())
        .addColumn('created_ms', 'integer', (it) => it.notNull())
        .addColumn('used_ms', 'integer')
        .addColumn('expires_ms', 'integer')
        .execute();
      await db.schema
        .createTable('dashboards')
        .addColumn('uid', 'text', (it) => it.primaryKey())
        .addColumn('json', 'text', (it) => it.notNull())
        .addColumn('updated_ms', 'integer', (it) => it.notNull())
        .execute();
    },
  },
  '002-dashboards-and-beside': dashboardsAndBeside,
  '003-sealed-source-secrets': sealedSourceSecrets,
  '004-sources-by-file': sourcesByFile,
  '005-token-labels': tokenLabels,
  '006-runs': runs,
  '007-mlflow': mlflow,
  '008-first-heard': firstHeard,
  '009-mlflow-of-runs': mlflowOfRuns,
};
