import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When a run was first heard of: one all of whose points are older was read from old files. Of those that are there nobody knows. */
export const firstHeard: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('runs').addColumn('first_heard_ms', 'bigint').execute();
  },
};
