import type { Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

/** A panel that stands on several dashboards and is changed in one place. */
export interface LibraryPanel {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  /** The panel's kind. */
  readonly kind: string;
  /** "" is no folder. */
  readonly folderUid: string;
  /** Counts its saves from 1. */
  readonly version: number;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly updatedBy: string;
  /** JSON of a Panel. */
  readonly json: string;
}

export interface LibraryPanelDocuments {
  /** All of them, in the order of name. */
  list(): Promise<readonly LibraryPanel[]>;
  find(uids: readonly string[]): Promise<readonly LibraryPanel[]>;
  save(panel: Omit<LibraryPanel, 'id' | 'version' | 'createdMs'>): Promise<LibraryPanel>;
  /** Whether there was one. */
  remove(uid: string): Promise<boolean>;
}

export function libraryPanelsOver(db: Kysely<Tables>): LibraryPanelDocuments {
  return {
    async list() {
      return (await db.selectFrom('library_panels').selectAll().orderBy('name').orderBy('uid').execute()).map(readPanel);
    },
    async find(uids) {
      if (uids.length === 0) return [];
      return (await db.selectFrom('library_panels').selectAll().where('uid', 'in', uids).execute()).map(readPanel);
    },
    async save({ uid, name, description, kind, folderUid, updatedMs, updatedBy, json }) {
      const columns = { name, description, kind, folder_uid: folderUid, updated_ms: updatedMs, updated_by: updatedBy, json };
      const row = await db
        .insertInto('library_panels')
        .values({ uid, version: 1, created_ms: updatedMs, ...columns })
        .onConflict((it) =>
          it.column('uid').doUpdateSet((set) => ({ ...columns, version: set('library_panels.version', '+', 1) })),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
      return readPanel(row);
    },
    async remove(uid) {
      const { numDeletedRows } = await db.deleteFrom('library_panels').where('uid', '=', uid).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function readPanel(row: Selectable<Tables['library_panels']>): LibraryPanel {
  return {
    id: row.id,
    uid: row.uid,
    name: row.name,
    description: row.description,
    kind: row.kind,
    folderUid: row.folder_uid,
    version: row.version,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    updatedBy: row.updated_by,
    json: row.json,
  };
}
