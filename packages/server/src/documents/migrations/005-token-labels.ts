import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Labels that a token puts on what is sent with it. */
export const tokenLabels: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('secrets')
      .addColumn('labels_json', 'text', (it) => it.notNull().defaultTo('{}'))
      .execute();
  },
};
