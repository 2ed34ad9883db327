import { type Kysely, type Selectable, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** Something that happened, as somebody wrote it down. */
export interface Annotation {
  readonly id: number;
  /** "" stands on all dashboards. */
  readonly dashboardUid: string;
  /** undefined stands on all panels. */
  readonly panelId: number | undefined;
  readonly timeMs: number;
  /** The same as `timeMs` for an instant. */
  readonly endMs: number;
  readonly text: string;
  readonly tags: readonly string[];
  /** What else its sender said. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly userId: number;
  readonly userName: string;
  readonly createdMs: number;
  readonly updatedMs: number;
}

export interface AnnotationFilter {
  /** Keeps those that reach into the closed range. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** undefined is any; "" those that stand on all dashboards. */
  readonly dashboardUid?: string;
  readonly panelId?: number;
  readonly userId?: number;
  readonly tags?: readonly string[];
  /** Any of the tags will do; else all are needed. */
  readonly matchAny?: boolean;
  /** Keeps those that come behind it. */
  readonly before?: Pick<Annotation, 'timeMs' | 'id'>;
  readonly limit: number;
  /** Leaves out so many of the newest. */
  readonly offset?: number;
}

export type AnnotationChange = Partial<Pick<Annotation, 'timeMs' | 'endMs' | 'text' | 'tags' | 'data'>>;

export interface AnnotationDocuments {
  /** The newest first. */
  find(filter: AnnotationFilter): Promise<readonly Annotation[]>;
  get(id: number): Promise<Annotation | undefined>;
  add(annotation: Omit<Annotation, 'id' | 'updatedMs'>): Promise<number>;
  /** Whether there is one. */
  change(id: number, change: AnnotationChange, nowMs: number): Promise<boolean>;
  remove(id: number): Promise<boolean>;
  /** All of one panel. */
  removeOf(dashboardUid: string, panelId: number): Promise<void>;
  /** In the order of the tag; those that hold `part`, whatever the case. */
  tags(part: string, limit: number): Promise<readonly { readonly tag: string; readonly count: number }[]>;
}

export function annotationsOver(db: Kysely<Tables>): AnnotationDocuments {
  return {
    async find({ fromMs, toMs, dashboardUid, panelId, userId, tags = [], matchAny = false, before, limit, offset = 0 }) {
      let query = db.selectFrom('annotations').selectAll().orderBy('time_ms', 'desc').orderBy('id', 'desc').limit(limit);
      if (offset > 0) query = query.offset(offset);
      if (fromMs !== undefined) query = query.where('end_ms', '>=', fromMs);
      if (toMs !== undefined) query = query.where('time_ms', '<=', toMs);
      if (dashboardUid !== undefined) query = query.where('dashboard_uid', '=', dashboardUid);
      if (panelId !== undefined) query = query.where('panel_id', '=', panelId);
      if (userId !== undefined) query = query.where('user_id', '=', userId);
      if (before !== undefined) query = query.where(sql<boolean>`(time_ms, id) < (${before.timeMs}, ${before.id})`);
      const wanted = [...new Set(tags)];
      if (wanted.length > 0) {
        query = query.where('id', 'in', (it) =>
          it
            .selectFrom('annotation_tags')
            .select('annotation_id')
            .where('tag', 'in', wanted)
            .groupBy('annotation_id')
            .having((having) => having.fn.countAll(), '>=', matchAny ? 1 : wanted.length),
        );
      }
      return (await query.execute()).map(readAnnotation);
    },
    async get(id) {
      const row = await db.selectFrom('annotations').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : readAnnotation(row);
    },
    add: (annotation) =>
      db.transaction().execute(async (inside) => {
        const { id } = await inside
          .insertInto('annotations')
          .values({
            dashboard_uid: annotation.dashboardUid,
            panel_id: annotation.panelId ?? null,
            time_ms: annotation.timeMs,
            end_ms: annotation.endMs,
            text: annotation.text,
            tags_json: JSON.stringify(annotation.tags),
            data_json: JSON.stringify(annotation.data),
            user_id: annotation.userId,
            user_name: annotation.userName,
            created_ms: annotation.createdMs,
            updated_ms: annotation.createdMs,
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        await writeTags(inside, id, annotation.tags);
        return id;
      }),
    change: (id, { timeMs, endMs, text, tags, data }, nowMs) =>
      db.transaction().execute(async (inside) => {
        const { numUpdatedRows } = await inside
          .updateTable('annotations')
          .set({
            updated_ms: nowMs,
            ...(timeMs === undefined ? {} : { time_ms: timeMs }),
            ...(endMs === undefined ? {} : { end_ms: endMs }),
            ...(text === undefined ? {} : { text }),
            ...(tags === undefined ? {} : { tags_json: JSON.stringify(tags) }),
            ...(data === undefined ? {} : { data_json: JSON.stringify(data) }),
          })
          .where('id', '=', id)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        if (tags !== undefined) {
          await inside.deleteFrom('annotation_tags').where('annotation_id', '=', id).execute();
          await writeTags(inside, id, tags);
        }
        return true;
      }),
    async remove(id) {
      const { numDeletedRows } = await db.deleteFrom('annotations').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async removeOf(dashboardUid, panelId) {
      await db.deleteFrom('annotations').where('dashboard_uid', '=', dashboardUid).where('panel_id', '=', panelId).execute();
    },
    async tags(part, limit) {
      const rows = await db
        .selectFrom('annotation_tags')
        .select(['tag', (it) => it.fn.countAll<number>().as('count')])
        .where((it) => it(it.fn<number>('instr', [it.fn('lower', ['tag']), it.val(part.toLowerCase())]), '>', 0))
        .groupBy('tag')
        .orderBy('tag')
        .limit(limit)
        .execute();
      return rows.map(({ tag, count }) => ({ tag, count: count }));
    },
  };
}

async function writeTags(db: Kysely<Tables>, id: number, tags: readonly string[]): Promise<void> {
  const rows = [...new Set(tags)].map((tag) => ({ annotation_id: id, tag }));
  if (rows.length > 0) await db.insertInto('annotation_tags').values(rows).execute();
}

function readAnnotation(row: Selectable<Tables['annotations']>): Annotation {
  return {
    id: row.id,
    dashboardUid: row.dashboard_uid,
    panelId: row.panel_id ?? undefined,
    timeMs: row.time_ms,
    endMs: row.end_ms,
    text: row.text,
    tags: JSON.parse(row.tags_json) as string[],
    data: JSON.parse(row.data_json) as Record<string, unknown>,
    userId: row.user_id,
    userName: row.user_name,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
  };
}
