import { whyNot } from '@vitrine/plugins/sources/ask-server.ts';
import type { FetchOutcome, FetchRequest } from './process/wire.ts';

const MEBIBYTE = 1024 * 1024;
/** Of one answer. It is held whole, here and in the plugin's process. */
const MOST_BYTES = 64 * MEBIBYTE;
/** Of all answers that one process waits for at a time. */
const MOST_BYTES_AT_A_TIME = 2 * MOST_BYTES;
/** The longest that anything a plugin fetches may take: its questions end before. */
const MOST_MS = 10 * 60_000;

/** What the answers that a plugin's process waits for may still take together. */
export class FetchRoom {
  bytes = MOST_BYTES_AT_A_TIME;
}

/** Fetches for a plugin by the fetch of its data source, which reaches what that may. Redirects are answered, not followed. */
export async function fetchForPlugin(
  { url, method, headers, body }: FetchRequest,
  fetchFrom: typeof fetch,
  signal: AbortSignal,
  room: FetchRoom,
): Promise<FetchOutcome> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return { ok: false, message: `"${url.slice(0, 200)}" is no address of the web` };
  try {
    const response = await fetchFrom(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      redirect: 'manual',
      credentials: 'omit',
      signal: AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)]),
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
    const bytes = await readBody(response, room);
    if (typeof bytes === 'string') return { ok: false, message: `${url.slice(0, 200)} ${bytes}` };
    return { ok: true, status: response.status, headers: [...response.headers].filter(([name]) => !DONE.has(name)), body: bytes };
  } catch (error) {
    return { ok: false, message: `${new URL(url).origin} cannot be reached: ${whyNot(error, new URL(url))}` };
  }
}

/** What is true of the bytes on the wire, and no longer of those that are handed on. */
const DONE = new Set(['content-encoding', 'content-length', 'transfer-encoding']);

/** Why not, where there is more than may be. */
async function readBody({ body }: Response, room: FetchRoom): Promise<Uint8Array | string> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    // Leaving the loop ends the answer.
    for await (const chunk of body) {
      length += chunk.length;
      room.bytes -= chunk.length;
      if (length > MOST_BYTES) return `answers more than ${MOST_BYTES / MEBIBYTE} MiB, the most that a plugin may fetch at once.`;
      if (room.bytes < 0)
        return `and what else the plugin fetches now is more than ${MOST_BYTES_AT_A_TIME / MEBIBYTE} MiB together; fetch one after the other.`;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    room.bytes += length;
  }
}
