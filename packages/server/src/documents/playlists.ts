import type { Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

/** Dashboards that are shown one after the other. */
export interface Playlist {
  readonly uid: string;
  readonly name: string;
  /** How long each is shown: "30s". */
  readonly interval: string;
  readonly items: readonly PlaylistItem[];
}

export interface PlaylistItem {
  readonly type: 'dashboard_by_uid' | 'dashboard_by_tag';
  /** A uid or a tag. */
  readonly value: string;
}

export interface PlaylistDocuments {
  /** All of them, in the order of name. */
  list(): Promise<readonly Playlist[]>;
  find(uid: string): Promise<Playlist | undefined>;
  save(playlist: Playlist): Promise<void>;
  /** Whether there was one. */
  remove(uid: string): Promise<boolean>;
}

export function playlistsOver(db: Kysely<Tables>): PlaylistDocuments {
  return {
    async list() {
      return (await db.selectFrom('playlists').selectAll().orderBy('name').orderBy('uid').execute()).map(readPlaylist);
    },
    async find(uid) {
      const row = await db.selectFrom('playlists').selectAll().where('uid', '=', uid).executeTakeFirst();
      return row === undefined ? undefined : readPlaylist(row);
    },
    async save({ uid, name, interval, items }) {
      const columns = { name, interval, items_json: JSON.stringify(items) };
      await db
        .insertInto('playlists')
        .values({ uid, ...columns })
        .onConflict((it) => it.column('uid').doUpdateSet(columns))
        .execute();
    },
    async remove(uid) {
      const { numDeletedRows } = await db.deleteFrom('playlists').where('uid', '=', uid).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function readPlaylist(row: Selectable<Tables['playlists']>): Playlist {
  return { uid: row.uid, name: row.name, interval: row.interval, items: JSON.parse(row.items_json) as PlaylistItem[] };
}
