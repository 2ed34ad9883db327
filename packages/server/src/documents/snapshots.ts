import type { Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

/** A dashboard as it was, with its data. */
export interface SnapshotCard {
  readonly id: number;
  /** Stands in its address; whoever knows it may look where the snapshot is public. */
  readonly key: string;
  readonly name: string;
  readonly userId: number;
  readonly userName: string;
  /** Shown without a sign-in. */
  readonly isPublic: boolean;
  /** Where it was taken: a path of this server, or ""; never another scheme than http. */
  readonly originalUrl: string;
  readonly createdMs: number;
  /** undefined is never. */
  readonly expiresMs: number | undefined;
  readonly sizeBytes: number;
}

export interface Snapshot extends SnapshotCard {
  /** JSON of a Dashboard. */
  readonly dashboardJson: string;
  /** JSON: base64 of each panel's data as frame-wire.ts writes them, by the panel's id. */
  readonly dataJson: string;
}

export interface SnapshotDocuments {
  /** Those that have not expired, the newest first. */
  list(nowMs: number, limit: number): Promise<readonly SnapshotCard[]>;
  find(key: string, nowMs: number): Promise<Snapshot | undefined>;
  /** Whether there is one that is shown without a sign-in. */
  anyPublic(nowMs: number): Promise<boolean>;
  add(snapshot: Omit<Snapshot, 'id'> & { readonly deleteHash: string }): Promise<number>;
  /** Whether there was one. */
  remove(key: string): Promise<boolean>;
  removeByDeleteHash(hash: string): Promise<boolean>;
  removeExpired(nowMs: number): Promise<void>;
  /** Of all that are kept. */
  totalBytes(): Promise<number>;
}

const CARD_COLUMNS = [
  'id',
  'key',
  'name',
  'user_id',
  'user_name',
  'public',
  'original_url',
  'created_ms',
  'expires_ms',
  'size_bytes',
] as const;

export function snapshotsOver(db: Kysely<Tables>): SnapshotDocuments {
  return {
    async list(nowMs, limit) {
      const rows = await db
        .selectFrom('snapshots')
        .select(CARD_COLUMNS)
        .where((it) => it.or([it('expires_ms', 'is', null), it('expires_ms', '>', nowMs)]))
        .orderBy('created_ms', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(readCard);
    },
    async find(key, nowMs) {
      const row = await db
        .selectFrom('snapshots')
        .selectAll()
        .where('key', '=', key)
        .where((it) => it.or([it('expires_ms', 'is', null), it('expires_ms', '>', nowMs)]))
        .executeTakeFirst();
      return row === undefined ? undefined : { ...readCard(row), dashboardJson: row.dashboard_json, dataJson: row.data_json };
    },
    async anyPublic(nowMs) {
      const row = await db
        .selectFrom('snapshots')
        .select('id')
        .where('public', '=', 1)
        .where((it) => it.or([it('expires_ms', 'is', null), it('expires_ms', '>', nowMs)]))
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    async add(snapshot) {
      const { id } = await db
        .insertInto('snapshots')
        .values({
          key: snapshot.key,
          delete_hash: snapshot.deleteHash,
          name: snapshot.name,
          user_id: snapshot.userId,
          user_name: snapshot.userName,
          public: snapshot.isPublic ? 1 : 0,
          original_url: snapshot.originalUrl,
          created_ms: snapshot.createdMs,
          expires_ms: snapshot.expiresMs ?? null,
          size_bytes: snapshot.sizeBytes,
          dashboard_json: snapshot.dashboardJson,
          data_json: snapshot.dataJson,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },
    async remove(key) {
      const { numDeletedRows } = await db.deleteFrom('snapshots').where('key', '=', key).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async removeByDeleteHash(hash) {
      const { numDeletedRows } = await db.deleteFrom('snapshots').where('delete_hash', '=', hash).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async removeExpired(nowMs) {
      await db.deleteFrom('snapshots').where('expires_ms', '<=', nowMs).execute();
    },
    async totalBytes() {
      const row = await db
        .selectFrom('snapshots')
        .select((it) => it.fn.sum<number | null>('size_bytes').as('bytes'))
        .executeTakeFirst();
      return row?.bytes ?? 0;
    },
  };
}

function readCard(row: Pick<Selectable<Tables['snapshots']>, (typeof CARD_COLUMNS)[number]>): SnapshotCard {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    userId: row.user_id,
    userName: row.user_name,
    isPublic: row.public === 1,
    originalUrl: row.original_url,
    createdMs: row.created_ms,
    expiresMs: row.expires_ms ?? undefined,
    sizeBytes: row.size_bytes,
  };
}
