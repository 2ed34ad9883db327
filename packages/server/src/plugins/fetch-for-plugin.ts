import { whyNot } from '@vitrine/plugins/sources/ask-server.ts';
import type { FetchOutcome, FetchRequest } from './process/wire.ts';

/** Of one answer. It is held whole, here and in the plugin's process. */
const MOST_BYTES = 64 * 1024 * 1024;
/** The longest that anything a plugin fetches may take: its questions end before. */
const MOST_MS = 10 * 60_000;

/** Fetches for a plugin by the fetch of its data source, which reaches what that may. Redirects are answered, not followed. */
export async function fetchForPlugin(
  { url, method, headers, body }: FetchRequest,
  fetchFrom: typeof fetch,
  signal: AbortSignal,
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
    const bytes = await readBody(response);
    if (bytes === undefined)
      return {
        ok: false,
        message: `${url.slice(0, 200)} answers more than ${MOST_BYTES / 1024 / 1024} MiB, the most that a plugin may fetch at once.`,
      };
    return { ok: true, status: response.status, headers: [...response.headers].filter(([name]) => !DONE.has(name)), body: bytes };
  } catch (error) {
    return { ok: false, message: `${new URL(url).origin} cannot be reached: ${whyNot(error, new URL(url))}` };
  }
}

/** What is true of the bytes on the wire, and no longer of those that are handed on. */
const DONE = new Set(['content-encoding', 'content-length', 'transfer-encoding']);

/** undefined where there is more than may be. */
async function readBody({ body }: Response): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the answer.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
