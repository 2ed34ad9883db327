import type { DashboardRevision } from '@vitrine/model/api.ts';
import type { Kysely, Selectable } from 'kysely';
import { changeCount, countChange } from './change-count.ts';
import type { Tables } from './tables.ts';

/** What lists and searches show of a saved dashboard. */
export interface DashboardCard {
  readonly id: number;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panelCount: number;
  /** "" is no folder. */
  readonly folderUid: string;
  /** Counts its saves from 1. */
  readonly revision: number;
  readonly createdMs: number;
  readonly createdBy: string;
  readonly updatedMs: number;
  readonly updatedBy: string;
  /** undefined where people made it. */
  readonly provisioned: ProvisionedFrom | undefined;
}

export interface ProvisionedFrom {
  readonly provider: string;
  readonly file: string;
  readonly fileHash: string;
  /** People may not save over what the file says. */
  readonly locked: boolean;
}

export interface SavedDashboard extends DashboardCard {
  /** JSON of a Dashboard, of the version it was saved in. */
  readonly json: string;
}

export interface DashboardSave {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panelCount: number;
  readonly libraryPanels: readonly string[];
  readonly json: string;
  /** undefined leaves it where it is. */
  readonly folderUid: string | undefined;
  readonly message: string;
  readonly restored: number | undefined;
  /** undefined saves over whatever is there. */
  readonly baseRevision: number | undefined;
  readonly by: string;
  readonly nowMs: number;
  /** undefined leaves it as it is. */
  readonly provisioned: ProvisionedFrom | undefined;
}

/** Somebody else saved meanwhile. */
export class DashboardChanged extends Error {
  override readonly name = 'DashboardChanged';
  readonly saved: { readonly revision: number; readonly updatedMs: number; readonly updatedBy: string };

  constructor(saved: DashboardChanged['saved']) {
    super(`The dashboard is at revision ${saved.revision}.`);
    this.saved = saved;
  }
}

/** So many revisions of a dashboard are kept. */
const KEPT_REVISIONS = 20;

export interface DashboardDocuments {
  /** Differs after any change of a dashboard or a folder, also by another process. */
  changeCount(): Promise<number>;
  /** All of them, in the order of uid. */
  cards(): Promise<readonly DashboardCard[]>;
  card(uid: string): Promise<DashboardCard | undefined>;
  find(uid: string): Promise<SavedDashboard | undefined>;
  /** Throws DashboardChanged where the base revision is not the saved one; 0 stands for none. */
  save(dashboard: DashboardSave): Promise<void>;
  /** With its revisions and stars. Whether there was one. */
  remove(uid: string): Promise<boolean>;
  /** A file no longer says what it is. */
  forgetProvider(uid: string): Promise<void>;

  /** The newest first. */
  revisions(uid: string): Promise<readonly DashboardRevision[]>;
  revision(uid: string, revision: number): Promise<(DashboardRevision & { readonly json: string }) | undefined>;

  setStar(userId: number, uid: string, starred: boolean): Promise<void>;
  starsOf(userId: number): Promise<ReadonlySet<string>>;
  /** The uids of dashboards that show a library panel. */
  usersOfLibraryPanel(uid: string): Promise<readonly string[]>;
  /** Those whose JSON holds this text, in the order of uid. */
  holding(text: string): Promise<readonly SavedDashboard[]>;
}

const CARD_COLUMNS = [
  'id',
  'uid',
  'title',
  'description',
  'tags_json',
  'panel_count',
  'folder_uid',
  'revision',
  'created_ms',
  'created_by',
  'updated_ms',
  'updated_by',
  'provider',
  'file',
  'file_hash',
  'locked',
] as const;

