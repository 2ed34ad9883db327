import type { Kysely, Selectable } from 'kysely';
import { countChange } from './change-count.ts';
import type { Tables } from './tables.ts';

export interface Folder {
  readonly id: number;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** "" stands at the top. */
  readonly parentUid: string;
  /** Counts its changes from 1. */
  readonly version: number;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly updatedBy: string;
}

export type FolderChange = Partial<Pick<Folder, 'title' | 'description' | 'parentUid'>>;

export interface FolderDocuments {
  /** All of them, in the order of title. */
  list(): Promise<readonly Folder[]>;
  add(folder: Omit<Folder, 'id' | 'version' | 'createdMs'>): Promise<Folder>;
  change(uid: string, change: FolderChange, by: string, nowMs: number): Promise<Folder | undefined>;
  /** Whether there was one. What lies in it has gone before. */
  remove(uid: string): Promise<boolean>;
}

export function foldersOver(db: Kysely<Tables>): FolderDocuments {
  return {
    async list() {
      return (await db.selectFrom('folders').selectAll().orderBy('title').orderBy('uid').execute()).map(readFolder);
    },
    async add({ uid, title, description, parentUid, updatedMs, updatedBy }) {
      await countChange(db);
      const row = await db
        .insertInto('folders')
        .values({
          uid,
          title,
          description,
          parent_uid: parentUid,
          version: 1,
          created_ms: updatedMs,
          updated_ms: updatedMs,
          updated_by: updatedBy,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return readFolder(row);
    },
    async change(uid, { title, description, parentUid }, by, nowMs) {
      await countChange(db);
      const row = await db
        .updateTable('folders')
        .set((it) => ({
          version: it('version', '+', 1),
          updated_ms: nowMs,
          updated_by: by,
          ...(title === undefined ? {} : { title }),
          ...(description === undefined ? {} : { description }),
          ...(parentUid === undefined ? {} : { parent_uid: parentUid }),
        }))
        .where('uid', '=', uid)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? undefined : readFolder(row);
    },
    async remove(uid) {
      await countChange(db);
      const { numDeletedRows } = await db.deleteFrom('folders').where('uid', '=', uid).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function readFolder(row: Selectable<Tables['folders']>): Folder {
  return {
    id: row.id,
    uid: row.uid,
    title: row.title,
    description: row.description,
    parentUid: row.parent_uid,
    version: row.version,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    updatedBy: row.updated_by,
  };
}
