import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { BodyRefused } from './body-refused.ts';

const UNPACK = { gzip: promisify(gunzip), deflate: promisify(inflate) } as const;

/**
 * The bytes that were packed as `encoding` says ("" and identity: not at all). Throws BodyRefused where they are more
 * than `limitBytes`: no more than that is ever unpacked.
 */
export async function unpackBody(body: Uint8Array, encoding: string, limitBytes: number): Promise<Uint8Array> {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') {
    if (body.length > limitBytes) throw tooLarge(limitBytes);
    return body;
  }
  if (name !== 'gzip' && name !== 'deflate') {
    throw new BodyRefused(415, `The encoding "${name.slice(0, 40)}" is not supported; gzip and deflate are.`);
  }
  try {
    return await UNPACK[name](body, { maxOutputLength: limitBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limitBytes, error);
    throw new BodyRefused(400, `The body is not ${name}, or is cut off.`, { cause: error });
  }
}

export function tooLarge(limitBytes: number, cause?: unknown): BodyRefused {
  return new BodyRefused(
    413,
    `The request has more than ${limitBytes} bytes unpacked, which is the limit (limits.ingest.body). Send less in one request.`,
    { cause },
  );
}
