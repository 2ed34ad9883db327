import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A table of 001 as it was. */
interface Before {
  dashboards: { uid: string; json: string; updated_ms: number };
  dashboards_002: Record<string, unknown>;
}

/**
 * Dashboards get columns for what lists and searches show, so that neither parses a document; and everything that people
 * keep beside dashboards gets its table.
 */
export const dashboardsAndBeside: Migration = {
  async up(untyped: Kysely<unknown>) {
    const db = untyped as Kysely<Before>;
    await db.schema
      .createTable('dashboards_002')
      .addColumn('id', 'integer', (it) => it.primaryKey().autoIncrement())
      .addColumn('uid', 'text', (it) => it.notNull().unique())
      .addColumn('folder_uid', 'text', (it) => it.notNull())
      .addColumn('title', 'text', (it) => it.notNull())
      .addColumn('description', 'text', (it) => it.notNull())
      .addColumn('tags_json', 'text', (it) => it.notNull())
      .addColumn('panel_count', 'integer', (it) => it.notNull())
      .addColumn('revision', 'integer', (it) => it.notNull())
      .addColumn('created_ms', 'bigint', (it) => it.notNull())
      .addColumn('created_by', 'text', (it) => it.notNull())
      .addColumn('updated_ms', 'bigint', (it) => it.notNull())
      .addColumn('updated_by', 'text', (it) => it.notNull())
      .addColumn('provider', 'text', (it) => it.notNull())
      .addColumn('file', 'text', (it) => it.notNull())
      .addColumn('file_hash', 'text', (it) => it.notNull())
      .addColumn('locked', 'integer', (it) => it.notNull())
      .addColumn('json', 'text', (it) => it.notNull())
      .execute();
    for (const { uid, json, updated_ms } of await db.selectFrom('dashboards').selectAll().execute()) {
      await db
        .insertInto('dashboards_002')
        .values({ uid, ...columnsOf(json), updated_ms, created_ms: updated_ms, json })
        .execute();
    }
    await db.schema.dropTable('dashboards').execute();
    await db.schema.alterTable('dashboards_002').renameTo('dashboards').execute();
    await index(untyped, 'dashboards', ['folder_uid']);

    await db.schema
      .createTable('dashboard_revisions')
      .addColumn('dashboard_uid', 'text', (it) => it.notNull())
      .addColumn('revision', 'integer', (it) => it.notNull())
      .addColumn('saved_ms', 'bigint', (it) => it.notNull())
      .addColumn('saved_by', 'text', (it) => it.notNull())
      .addColumn('message', 'text', (it) => it.notNull())
      .addColumn('restored', 'integer')
      .addColumn('json', 'text', (it) => it.notNull())
      .addPrimaryKeyConstraint('dashboard_revisions_key', ['dashboard_uid', 'revision'])
      .execute();
    await sql`INSERT INTO dashboard_revisions
      SELECT uid, revision, updated_ms, updated_by, '', NULL, json FROM dashboards`.execute(db);

    await db.schema
      .createTable('library_panel_uses')
      .addColumn('dashboard_uid', 'text', (it) => it.notNull())
      .addColumn('library_panel_uid', 'text', (it) => it.notNull())
      .addPrimaryKeyConstraint('library_panel_uses_key', ['dashboard_uid', 'library_panel_uid'])
      .execute();
    await index(untyped, 'library_panel_uses', ['library_panel_uid']);

    await db.schema
      .createTable('stars')
      .addColumn('user_id', 'integer', (it) => it.notNull().references('users.id').onDelete('cascade'))
      .addColumn('dashboard_uid', 'text', (it) => it.notNull())
      .addPrimaryKeyConstraint('stars_key', ['user_id', 'dashboard_uid'])
      .execute();

    await db.schema
      .createTable('folders')
      .addColumn('id', 'integer', (it) => it.primaryKey().autoIncrement())
      .addColumn('uid', 'text', (it) => it.notNull().unique())
      .addColumn('title', 'text', (it) => it.notNull())
      .addColumn('description', 'text', (it) => it.notNull())
      .addColumn('parent_uid', 'text', (it) => it.notNull())
      .addColumn('version', 'integer', (it) => it.notNull())
      .addColumn('created_ms', 'bigint', (it) => it.notNull())
      .addColumn('updated_ms', 'bigint', (it) => it.notNull())
      .addColumn('updated_by', 'text', (it) => it.notNull())
      .execute();

    await db.schema
      .createTable('annotations')
      .addColumn('id', 'integer', (it) => it.primaryKey().autoIncrement())
      .addColumn('dashboard_uid', 'text', (it) => it.notNull())
      .addColumn('panel_id', 'bigint')
      .addColumn('time_ms', 'bigint', (it) => it.notNull())
      .addColumn('end_ms', 'bigint', (it) => it.notNull())
      .addColumn('text', 'text', (it) => it.notNull())
      .addColumn('tags_json', 'text', (it) => it.notNull())
      .addColumn('data_json', 'text', (it) => it.notNull())
      .addColumn('user_id', 'integer', (it) => it.notNull())
      .addColumn('user_name', 'text', (it) => it.notNull())
      .addColumn('created_ms', 'bigint', (it) => it.notNull())
      .addColumn('updated_ms', 'bigint', (it) => it.notNull())
      .execute();
    await index(untyped, 'annotations', ['time_ms']);
    await index(untyped, 'annotations', ['dashboard_uid', 'time_ms']);
    await db.schema
      .createTable('annotation_tags')
      .addColumn('annotation_id', 'integer', (it) => it.notNull().references('annotations.id').onDelete('cascade'))
      .addColumn('tag', 'text', (it) => it.notNull())
      .addPrimaryKeyConstraint('annotation_tags_key', ['annotation_id', 'tag'])
      .execute();
    await index(untyped, 'annotation_tags', ['tag']);

    await db.schema
      .createTable('library_panels')
      .addColumn('id', 'integer', (it) => it.primaryKey().autoIncrement())
      .addColumn('uid', 'text', (it) => it.notNull().unique())
      .addColumn('name', 'text', (it) => it.notNull())
      .addColumn('description', 'text', (it) => it.notNull())
      .addColumn('kind', 'text', (it) => it.notNull())
      .addColumn('folder_uid', 'text', (it) => it.notNull())
      .addColumn('version', 'integer', (it) => it.notNull())
      .addColumn('created_ms', 'bigint', (it) => it.notNull())
      .addColumn('updated_ms', 'bigint', (it) => it.notNull())
      .addColumn('updated_by', 'text', (it) => it.notNull())
      .addColumn('json', 'text', (it) => it.notNull())
      .execute();

    await db.schema
      .createTable('playlists')
      .addColumn('id', 'integer', (it) => it.primaryKey().autoIncrement())
      .addColumn('uid', 'text', (it) => it.notNull().unique())
      .addColumn('name', 'text', (it) => it.notNull())
      .addColumn('interval', 'text', (it) => it.notNull())
      .addColumn('items_json', 'text', (it) => it.notNull())
      .execute();

    await db.schema
      .createTable('snapshots')
      .addColumn('id', 'integer', (it) => it.primaryKey().autoIncrement())
      .addColumn('key', 'text', (it) => it.notNull().unique())
      .addColumn('delete_hash', 'text', (it) => it.notNull().unique())
      .addColumn('name', 'text', (it) => it.notNull())
      .addColumn('user_id', 'integer', (it) => it.notNull())
      .addColumn('user_name', 'text', (it) => it.notNull())
      .addColumn('public', 'integer', (it) => it.notNull())
      .addColumn('original_url', 'text', (it) => it.notNull())
      .addColumn('created_ms', 'bigint', (it) => it.notNull())
      .addColumn('expires_ms', 'bigint')
      .addColumn('size_bytes', 'bigint', (it) => it.notNull())
      .addColumn('dashboard_json', 'text', (it) => it.notNull())
      .addColumn('data_json', 'text', (it) => it.notNull())
      .execute();

    await db.schema
      .createTable('data_sources')
      .addColumn('id', 'integer', (it) => it.primaryKey().autoIncrement())
      .addColumn('uid', 'text', (it) => it.notNull().unique())
      .addColumn('name', 'text', (it) => it.notNull().unique())
      .addColumn('type', 'text', (it) => it.notNull())
      .addColumn('url', 'text', (it) => it.notNull())
      .addColumn('settings_json', 'text', (it) => it.notNull())
      .addColumn('is_default', 'integer', (it) => it.notNull())
      .addColumn('read_only', 'integer', (it) => it.notNull())
      .addColumn('version', 'integer', (it) => it.notNull())
      .addColumn('updated_ms', 'bigint', (it) => it.notNull())
      .execute();
    await db.schema
      .createTable('data_source_secrets')
      .addColumn('source_uid', 'text', (it) =>
        it.notNull().references('data_sources.uid').onDelete('cascade').onUpdate('cascade'),
      )
      .addColumn('name', 'text', (it) => it.notNull())
      .addColumn('value', 'text', (it) => it.notNull())
      .addPrimaryKeyConstraint('data_source_secrets_key', ['source_uid', 'name'])
      .execute();
  },
};

async function index(db: Kysely<unknown>, table: string, columns: string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_by_${columns.join('_')}`)
    .on(table)
    .columns(columns)
    .execute();
}

/** What a document of version 1 says of itself; one that does not parse keeps its place under its uid. */
function columnsOf(json: string): Record<string, unknown> {
  let document: { title?: unknown; description?: unknown; tags?: unknown; panels?: unknown } = {};
  try {
    document = JSON.parse(json) as typeof document;
  } catch {
    // It was saved by a form check that let through JSON only; what is here instead can still be deleted by hand.
  }
  return {
    folder_uid: '',
    title: typeof document.title === 'string' ? document.title : '',
    description: typeof document.description === 'string' ? document.description : '',
    tags_json: JSON.stringify(Array.isArray(document.tags) ? document.tags : []),
    panel_count: Array.isArray(document.panels) ? document.panels.length : 0,
    revision: 1,
    created_by: '',
    updated_by: '',
    provider: '',
    file: '',
    file_hash: '',
    locked: 0,
  };
}
