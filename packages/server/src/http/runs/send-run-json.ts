import { writeRunJson } from '@vitrine/model/run-json.ts';
import type { FastifyReply } from 'fastify';

/** JSON that keeps NaN and infinities, as run-json.ts writes them. */
export function sendRunJson(reply: FastifyReply, answer: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').send(writeRunJson(answer));
}
