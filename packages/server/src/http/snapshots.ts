import { BadRequest } from '@vitrine/model/bad-request.ts';
import { decodePanelData, encodePanelData } from '@vitrine/model/frame-wire.ts';
import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import { hashOf, newSecretText } from '../auth/secret-text.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import type { Snapshot } from '../documents/snapshots.ts';
import { readOneDashboard } from '../query/read-dashboard-text.ts';
import { refuseLabelled } from '../own/own.ts';
import { HttpError } from './errors.ts';
import { flag, iso, optional } from './grafana/shapes.ts';
import type { Routes } from './routes.ts';
import { withoutQueries, withoutTraces } from './without-queries.ts';

/** What one snapshot may hold, and all of them together. */
const MAX_SNAPSHOT_BYTES = 32 * 1024 * 1024;
const MAX_TOTAL_BYTES = 2 * 1024 ** 3;
const MAX_LIFE_S = 10 * 365 * 86_400;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Guessing a key of 256 bits is hopeless; asking at all this often is no reader. */
const LIMIT = { max: 120, timeWindow: '1 minute' };

const createRequest = z.object({
  dashboard: z.record(z.string(), z.unknown()),
  name: optional(z.string().max(500)),
  /** Seconds; 0 is never. */
  expires: optional(z.number().int().min(0).max(MAX_LIFE_S)),
  /** Base64 of each panel's data as POST /api/panel-data answers them, by the panel's id. */
  data: optional(z.record(z.string().regex(/^\d+$/), z.string())),
  /** Whether it is shown without a sign-in. */
  public: z.boolean().default(false),
  originalUrl: optional(z.string().max(10_000)),
  /** Sent elsewhere: not here. */
  external: optional(z.boolean()),
});

/**
 * Dashboards as they were, with their data and without what they asked. A snapshot is read by whoever may see the page; without a sign-in only where it
 * was made public. Deleting takes its delete key, or whoever made it, or an admin.
 */
