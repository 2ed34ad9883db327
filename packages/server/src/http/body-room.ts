import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { StoreBusy } from '@vitrine/model/sample-store.ts';
import type { FastifyReply } from 'fastify';
import type { Routes } from './routes.ts';

/** Smaller ones are not counted. */
const SMALL_BYTES = 64 * 1024;
const RETRY_SECONDS = 1;
const FULL = 'More requests are being read than memory is set aside for. Try again in a while.';

/** Bytes that may still come into memory. */
interface Room {
  bytes: number;
}

/**
 * Bounds what the bodies of all requests together may have in memory, half-read ones included: whoever sends beyond that is
 * asked to try again. Routes that read their body as it comes keep none of it.
 */
export function boundBodies(app: Routes, bytes: number): void {
  const room: Room = { bytes };
  app.addHook('preParsing', async (request, reply, payload) => {
    const length = Number(request.headers['content-length'] ?? Number.NaN);
    if (length <= SMALL_BYTES || request.routeOptions.config.longBody === true) return payload;
    const counted = new Counted(room, reply);
    (payload as Readable).once('error', (error) => counted.destroy(error));
    return (payload as Readable).pipe(counted);
  });
}

/** Hands on what comes, as long as there is room and somebody wants it. */
class Counted extends Transform {
  readonly #room: Room;
  readonly #reply: FastifyReply;
  #taken = 0;
  #over = false;

  constructor(room: Room, reply: FastifyReply) {
    super();
    this.#room = room;
    this.#reply = reply;
    reply.raw.once('close', () => this.#leave());
    // Whoever reads it looks for errors as long as it reads.
    this.on('error', () => {});
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    // What still comes after the answer is read and forgotten, so that the sender gets to read that.
    if (this.#over || this.#reply.sent) {
      this.#leave();
      return done();
    }
    this.#taken += chunk.length;
    this.#room.bytes -= chunk.length;
    if (this.#room.bytes >= 0) return done(null, chunk);
    this.#over = true;
    this.#leave();
    this.#reply.header('connection', 'close');
    this.emit('error', new StoreBusy(FULL, RETRY_SECONDS));
    done();
  }

  #leave(): void {
    this.#room.bytes += this.#taken;
    this.#taken = 0;
  }
}
