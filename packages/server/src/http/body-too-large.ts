import type { FastifyRequest } from 'fastify';

/** Says how large a request's body is, as far as that is known, how large it may be, and the setting that says so where one does. */
export function bodyTooLarge({ headers }: Pick<FastifyRequest, 'headers'>, limitBytes: number, key?: string): string {
  const limit = limitBytes.toLocaleString('en');
  const bytes = Number(headers['content-length'] ?? Number.NaN);
  const has = bytes > limitBytes ? `has ${bytes.toLocaleString('en')} bytes` : `has more than ${limit} bytes`;
  return `The request’s body ${has}; the limit is ${limit}${key === undefined ? '' : ` (${key})`}. Send less in one request.`;
}
