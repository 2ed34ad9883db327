import { type Kysely, type Selectable, sql } from 'kysely';
import type { SecretKey } from './secret-key.ts';
import type { Tables } from './tables.ts';

/** A data source as it was set up, without its secrets. */
export interface DataSource {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  /** Grafana's id of the kind of source: "prometheus". */
  readonly type: string;
  readonly url: string;
  /** In the words of Grafana: access, user, database, basicAuth, basicAuthUser, withCredentials, jsonData. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly isDefault: boolean;
  /** Set up by a file, so that it is changed there. */
  readonly readOnly: boolean;
  /** As a file says it is, locked or not: nobody has changed it since. */
  readonly byFile: boolean;
  /** Counts its saves from 1. */
  readonly version: number;
  readonly updatedMs: number;
  /** The names of the secrets that it has. */
  readonly secretNames: readonly string[];
}

export interface DataSourceSave extends Omit<DataSource, 'id' | 'version' | 'secretNames' | 'byFile'> {
  /** Absent where somebody sets it up here. */
  readonly byFile?: boolean;
  /** By name: a text sets it, and "" removes it; the others stay. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Secrets that are not named are removed. */
  readonly onlyTheseSecrets: boolean;
}

export interface DataSourceDocuments {
  /** All of them, in the order of name. */
  list(): Promise<readonly DataSource[]>;
  /** Adds it, or changes the one of that uid. A new default takes the place of the old one. */
  save(source: DataSourceSave): Promise<DataSource>;
  /** Whether there was one. */
  remove(uid: string): Promise<boolean>;
  /** By the sources' uid. For whoever connects to them. */
  secrets(): Promise<ReadonlyMap<string, SourceSecrets>>;
  /** Enciphers those that an earlier version kept as they are. */
  sealSecrets(): Promise<void>;
}

export interface SourceSecrets {
  readonly known: Readonly<Record<string, string>>;
  /** Names of those that cannot be read: they were kept with another key. */
  readonly lost: readonly string[];
}

/** `key` reads the key once something is enciphered. */
export function dataSourcesOver(db: Kysely<Tables>, key: () => SecretKey): DataSourceDocuments {
  const read = async (inside: Kysely<Tables>): Promise<DataSource[]> => {
    const rows = await inside.selectFrom('data_sources').selectAll().orderBy('name').execute();
    const names = await inside.selectFrom('data_source_secrets').select(['source_uid', 'name']).orderBy('name').execute();
    return rows.map((row) =>
      readSource(
        row,
        names.filter((it) => it.source_uid === row.uid).map((it) => it.name),
      ),
    );
  };
  return {
    list: () => read(db),
    save: (source) =>
      db.transaction().execute(async (inside) => {
        const { uid } = source;
        if (source.isDefault) await inside.updateTable('data_sources').set({ is_default: 0 }).execute();
        const columns = {
          name: source.name,
          type: source.type,
          url: source.url,
          settings_json: JSON.stringify(source.settings),
          is_default: source.isDefault ? 1 : 0,
          read_only: source.readOnly ? 1 : 0,
          by_file: source.byFile === true ? 1 : 0,
          updated_ms: source.updatedMs,
        };
        await inside
          .insertInto('data_sources')
          .values({ uid, version: 1, ...columns })
          .onConflict((it) =>
            it.column('uid').doUpdateSet((set) => ({ ...columns, version: set('data_sources.version', '+', 1) })),
          )
          .execute();
        const named = Object.keys(source.secrets);
        let gone = inside.deleteFrom('data_source_secrets').where('source_uid', '=', uid);
        if (!source.onlyTheseSecrets) gone = gone.where('name', 'in', named);
        if (source.onlyTheseSecrets || named.length > 0) await gone.execute();
        for (const [name, value] of Object.entries(source.secrets)) {
          if (value === '') continue;
          const sealed = key().seal(purpose(uid, name), value);
          await inside.insertInto('data_source_secrets').values({ source_uid: uid, name, value: sealed, sealed: 1 }).execute();
        }
        return (await read(inside)).find((it) => it.uid === uid) as DataSource;
      }),
    async remove(uid) {
      const { numDeletedRows } = await db.deleteFrom('data_sources').where('uid', '=', uid).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async secrets() {
      const byUid = new Map<string, { readonly known: Record<string, string>; readonly lost: string[] }>();
      for (const { source_uid, name, value, sealed } of await db.selectFrom('data_source_secrets').selectAll().execute()) {
        const secrets = byUid.get(source_uid) ?? { known: {}, lost: [] };
        byUid.set(source_uid, secrets);
        const text = sealed === 0 ? value : key().open(purpose(source_uid, name), value);
        if (text === undefined) secrets.lost.push(name);
        else secrets.known[name] = text;
      }
      return byUid;
    },
    async sealSecrets() {
      const sealer = key();
      await db.transaction().execute(async (inside) => {
        const plain = await inside.selectFrom('data_source_secrets').selectAll().where('sealed', '=', 0).execute();
        for (const { source_uid, name, value } of plain) {
          await inside
            .updateTable('data_source_secrets')
            .set({ value: sealer.seal(purpose(source_uid, name), value), sealed: 1 })
            .where('source_uid', '=', source_uid)
            .where('name', '=', name)
            .execute();
        }
      });
      // The log beside the file may hold what was there before.
      await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
    },
  };
}

/** A secret is bound to its source and its name: put in another's place it cannot be read. */
function purpose(uid: string, name: string): string[] {
  return ['data source', uid, name];
}

function readSource(row: Selectable<Tables['data_sources']>, secretNames: readonly string[]): DataSource {
  return {
    id: row.id,
    uid: row.uid,
    name: row.name,
    type: row.type,
    url: row.url,
    settings: JSON.parse(row.settings_json) as Record<string, unknown>,
    isDefault: row.is_default === 1,
    readOnly: row.read_only === 1,
    byFile: row.by_file === 1,
    version: row.version,
    updatedMs: row.updated_ms,
    secretNames,
  };
}
