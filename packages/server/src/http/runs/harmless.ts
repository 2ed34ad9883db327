import { extname } from 'node:path';
import type { FastifyReply } from 'fastify';

/** What a browser shows of it: nothing that runs. What it would only save is `application/octet-stream`. */
const SHOWN_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.svg': 'image/svg+xml',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.flac': 'audio/flac',
};
/** Pages and scripts too: they are read here, not run. */
const TEXT =
  /\.(?:txt|log|md|csv|tsv|json|jsonl|ndjson|geojson|ya?ml|toml|ini|cfg|conf|env|py|ipynb|r|sh|sql|js|mjs|ts|css|html?|xml|rst|tex|patch|diff|lock|gitignore|dockerfile|pbtxt|prototxt)$|(?:^|\/)(?:MLmodel|Makefile|Dockerfile|LICENSE|README|requirements)$/i;
/** Of what is logged with its own type. */
const MEDIA = new Set([
  ...Object.values(SHOWN_TYPES),
  'image/x-icon',
  'image/tiff',
  'audio/x-wav',
  'audio/wave',
  'audio/webm',
  'audio/mp4',
  'audio/aac',
]);

/** How a file by that name is sent. */
export function typeOfFile(path: string): string {
  return SHOWN_TYPES[extname(path).toLowerCase()] ?? (TEXT.test(path) ? 'text/plain; charset=utf-8' : 'application/octet-stream');
}

/** The type as it was logged, where a browser may show it. */
export function typeOfMedia(mediaType: string): string {
  const type = mediaType.split(';')[0]!.trim().toLowerCase();
  return MEDIA.has(type) ? type : 'application/octet-stream';
}

/**
 * Headers for bytes that somebody sent us: whatever they hold, no browser runs it, and nothing of it is loaded from
 * elsewhere. `name` is what a saved file is called.
 */
export function sendHarmlessly(reply: FastifyReply, type: string, name: string, isDownload: boolean): void {
  const kept = isDownload || type === 'application/octet-stream' ? 'attachment' : 'inline';
  // An image in SVG brings its style with it, and may hold scripts, which a sandbox does not run.
  const style = type === 'image/svg+xml' ? "; style-src 'unsafe-inline'" : '';
  reply
    .type(type)
    .header('content-security-policy', `default-src 'none'${style}; sandbox; frame-ancestors 'none'`)
    .header('x-content-type-options', 'nosniff')
    .header('content-disposition', `${kept}; filename="${plain(name)}"; filename*=UTF-8''${encoded(name)}`);
}

/** For clients that do not read filename*. */
function plain(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
}

function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*!]/g,
    (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