export function dashboardsOver(db: Kysely<Tables>): DashboardDocuments {
  return {
    changeCount: () => changeCount(db),
    async cards() {
      return (await db.selectFrom('dashboards').select(CARD_COLUMNS).orderBy('uid').execute()).map(readCard);
    },
    async card(uid) {
      const row = await db.selectFrom('dashboards').select(CARD_COLUMNS).where('uid', '=', uid).executeTakeFirst();
      return row === undefined ? undefined : readCard(row);
    },
    async find(uid) {
      const row = await db.selectFrom('dashboards').selectAll().where('uid', '=', uid).executeTakeFirst();
      return row === undefined ? undefined : { ...readCard(row), json: row.json };
    },
    save: (dashboard) => db.transaction().execute((inside) => save(inside, dashboard)),
    remove: (uid) =>
      db.transaction().execute(async (inside) => {
        await countChange(inside);
        for (const table of ['dashboard_revisions', 'library_panel_uses', 'stars'] as const) {
          await inside.deleteFrom(table).where('dashboard_uid', '=', uid).execute();
        }
        const { numDeletedRows } = await inside.deleteFrom('dashboards').where('uid', '=', uid).executeTakeFirst();
        return numDeletedRows > 0n;
      }),
    async forgetProvider(uid) {
      await countChange(db);
      await db
        .updateTable('dashboards')
        .set({ provider: '', file: '', file_hash: '', locked: 0 })
        .where('uid', '=', uid)
        .execute();
    },

    async revisions(uid) {
      const rows = await db
        .selectFrom('dashboard_revisions')
        .select(['revision', 'saved_ms', 'saved_by', 'message', 'restored'])
        .where('dashboard_uid', '=', uid)
        .orderBy('revision', 'desc')
        .execute();
      return rows.map(readRevision);
    },
    async revision(uid, revision) {
      const row = await db
        .selectFrom('dashboard_revisions')
        .selectAll()
        .where('dashboard_uid', '=', uid)
        .where('revision', '=', revision)
        .executeTakeFirst();
      return row === undefined ? undefined : { ...readRevision(row), json: row.json };
    },

    async setStar(userId, uid, starred) {
      if (starred) {
        await db
          .insertInto('stars')
          .values({ user_id: userId, dashboard_uid: uid })
          .onConflict((it) => it.doNothing())
          .execute();
      } else {
        await db.deleteFrom('stars').where('user_id', '=', userId).where('dashboard_uid', '=', uid).execute();
      }
    },
    async starsOf(userId) {
      const rows = await db.selectFrom('stars').select('dashboard_uid').where('user_id', '=', userId).execute();
      return new Set(rows.map((row) => row.dashboard_uid));
    },
    async usersOfLibraryPanel(uid) {
      const rows = await db
        .selectFrom('library_panel_uses')
        .select('dashboard_uid')
        .where('library_panel_uid', '=', uid)
        .orderBy('dashboard_uid')
        .execute();
      return rows.map((row) => row.dashboard_uid);
    },
    async holding(text) {
      const rows = await db
        .selectFrom('dashboards')
        .selectAll()
        .where((it) => it(it.fn<number>('instr', ['json', it.val(text)]), '>', 0))
        .orderBy('uid')
        .execute();
      return rows.map((row) => ({ ...readCard(row), json: row.json }));
    },
  };
}

async function save(db: Kysely<Tables>, dashboard: DashboardSave): Promise<void> {
  const { uid, by, nowMs, json, provisioned } = dashboard;
  await countChange(db);
  const before = await db
    .selectFrom('dashboards')
    .select(['revision', 'updated_ms', 'updated_by'])
    .where('uid', '=', uid)
    .executeTakeFirst();
  const revision = before?.revision ?? 0;
  if (dashboard.baseRevision !== undefined && dashboard.baseRevision !== revision) {
    throw new DashboardChanged({ revision, updatedMs: before?.updated_ms ?? 0, updatedBy: before?.updated_by ?? '' });
  }
  const columns = {
    title: dashboard.title,
    description: dashboard.description,
    tags_json: JSON.stringify(dashboard.tags),
    panel_count: dashboard.panelCount,
    revision: revision + 1,
    updated_ms: nowMs,
    updated_by: by,
    json,
    ...(dashboard.folderUid === undefined ? {} : { folder_uid: dashboard.folderUid }),
    ...(provisioned === undefined
      ? {}
      : {
          provider: provisioned.provider,
          file: provisioned.file,
          file_hash: provisioned.fileHash,
          locked: provisioned.locked ? 1 : 0,
        }),
  };
  const whole = {
    uid,
    folder_uid: '',
    created_ms: nowMs,
    created_by: by,
    provider: '',
    file: '',
    file_hash: '',
    locked: 0,
    ...columns,
  };
  await db
    .insertInto('dashboards')
    .values(whole)
    .onConflict((it) => it.column('uid').doUpdateSet(columns))
    .execute();
  await db
    .insertInto('dashboard_revisions')
    .values({
      dashboard_uid: uid,
      revision: revision + 1,
      saved_ms: nowMs,
      saved_by: by,
      message: dashboard.message,
      restored: dashboard.restored ?? null,
      json,
    })
    .execute();
  await db
    .deleteFrom('dashboard_revisions')
    .where('dashboard_uid', '=', uid)
    .where('revision', '<=', revision + 1 - KEPT_REVISIONS)
    .execute();
  await db.deleteFrom('library_panel_uses').where('dashboard_uid', '=', uid).execute();
  for (const library of new Set(dashboard.libraryPanels)) {
    await db.insertInto('library_panel_uses').values({ dashboard_uid: uid, library_panel_uid: library }).execute();
  }
}

function readCard(row: Omit<Selectable<Tables['dashboards']>, 'json'>): DashboardCard {
  return {
    id: row.id,
    uid: row.uid,
    title: row.title,
    description: row.description,
    tags: JSON.parse(row.tags_json) as string[],
    panelCount: row.panel_count,
    folderUid: row.folder_uid,
    revision: row.revision,
    createdMs: row.created_ms,
    createdBy: row.created_by,
    updatedMs: row.updated_ms,
    updatedBy: row.updated_by,
    provisioned:
      row.provider === ''
        ? undefined
        : { provider: row.provider, file: row.file, fileHash: row.file_hash, locked: row.locked === 1 },
  };
}

function readRevision(row: Omit<Selectable<Tables['dashboard_revisions']>, 'json' | 'dashboard_uid'>): DashboardRevision {
  return {
    revision: row.revision,
    savedMs: row.saved_ms,
    savedBy: row.saved_by,
    message: row.message,
    restored: row.restored ?? undefined,
  };
}
