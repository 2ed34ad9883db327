import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Says of each data source whether a file says what it is. The files are read at every start, so that those from before learn it then. */
export const sourcesByFile: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('data_sources')
      .addColumn('by_file', 'integer', (it) => it.notNull().defaultTo(0))
      .execute();
  },
};
