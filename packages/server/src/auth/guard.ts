import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { User } from '../documents/document-store.ts';
import { HttpError } from '../http/errors.ts';
import type { SignIn } from './sign-in.ts';
import { looksLikeToken, type TokenBearer, type Tokens } from './tokens.ts';

/**
 * What a route asks of its caller.
 * public: nothing, and is not told who it is. anyone: nothing, but is told. page: a signed-in user or a token that reads. read: the
 * same, and ingest: an editor, an admin or a token that ingests; both ask nothing of somebody without a session or token where the
 * server listens on a loopback address. edit: an editor or an admin. admin: an admin.
 */
export type Access = 'public' | 'anyone' | 'page' | 'read' | 'ingest' | 'edit' | 'admin';

/** Who is asking. local: anybody on this machine, on a loopback address. */
export type Caller =
  | { readonly kind: 'user'; readonly user: User }
  | ({ readonly kind: 'token' } & TokenBearer)
  | { readonly kind: 'local' };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /**
     * Whether InfluxDB's clients call it. They may put their password into the address, and send some user and password
     * even where nobody gave them one: so what is no token of ours is as good as none.
     */
    influx?: boolean;
    /** Whether its clients send some key even where nobody gave them one, as W&B's do: what is no token of ours is as good as none. */
    anyKey?: boolean;
  }
  interface FastifyRequest {
    caller: Caller | undefined;
  }
}

export interface GuardNeeds {
  readonly signIn: SignIn;
  readonly tokens: Tokens;
  readonly cookieName: string;
  /** Whether the server listens on a loopback address only. */
  readonly loopback: boolean;
  /** Names beside localhost that a browser may use for it. */
  readonly extraHosts: readonly string[];
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Checks every request before its route sees it. A route that does not say who may call it is refused at start. */
export function guard(app: FastifyInstance, needs: GuardNeeds): void {
  app.decorateRequest('caller', undefined);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`The route ${route.url} does not say who may call it.`);
  });
  app.addHook('onRequest', async (request) => {
    if (needs.loopback) checkHost(request, needs.extraHosts);
    const access = request.routeOptions.config.access ?? 'public';
    if (access === 'public') return;
    request.caller = await (access === 'anyone' ? identifyOrNobody(request, needs) : identify(request, access, needs));
  });
}

async function identifyOrNobody(request: FastifyRequest, needs: GuardNeeds): Promise<Caller | undefined> {
  try {
    return await identify(request, 'page', needs);
  } catch (error) {
    if (error instanceof HttpError && error.code === 'not_signed_in') return undefined;
    throw error;
  }
}

/** Against DNS rebinding: another site's name that was made to point to 127.0.0.1 is not one of ours. */
function checkHost(request: FastifyRequest, extraHosts: readonly string[]): void {
  const host = hostName(request.headers.host ?? '');
  if (LOOPBACK_HOSTS.has(host) || extraHosts.includes(host)) return;
  throw new HttpError('foreign_host');
}

async function identify(request: FastifyRequest, access: Access, needs: GuardNeeds): Promise<Caller> {
  const token = tokenIn(request);
  if (token !== undefined) {
    const bearer = await needs.tokens.bearer(token);
    if (bearer === undefined) throw new HttpError('token_refused');
    const { scopes } = bearer;
    const needed = access === 'page' ? 'read' : access === 'edit' ? 'admin' : access;
    if (!scopes.some((scope) => scope === 'admin' || scope === needed)) {
      throw new HttpError(
        'not_allowed',
        `This token may ${scopes.join(', ')} only; ${request.url.split('?')[0]} needs ${needed}.`,
      );
    }
    return { kind: 'token', ...bearer };
  }
  // A token is no ambient right. All that follows is: a page of another site could use it through the browser.
  checkOrigin(request);
  const secret = request.cookies[needs.cookieName];
  const user = secret === undefined ? undefined : await needs.signIn.userOf(secret);
  const open = needs.loopback && !isForwarded(request) && (access === 'read' || access === 'ingest');
  if (user !== undefined) {
    if (!SAFE_METHODS.has(request.method) && !open && request.headers.origin === undefined) throw new HttpError('foreign_origin');
    const writes = access === 'edit' || access === 'ingest';
    if ((access === 'admin' && user.role !== 'admin') || (writes && user.role === 'viewer')) throw new HttpError('not_allowed');
    return { kind: 'user', user };
  }
  if (open) return { kind: 'local' };
  throw new HttpError(access === 'read' || access === 'ingest' ? 'token_needed' : 'not_signed_in');
}

/** Bearer is everybody's word, Token that of InfluxDB's clients. Some can send nothing but a user and a password. */
const AUTHORIZATION = /^(Bearer|Token|Basic) +(\S+)$/i;

/**
 * A token stands in the header by itself, or as the password of a user, which is all that some clients can send.
 * A browser never remembers such a password for us, as no answer of ours asks for one; it may stand in an address, so that
 * a page of another site could use it.
 */
function tokenIn(request: FastifyRequest): string | undefined {
  const [, scheme = '', text = ''] = AUTHORIZATION.exec(request.headers.authorization ?? '') ?? [];
  const isInflux = request.routeOptions.config.influx === true;
  const inAddress = isInflux && scheme === '' ? (request.query as { p?: unknown }).p : undefined;
  if (scheme.toLowerCase() === 'basic' || inAddress !== undefined) checkOrigin(request);
  const token = typeof inAddress === 'string' ? inAddress : scheme === '' ? undefined : tokenOf(scheme, text);
  const isLenient = isInflux || request.routeOptions.config.anyKey === true;
  return isLenient && token !== undefined && !looksLikeToken(token) ? undefined : token;
}

function tokenOf(scheme: string, text: string): string {
  if (scheme.toLowerCase() === 'bearer') return text;
  // Clients of InfluxDB 2 that speak to InfluxDB 1 write "Token user:password".
  const secret = scheme.toLowerCase() === 'basic' ? Buffer.from(text, 'base64').toString() : text;
  return secret.replace(/^[^:]*:/, '');
}

function checkOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host?.toLowerCase())) {
    throw new HttpError('foreign_origin');
  }
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') throw new HttpError('foreign_origin');
}

/** Whether the caller may do what `edit` asks for, on a route that others may call too. */
export function mayEdit(caller: Caller | undefined): boolean {
  if (caller?.kind === 'user') return caller.user.role !== 'viewer';
  return caller?.kind === 'token' && caller.scopes.includes('admin');
}

/** A proxy in front brings callers from elsewhere to a loopback address: they are not local. */
function isForwarded(request: FastifyRequest): boolean {
  return ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'].some((name) => request.headers[name] !== undefined);
}

/** Lower case, without the port: `[::1]:9470` is `[::1]`. */
function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d*$/, '');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
