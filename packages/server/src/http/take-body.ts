import type { FastifyReply, FastifyRequest } from 'fastify';
import { beginTurn, SMALL_BODY_BYTES } from '../ingest/body-turns.ts';
import { unpackBody } from '../ingest/unpack-body.ts';
import { abortOnDisconnect } from './abort-on-disconnect.ts';

/** A request's body, read as bytes, unpacked. A large one has its turn until the answer is out. Throws BodyRefused. */
export async function takeBody(request: FastifyRequest, reply: FastifyReply, limitBytes: number): Promise<Uint8Array> {
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
  const encoding = request.headers['content-encoding'] ?? '';
  if (encoding === '' && body.length <= SMALL_BODY_BYTES) return body;
  const gone = abortOnDisconnect(reply);
  const end = await beginTurn(gone);
  try {
    const bytes = await unpackBody(body, encoding, limitBytes);
    // A connection that has ended by now ends no turn any more.
    gone.throwIfAborted();
    if (bytes.length > SMALL_BODY_BYTES) reply.raw.once('close', end);
    else end();
    return bytes;
  } catch (error) {
    end();
    throw error;
  }
}
