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
  /** JSON as parse/library-panel.ts writes it: a Panel, and its version. */
  readonly json: string;
}

/** Somebody else saved it meanwhile. */
export class LibraryPanelChanged extends Error {
  override readonly name = 'LibraryPanelChanged';
  /** undefined where it is not there any more. */
  readonly saved: LibraryPanel | undefined;

  constructor(saved: LibraryPanel | undefined) {
    super(`The library panel is at version ${saved?.version ?? 0}.`);
    this.saved = saved;
  }
}

export interface LibraryPanelSave extends Omit<LibraryPanel, 'id' | 'version' | 'createdMs'> {
  /** undefined saves over whatever is there; 0 stands for none. */
  readonly baseVersion: number | undefined;
}

export interface LibraryPanelDocuments {
  /** All of them, in the order of name. */
  list(): Promise<readonly LibraryPanel[]>;
  find(uids: readonly string[]): Promise<readonly LibraryPanel[]>;
  /** Throws LibraryPanelChanged where the base version is not the saved one. */
  save(panel: LibraryPanelSave): Promise<LibraryPanel>;
  /** Removes one that no dashboard shows, and answers whether it did: looking and removing are one step. */
  removeUnused(uid: string): Promise<boolean>;
  /** How many dashboards show each; those that none shows are left out. */
  useCounts(): Promise<ReadonlyMap<string, number>>;
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
    save: (panel) => db.transaction().execute((inside) => save(inside, panel)),
    async removeUnused(uid) {
      const { numDeletedRows } = await db
        .deleteFrom('library_panels')
        .where('uid', '=', uid)
        .where((it) =>
          it.not(it.exists(it.selectFrom('library_panel_uses').select('dashboard_uid').where('library_panel_uid', '=', uid))),
        )
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async useCounts() {
      const rows = await db
        .selectFrom('library_panel_uses')
        .select((it) => ['library_panel_uid', it.fn.countAll<number | bigint | string>().as('uses')])
        .groupBy('library_panel_uid')
        .execute();
      return new Map(rows.map((row) => [row.library_panel_uid, Number(row.uses)]));
    },
  };
}

async function save(db: Kysely<Tables>, panel: LibraryPanelSave): Promise<LibraryPanel> {
  const { uid, name, description, kind, folderUid, updatedMs, updatedBy, json, baseVersion } = panel;
  if (baseVersion !== undefined) {
    const before = await db.selectFrom('library_panels').selectAll().where('uid', '=', uid).executeTakeFirst();
    if ((before?.version ?? 0) !== baseVersion)
      throw new LibraryPanelChanged(before === undefined ? undefined : readPanel(before));
  }
  const columns = { name, description, kind, folder_uid: folderUid, updated_ms: updatedMs, updated_by: updatedBy, json };
  const row = await db
    .insertInto('library_panels')
    .values({ uid, version: 1, created_ms: updatedMs, ...columns })
    .onConflict((it) => it.column('uid').doUpdateSet((set) => ({ ...columns, version: set('library_panels.version', '+', 1) })))
    .returningAll()
    .executeTakeFirstOrThrow();
  return readPanel(row);
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
