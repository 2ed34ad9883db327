import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { LentPieces } from './lent-pieces.ts';

const app = Fastify();
afterEach(() => app.close());

test('pieces whose memory is used again arrive whole at a slow reader, and who leaves ends them', async () => {
  const memory = Buffer.alloc(300_000);
  const ended = Promise.withResolvers<void>();
  const piecesOf = (count: number) =>
    async function* pieces(): AsyncGenerator<Uint8Array> {
      try {
        for (let i = 0; i < count; i++) {
          memory.fill(i % 251);
          yield memory.subarray(0, memory.length - (i % 3));
        }
      } finally {
        ended.resolve();
      }
    };
  app.get('/whole', (_, reply) => reply.send(new LentPieces(piecesOf(40)())));
  app.get('/endless', (_, reply) => reply.send(new LentPieces(piecesOf(Infinity)())));
  app.get('/broken', (_, reply) =>
    reply.send(new LentPieces({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken')) }) })),
  );
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const ask = (path: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => get(`http://127.0.0.1:${port}${path}`, resolve).on('error', reject));

  const whole = await ask('/whole');
  const parts: Buffer[] = [];
  for await (const part of whole) {
    parts.push(part as Buffer);
    await new Promise(setImmediate);
  }
  const wanted = Array.from({ length: 40 }, (_, i) => Buffer.alloc(memory.length - (i % 3), i % 251));
  expect(Buffer.concat(parts).equals(Buffer.concat(wanted))).toBe(true);

  const endless = await ask('/endless');
  endless.destroy();
  await ended.promise;
  expect((await ask('/broken')).statusCode).toBe(500);
});
