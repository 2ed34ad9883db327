import { Labels } from '@vitrine/model/labels.ts';
import type { FastifyRequest } from 'fastify';
import { type Sender, senderAt, senderOfToken } from '../ingest/sender.ts';

/** Who sends: the token that the guard let in, the signed-in user, or whoever it is on this machine. */
export function senderOf({ caller, ip }: FastifyRequest): Sender {
  if (caller?.kind === 'token') return senderOfToken(caller, ip);
  if (caller?.kind === 'user') return { id: `user ${caller.user.id}`, name: caller.user.name, address: ip, labels: Labels.empty };
  return senderAt(ip);
}
