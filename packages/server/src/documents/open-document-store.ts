import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { openError } from '@vitrine/tsdb/database.ts';
import { makeFolder } from '@vitrine/tsdb/make-folder.ts';
import { isDamage } from '@vitrine/tsdb/sqlite-error.ts';
import { StoreOpenError } from '@vitrine/tsdb/store-open-error.ts';
import { Kysely, type Selectable, type SqliteDatabase, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { annotationsOver } from './annotations.ts';
import { dashboardsOver } from './dashboards.ts';
import { dataSourcesOver } from './data-sources.ts';
import type { DocumentStore, Secret, SecretKind } from './document-store.ts';
import { foldersOver } from './folders.ts';
import { libraryPanelsOver } from './library-panels.ts';
import { migrations } from './migrations.ts';
import { mlflowOver } from './mlflow.ts';
import { playlistsOver } from './playlists.ts';
import { runsOver } from './runs.ts';
import { openSecretKey, type SecretKey } from './secret-key.ts';
import { snapshotsOver } from './snapshots.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import type { Tables } from './tables.ts';

/**
 * Opens documents.sqlite in the data folder and brings its tables up to date. `keyFile` holds the key to data sources' secrets;
 * where it is "" that is secrets.key in the data folder. It is read, and made, once it is needed. Throws StoreOpenError.
 */
export async function openDocumentStore(folder: string, keyFile = ''): Promise<DocumentStore> {
  const path = join(folder, 'documents.sqlite');
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: openFile(folder, path) }) });
  // It holds hashes of secrets: nobody else on the machine needs to read them.
  chmodSync(path, 0o600);
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await db.destroy();
    if (isDamage(error)) throw openError(path, error);
    throw new StoreOpenError('newer version', `${path} could not be brought up to date; was it written by a newer Vitrine?`, {
      cause: error,
    });
  }
  let key: SecretKey | undefined;
  return documentsOver(db, () => (key ??= openSecretKey(keyFile === '' ? join(folder, 'secrets.key') : keyFile, keyFile === '')));
}

function openFile(folder: string, path: string): SqliteDatabase {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new StoreOpenError('not writable', `the data folder ${folder} cannot be made: ${(error as Error).message}`, {
      cause: error,
    });
  }
  try {
    return openSqliteDatabase(path);
  } catch (error) {
    throw openError(path, error);
  }
}

function documentsOver(db: Kysely<Tables>, key: () => SecretKey): DocumentStore {
  const goodSecret = (kind: SecretKind, hash: string, nowMs: number) =>
    db
      .selectFrom('secrets')
      .innerJoin('users', 'users.id', 'secrets.user_id')
      .selectAll('secrets')
      .select(['users.name as user_name', 'users.role as user_role'])
      .where('secrets.kind', '=', kind)
      .where('secrets.hash', '=', hash)
      .where((it) => it.or([it('secrets.expires_ms', 'is', null), it('secrets.expires_ms', '>', nowMs)]));

  return {
    async setting(name) {
      const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
      return row?.value;
    },
    async setSetting(name, value) {
      await db
        .insertInto('settings')
        .values({ name, value })
        .onConflict((it) => it.column('name').doUpdateSet({ value }))
        .execute();
    },

    users: () => db.selectFrom('users').select(['id', 'name', 'role']).orderBy('id').execute(),
    async ensureUser(name, role, nowMs) {
      await db
        .insertInto('users')
        .values({ name, role, created_ms: nowMs })
        .onConflict((it) => it.column('name').doNothing())
        .execute();
      return db.selectFrom('users').select(['id', 'name', 'role']).where('name', '=', name).executeTakeFirstOrThrow();
    },

    async addSecret({ id, kind, hash, name, userId, scopes, labels, createdMs, expiresMs }) {
      await db
        .insertInto('secrets')
        .values({
          id,
          kind,
          hash,
          name,
          user_id: userId,
          scopes: scopes.join(' '),
          labels_json: JSON.stringify(labels),
          created_ms: createdMs,
          used_ms: null,
          expires_ms: expiresMs ?? null,
        })
        .execute();
    },
    async secret(kind, hash, nowMs) {
      const row = await goodSecret(kind, hash, nowMs).executeTakeFirst();
      return row === undefined ? undefined : readSecret(row);
    },
    async takeSecret(kind, hash, nowMs) {
      const row = await goodSecret(kind, hash, nowMs).executeTakeFirst();
      if (row === undefined) return undefined;
      const { numDeletedRows } = await db.deleteFrom('secrets').where('id', '=', row.id).executeTakeFirst();
      return numDeletedRows === 0n ? undefined : readSecret(row);
    },
    async extendSecret(id, expiresMs, usedMs) {
      await db.updateTable('secrets').set({ expires_ms: expiresMs, used_ms: usedMs }).where('id', '=', id).execute();
    },
    async secrets(kind) {
      const rows = await db
        .selectFrom('secrets')
        .innerJoin('users', 'users.id', 'secrets.user_id')
        .selectAll('secrets')
        .select(['users.name as user_name', 'users.role as user_role'])
        .where('kind', '=', kind)
        .orderBy('secrets.created_ms')
        .execute();
      return rows.map(readSecret);
    },
    async removeSecret(kind, id) {
      const { numDeletedRows } = await db.deleteFrom('secrets').where('kind', '=', kind).where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async removeExpiredSecrets(nowMs) {
      await db.deleteFrom('secrets').where('expires_ms', '<=', nowMs).execute();
    },

    dashboards: dashboardsOver(db),
    folders: foldersOver(db),
    annotations: annotationsOver(db),
    libraryPanels: libraryPanelsOver(db),
    playlists: playlistsOver(db),
    snapshots: snapshotsOver(db),
    dataSources: dataSourcesOver(db, key),
    runs: runsOver(db),
    mlflow: mlflowOver(db),

    close: () => db.destroy(),
  };
}

type SecretRow = Selectable<Tables['secrets']> & { user_name: string; user_role: Secret['user']['role'] };

function readSecret(row: SecretRow): Secret {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    user: { id: row.user_id, name: row.user_name, role: row.user_role },
    scopes: row.scopes === '' ? [] : row.scopes.split(' '),
    labels: JSON.parse(row.labels_json) as Record<string, string>,
    createdMs: row.created_ms,
    usedMs: row.used_ms ?? undefined,
    expiresMs: row.expires_ms ?? undefined,
  };
}