export function snapshotRoutes(app: Routes, documents: DocumentStore): void {
  const { snapshots } = documents;

  app.route({
    method: 'POST',
    url: '/api/snapshots',
    config: { access: 'edit', rateLimit: { max: 30, timeWindow: '1 minute' } },
    bodyLimit: MAX_SNAPSHOT_BYTES,
    schema: { summary: 'Keeps a dashboard with the data that it shows', body: createRequest },
    async handler(request) {
      const { dashboard: document, name, expires = 0, data = {}, originalUrl = '', external } = request.body;
      if (external === true) throw new BadRequest('external', 'snapshots are kept on this server only; leave it out');
      const { dashboard } = readOneDashboard(document, 'snapshot');
      const shown = Object.entries(data).map(([panel, text]) => [panel, readData(`data.${panel}`, text)]);
      const dashboardJson = JSON.stringify(withoutQueries(dashboard));
      const dataJson = JSON.stringify(Object.fromEntries(shown));
      const nowMs = Date.now();
      const sizeBytes = dashboardJson.length + dataJson.length;
      await snapshots.removeExpired(nowMs);
      if ((await snapshots.totalBytes()) + sizeBytes > MAX_TOTAL_BYTES) throw new HttpError('too_many_snapshots');
      const key = newSecretText();
      const deleteKey = newSecretText();
      const { userId, name: userName } = authorOf(request.caller);
      const id = await snapshots.add({
        key,
        deleteHash: hashOf(deleteKey),
        name: name ?? dashboard.title,
        userId,
        userName,
        isPublic: request.body.public,
        originalUrl: harmless(originalUrl),
        createdMs: nowMs,
        expiresMs: expires === 0 ? undefined : nowMs + expires * 1_000,
        sizeBytes,
        dashboardJson,
        dataJson,
      });
      const base = `${request.protocol}://${request.host}`;
      return {
        id,
        key,
        deleteKey,
        url: `${base}/dashboard/snapshot/${key}`,
        deleteUrl: `${base}/api/snapshots-delete/${deleteKey}`,
      };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboard/snapshots',
    config: { access: 'page' },
    schema: {
      summary: 'The snapshots, the newest first; each person sees their own, and an admin all',
      querystring: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(1_000), mine: flag }),
    },
    async handler(request) {
      refuseLabelled(request);
      const { role, userId } = authorOf(request.caller);
      const all = await snapshots.list(Date.now(), request.query.limit);
      return all
        .filter((it) => (role === 'admin' && !request.query.mine) || it.userId === userId)
        .map((it) => ({
          id: it.id,
          name: it.name,
          key: it.key,
          orgId: 1,
          userId: it.userId,
          external: false,
          externalUrl: '',
          expires: it.expiresMs === undefined ? '' : iso(it.expiresMs),
          created: iso(it.createdMs),
          updated: iso(it.createdMs),
          public: it.isPublic,
          createdBy: it.userName,
          sizeBytes: it.sizeBytes,
        }));
    },
  });

  const answer = (snapshot: Snapshot) => ({
    meta: {
      type: 'snapshot',
      isSnapshot: true,
      name: snapshot.name,
      created: iso(snapshot.createdMs),
      createdBy: snapshot.userName,
      expires: snapshot.expiresMs === undefined ? '' : iso(snapshot.expiresMs),
      originalUrl: snapshot.originalUrl,
      public: snapshot.isPublic,
    },
    dashboard: JSON.parse(snapshot.dashboardJson) as unknown,
    data: JSON.parse(snapshot.dataJson) as unknown,
  });
  const find = async (key: string): Promise<Snapshot> => {
    const found = await snapshots.find(key, Date.now());
    if (found === undefined) throw new HttpError('no_such_snapshot');
    return found;
  };
  const byKey = z.object({ key: z.string().max(200) });

  app.route({
    method: 'GET',
    url: '/api/snapshots/:key',
    config: { access: 'anyone', rateLimit: LIMIT },
    schema: { summary: 'One snapshot with its data; without a sign-in only where it was made public', params: byKey },
    async handler(request) {
      const found = await snapshots.find(request.params.key, Date.now());
      // To nobody in particular it does not say whether there is one that is not public.
      if (found?.isPublic !== true) refuseLabelled(request);
      if (request.caller === undefined && found?.isPublic !== true) throw new HttpError('not_signed_in');
      return answer(found ?? (await find(request.params.key)));
    },
  });

  app.route({
    method: 'DELETE',
    url: '/api/snapshots/:key',
    config: { access: 'edit' },
    schema: { summary: 'Removes a snapshot of one’s own; an admin any', params: byKey },
    async handler(request) {
      refuseLabelled(request);
      const found = await find(request.params.key);
      const { role, userId } = authorOf(request.caller);
      if (role !== 'admin' && found.userId !== userId)
        throw new HttpError('not_allowed', `The snapshot was made by ${found.userName}; only they and admins remove it.`);
      await snapshots.remove(found.key);
      return { message: 'Snapshot deleted. It might take an hour before it’s cleared from any CDN caches.', id: found.id };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/snapshots-delete/:key',
    // The key itself is the right to do it, and a page elsewhere does not know it.
    config: { access: 'public', rateLimit: LIMIT },
    schema: { summary: 'Removes the snapshot of a delete key', params: byKey },
    async handler(request) {
      if (!(await snapshots.removeByDeleteHash(hashOf(request.params.key)))) throw new HttpError('no_such_snapshot');
      return { message: 'Snapshot deleted. It might take an hour before it’s cleared from any CDN caches.' };
    },
  });
}

/** What a page would not be able to read is not kept, nor how it was asked for. */
function readData(field: string, base64: string): string {
  if (!BASE64.test(base64)) throw new BadRequest(field, 'is not base64');
  try {
    const data = decodePanelData(Buffer.from(base64, 'base64'));
    return Buffer.from(encodePanelData(withoutTraces(data))).toString('base64');
  } catch (cause) {
    throw new BadRequest(field, `is not the data of a panel (${(cause as Error).message})`, { cause });
  }
}

/** A link back is a place on this or another server, never something to run. */
function harmless(url: string): string {
  if (/^\/(?![/\\])/.test(url)) return url;
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol) ? url : '';
}
