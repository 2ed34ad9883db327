import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

const SETTING = 'changes.dashboards';

/**
 * Counts a change of dashboards or folders. The first statement of a transaction that reads before it writes: it takes
 * the write lock, so that of two savers the second reads what the first wrote.
 */
export async function countChange(db: Kysely<Tables>): Promise<void> {
  await db
    .insertInto('settings')
    .values({ name: SETTING, value: '1' })
    .onConflict((it) => it.column('name').doUpdateSet({ value: sql<string>`cast(cast(settings.value as integer) + 1 as text)` }))
    .execute();
}

export async function changeCount(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', SETTING).executeTakeFirst();
  return Number(row?.value ?? 0);
}
