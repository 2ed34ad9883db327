import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Says of each data source's secret whether it is enciphered; those from before are once the server starts, as that takes its key. */
export const sealedSourceSecrets: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('data_source_secrets')
      .addColumn('sealed', 'integer', (it) => it.notNull().defaultTo(0))
      .execute();
  },
};
