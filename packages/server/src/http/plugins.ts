import { extname } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import type { InstalledPlugin, InstalledPlugins } from '../plugins/installed-plugins.ts';
import { compress, encodingFor } from './compress.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

/** What the page may run, style or show with. Anything else, HTML above all, is bytes and nothing that a browser opens. */
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};
const COMPRESSIBLE = new Set(['.js', '.mjs', '.css', '.json', '.svg', '.txt', '.wasm']);
/** Below that there is nothing to win. */
const WORTH_BYTES = 1_024;

/** The address of a file as the browser wrote it: nothing in it may mean something else once it is decoded or joined. */
const ADDRESS =
  /^\/plugins\/(?<id>[a-z0-9-]+)\/(?<version>[0-9a-z.-]+)\/(?<path>[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*(?:\/[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*)*)$/;

/** The same as for a snapshot itself. */
const LIMIT = { max: 120, timeWindow: '1 minute' };

/** A plugin as the page is told of it. */
interface PluginAnswer extends Omit<InstalledPlugin, 'web' | 'refused'> {
  /** Address of the page's module; absent where the plugin is refused or has none. */
  readonly module?: string;
  /** Why it is not loaded. */
  readonly refused?: string;
}

/** Which plugins there are, and the files of their web halves. `data` is the data folder where commands have to name it. */
export function pluginRoutes(
  app: Routes,
  plugins: InstalledPlugins,
  { snapshots }: Pick<DocumentStore, 'snapshots'>,
  data: string | undefined,
): void {
  app.route({
    method: 'GET',
    url: '/api/plugins',
    config: { access: 'page' },
    schema: { summary: 'The installed plugins; why one is refused, only for admins' },
    async handler({ caller }) {
      const isAdmin = authorOf(caller).role === 'admin';
      return { plugins: plugins.list().map((plugin) => answerOf(plugin, isAdmin)) };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/plugin-commands',
    config: { access: 'admin' },
    schema: { summary: 'What commands on plugins have to name: the data folder, or null where it is the usual one' },
    handler: async () => ({ data: data ?? null }),
  });

  app.route({
    method: 'GET',
    url: '/api/snapshots/:key/plugins',
    config: { access: 'anyone', rateLimit: LIMIT },
    schema: {
      summary: 'The plugins that draw panels of a snapshot; without a sign-in only of one that was made public',
      params: z.object({ key: z.string().max(200) }),
    },
    async handler({ caller, params }) {
      const found = await snapshots.find(params.key, Date.now());
      if (caller === undefined && found?.isPublic !== true) throw new HttpError('not_signed_in');
      if (found === undefined) throw new HttpError('no_such_snapshot');
      const { panels } = JSON.parse(found.dashboardJson) as { readonly panels: readonly { readonly kind: string }[] };
      const shown = new Set(panels.map(({ kind }) => kind));
      const needed = plugins.list().filter((plugin) => plugin.panels.some((kind) => shown.has(kind)));
      return { plugins: needed.map((plugin) => answerOf(plugin, false)) };
    },
  });

  app.route({
    method: 'GET',
    url: '/plugins/:id/:version/*',
    // It is code, as the page's own scripts are, and no data. Who is not signed in has use for it only in a public snapshot.
    config: { access: 'anyone' },
    schema: { hide: true },
    async handler(request, reply) {
      const { id, version, path } = ADDRESS.exec(addressOf(request))?.groups ?? {};
      if (id === undefined || version === undefined || path === undefined) throw new HttpError('not_found');
      if (request.caller === undefined && !(await snapshots.anyPublic(Date.now()))) throw new HttpError('not_signed_in');
      const bytes = await plugins.file(id, version, path);
      if (bytes === undefined)
        throw new HttpError('not_found', `No plugin that is installed and loaded has the file ${path.slice(0, 200)}.`);
      const ending = extname(path).toLowerCase();
      const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const encoding = COMPRESSIBLE.has(ending) && raw.length >= WORTH_BYTES ? encodingFor(request) : undefined;
      if (encoding !== undefined) reply.header('content-encoding', encoding);
      return (
        reply
          .type(TYPES[ending] ?? 'application/octet-stream')
          .header('vary', 'accept-encoding')
          // A release never changes; what comes before one does, while somebody works on it.
          .header('cache-control', version.includes('-') ? 'no-cache' : 'private, max-age=31536000, immutable')
          .send(encoding === undefined ? raw : await compress(raw, encoding))
      );
    },
  });
}

function addressOf({ url }: FastifyRequest): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function answerOf({ web, refused, ...plugin }: InstalledPlugin, isAdmin: boolean): PluginAnswer {
  if (refused !== undefined)
    return { ...plugin, refused: isAdmin ? refused : 'This server does not load it; an admin sees under Plugins why.' };
  return web === undefined ? plugin : { ...plugin, module: `/plugins/${plugin.id}/${plugin.version}/${web}` };
}
