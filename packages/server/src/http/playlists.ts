import { readDurationMs } from '@vitrine/model/duration.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { z } from 'zod';
import type { DocumentStore } from '../documents/document-store.ts';
import type { Playlist } from '../documents/playlists.ts';
import { newUid } from './dashboards.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

const byUid = z.object({ uid: z.string() });
const body = z.object({
  name: z.string().trim().min(1).max(200),
  interval: z.string().default('5m'),
  items: z
    .array(z.object({ type: z.enum(['dashboard_by_uid', 'dashboard_by_tag']), value: z.string().min(1).max(200) }))
    .max(500)
    .default([]),
});
/** A wall that changes faster than this is not read. */
const MIN_INTERVAL_MS = 1_000;

/** Playlists, in Grafana's shapes. */
export function playlistRoutes(app: Routes, documents: DocumentStore): void {
  const { playlists } = documents;
  const find = async (uid: string): Promise<Playlist> => {
    const found = await playlists.find(uid);
    if (found === undefined) throw new HttpError('no_such_playlist', `There is no playlist "${uid.slice(0, 100)}".`, 'uid');
    return found;
  };
  const save = async (uid: string, playlist: z.output<typeof body>) => {
    if ((readDurationMs(playlist.interval) ?? 0) < MIN_INTERVAL_MS)
      throw new BadRequest(
        'interval',
        `"${playlist.interval.slice(0, 60)}" is not a duration of at least a second, such as 30s or 5m`,
      );
    const saved = { uid, ...playlist };
    await playlists.save(saved);
    return shape(saved);
  };

  app.route({
    method: 'GET',
    url: '/api/playlists',
    config: { access: 'page' },
    schema: { summary: 'The playlists, in the order of name' },
    handler: async () => (await playlists.list()).map(({ uid, name, interval }) => ({ uid, name, interval })),
  });
  app.route({
    method: 'POST',
    url: '/api/playlists',
    config: { access: 'edit' },
    schema: { summary: 'Makes a playlist', body },
    handler: async (request) => save(newUid(), request.body),
  });
  app.route({
    method: 'GET',
    url: '/api/playlists/:uid',
    config: { access: 'page' },
    schema: { summary: 'One playlist', params: byUid },
    handler: async (request) => shape(await find(request.params.uid)),
  });
  app.route({
    method: 'GET',
    url: '/api/playlists/:uid/items',
    config: { access: 'page' },
    schema: { summary: 'What a playlist shows', params: byUid },
    handler: async (request) => shape(await find(request.params.uid)).items,
  });
  app.route({
    method: 'PUT',
    url: '/api/playlists/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Changes a playlist', params: byUid, body },
    async handler(request) {
      const { uid } = await find(request.params.uid);
      return save(uid, request.body);
    },
  });
  app.route({
    method: 'DELETE',
    url: '/api/playlists/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Removes a playlist', params: byUid },
    async handler(request) {
      const { uid } = await find(request.params.uid);
      await playlists.remove(uid);
      return {};
    },
  });
}

function shape({ items, ...playlist }: Playlist) {
  return { ...playlist, items: items.map((item, i) => ({ ...item, order: i + 1 })) };
}
