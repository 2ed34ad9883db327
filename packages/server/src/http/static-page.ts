import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { compress, type Encoding, encodingFor } from './compress.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

/** Files under this folder carry a hash of their content in their name. */
const HASHED_FOLDER = 'assets/';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
};
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.json', '.map', '.svg', '.txt', '.webmanifest']);

/**
 * Serves the built page: its files by exact name, and index.html for every other path that a browser navigates to.
 * Only names that were found in the folder are served, so that no path leads out of it.
 */
export function staticPage(app: Routes, folder: string): void {
  const files = new PageFiles(folder);

  app.route({
    method: 'GET',
    url: '/*',
    config: { access: 'public' },
    schema: { hide: true },
    async handler(request, reply) {
      const path = (request.params as { '*': string })['*'];
      if (await files.has(path)) return path === 'index.html' ? sendIndex(reply, folder) : sendFile(request, reply, files, path);
      if (isForPeople(request, path)) return sendIndex(reply, folder);
      throw new HttpError('not_found', `There is nothing at /${path}.`);
    },
  });
}

/**
 * Whether a browser wants a page here, rather than a script a file or a program an answer. At the root there is nothing
 * else, and programs that ask whether anybody is there ask for it.
 */
function isForPeople(request: FastifyRequest, path: string): boolean {
  if (path === '') return true;
  return !/^(api|assets|-)(\/|$)/.test(path) && (request.headers.accept ?? '').includes('text/html');
}

/** No script, style or font but the page's own files; what scripts set on an element is theirs to set. */
const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

async function sendIndex(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined);
  if (html === undefined) {
    throw new HttpError(
      'not_found',
      'The page has not been built: run "npm start", which builds it, or "npx vite build packages/web".',
    );
  }
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', PAGE_POLICY)
    .send(html);
}

async function sendFile(request: FastifyRequest, reply: FastifyReply, files: PageFiles, path: string): Promise<FastifyReply> {
  const hashed = path.startsWith(HASHED_FOLDER);
  const etag = await files.etag(path);
  reply
    .type(TYPES[extname(path)] ?? 'application/octet-stream')
    .header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('etag', etag);
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  if (!COMPRESSIBLE.has(extname(path))) return reply.send(createReadStream(files.pathOf(path)));
  reply.header('vary', 'accept-encoding');
  const encoding = encodingFor(request);
  if (encoding === undefined) return reply.send(createReadStream(files.pathOf(path)));
  return reply.header('content-encoding', encoding).send(await files.compressed(path, encoding));
}

/** The names in the built folder, and each file compressed once. */
class PageFiles {
  readonly #folder: string;
  #names: { readonly atMs: number; readonly names: ReadonlySet<string> } | undefined;
  readonly #compressed = new Map<string, Promise<Buffer>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(name: string): string {
    return join(this.#folder, name);
  }

  async has(name: string): Promise<boolean> {
    // The folder is built anew while one works on the page.
    if (this.#names === undefined || (!this.#names.names.has(name) && Date.now() - this.#names.atMs > 1_000)) {
      this.#names = { atMs: Date.now(), names: await listFiles(this.#folder) };
    }
    return this.#names.names.has(name);
  }

  async etag(name: string): Promise<string> {
    const { size, mtimeMs } = await stat(this.pathOf(name));
    return `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  }

  async compressed(name: string, encoding: Encoding): Promise<Buffer> {
    const key = `${encoding} ${await this.etag(name)} ${name}`;
    let bytes = this.#compressed.get(key);
    if (bytes === undefined) {
      bytes = readFile(this.pathOf(name)).then((raw) => compress(raw, encoding));
      bytes.catch(() => this.#compressed.delete(key));
      this.#compressed.set(key, bytes);
    }
    return bytes;
  }
}

async function listFiles(folder: string): Promise<Set<string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return new Set(
      entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')),
    );
  } catch {
    return new Set();
  }
}
