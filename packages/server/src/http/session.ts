import type { SessionAnswer } from '@vitrine/model/api.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SignIn } from '../auth/sign-in.ts';
import type { Routes } from './routes.ts';
import { HttpError } from './errors.ts';

/** How often one address may try links: 256 random bits need no more, and a person no fewer. */
const SIGN_IN_LIMIT = { max: 20, timeWindow: '1 minute' };

/** Nothing else goes into the address, so that a link never leads to another site. */
const DASHBOARD_UID = /^[A-Za-z0-9_-]{1,64}$/;

interface SessionNeeds {
  readonly signIn: SignIn;
  readonly cookieName: string;
  readonly version: string;
}

/** Signing in, out, and who is signed in. */
export function sessionRoutes(app: Routes, { signIn, cookieName, version }: SessionNeeds): void {
  const redeem = async (request: FastifyRequest, reply: FastifyReply, linkSecret: string): Promise<void> => {
    const secret = await signIn.redeem(linkSecret);
    if (secret === undefined) throw new HttpError('link_used');
    reply.setCookie(cookieName, secret, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: request.protocol === 'https',
      maxAge: Math.floor(signIn.sessionMs / 1_000),
    });
  };

  app.route({
    method: 'GET',
    url: '/sign-in',
    config: { access: 'public', rateLimit: SIGN_IN_LIMIT },
    schema: {
      summary: 'The printed link: signs in and goes to the page, or to one of its dashboards',
      querystring: z.object({ token: z.string().max(200).default(''), dashboard: z.string().regex(DASHBOARD_UID).optional() }),
    },
    async handler(request, reply) {
      const known = request.cookies[cookieName];
      // The link opened twice by one browser: it is signed in, so the second time does no harm.
      const isSignedIn = known !== undefined && (await signIn.userOf(known)) !== undefined;
      if (!isSignedIn) {
        try {
          await redeem(request, reply, request.query.token);
        } catch (error) {
          // To a person the page says what to do about a link that is no longer good.
          if (!(error instanceof HttpError) || !(request.headers.accept ?? '').includes('text/html')) throw error;
        }
      }
      const { dashboard } = request.query;
      return reply.header('cache-control', 'no-store').redirect(dashboard === undefined ? '/' : `/d/${dashboard}`, 303);
    },
  });

  app.route({
    method: 'POST',
    url: '/api/sign-in',
    config: { access: 'public', rateLimit: SIGN_IN_LIMIT },
    schema: { summary: 'Signs in with the token of a sign-in link', body: z.object({ token: z.string().max(200) }) },
    async handler(request, reply) {
      await redeem(request, reply, request.body.token.trim());
      return reply.code(204).send();
    },
  });

  app.route({
    method: 'POST',
    url: '/api/sign-out',
    config: { access: 'page' },
    schema: { summary: 'Ends this session' },
    async handler(request, reply) {
      const secret = request.cookies[cookieName];
      if (secret !== undefined) await signIn.signOut(secret);
      return reply.clearCookie(cookieName, { path: '/' }).code(204).send();
    },
  });

  app.route({
    method: 'GET',
    url: '/api/session',
    config: { access: 'page' },
    schema: { summary: 'Who is signed in' },
    async handler(request): Promise<SessionAnswer> {
      const { caller } = request;
      const user = caller?.kind === 'user' ? caller.user : { name: 'token', role: 'viewer' as const };
      return { user: { name: user.name, role: user.role }, version, nowMs: Date.now() };
    },
  });
}
