import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent, type Dispatcher, request } from 'undici';
import type { HttpClientOptions, SecretSource } from './scrape-config.ts';

const gunzipBytes = promisify(gunzip);
const MAX_REDIRECTS = 10;
const REDIRECT_STATUS = new Set([301, 302, 303, 307, 308]);
/** What of a redirect's own body is read to keep the connection. */
const REDIRECT_BODY_LIMIT = 64 * 1024;

/** A request that brought no usable answer. The message is a sentence. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
}

export interface FetchRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Most bytes of the body, packed and unpacked. */
  readonly limitBytes: number;
  /** The option that sets `limitBytes`, for the sentence. */
  readonly limitName: string;
  /** From the connect to the last byte. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface FetchedBody {
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** Fetches from the targets of one job, or from one discovery. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  #agent: Promise<Agent> | undefined;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  /** The body of a 200. Throws FetchFailed for everything else. */
  async get(url: URL, { headers, limitBytes, limitName, timeoutMs, signal }: FetchRequest): Promise<FetchedBody> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await this.#follow(url, headers, AbortSignal.any([timeout, signal]));
      if (response.statusCode !== 200) {
        discard(response);
        throw new FetchFailed(`the server answered HTTP status ${response.statusCode}`);
      }
      const contentType = textHeader(response, 'content-type');
      const packed = await readBody(response, limitBytes, limitName);
      const encoding = textHeader(response, 'content-encoding')?.toLowerCase() ?? 'identity';
      if (encoding === 'identity' || encoding === '') return { contentType, body: packed };
      if (encoding !== 'gzip')
        throw new FetchFailed(`the server answered with Content-Encoding "${encoding}"; only gzip was asked for`);
      return { contentType, body: await unpack(packed, limitBytes, limitName) };
    } catch (error) {
      if (error instanceof FetchFailed) throw error;
      if (timeout.aborted && !signal.aborted) {
        throw new FetchFailed(`no complete answer within ${timeoutMs / 1000} s`, { cause: error });
      }
      throw new FetchFailed(describe(error), { cause: error });
    }
  }

  /** Cuts what is under way. */
  async close(): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    // An agent that never came to be (its certificate is missing) has nothing to close.
    await agent?.then(
      (made) => made.destroy(),
      () => undefined,
    );
  }

  async #follow(start: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const dispatcher = await this.#connect();
    const seen = new Set<string>();
    for (let url = start; ;) {
      seen.add(url.href);
      // A secret is meant for the host it was configured for, not for whoever that host points to.
      const own = url.origin === start.origin ? await this.#ownHeaders() : {};
      const response = await request(url.href, { dispatcher, headers: { ...headers, ...own }, signal, method: 'GET' });
      const location = textHeader(response, 'location');
      if (!this.#options.followRedirects || !REDIRECT_STATUS.has(response.statusCode) || location === undefined) return response;
      await response.body.dump({ limit: REDIRECT_BODY_LIMIT });
      if (!URL.canParse(location, url.href)) throw new FetchFailed(`the server redirects to "${location}", which is not a URL`);
      url = new URL(location, url);
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw new FetchFailed(`the server redirects to ${url.protocol}, which is not followed`);
      if (seen.has(url.href)) throw new FetchFailed(`the server redirects in a loop, back to ${url.href}`);
      if (seen.size > MAX_REDIRECTS) throw new FetchFailed(`the server redirects more than ${MAX_REDIRECTS} times`);
    }
  }

  #connect(): Promise<Agent> {
    this.#agent ??= makeAgent(this.#options).catch((error: unknown) => {
      // The next request tries again: the file may be there by then.
      this.#agent = undefined;
      throw error;
    });
    return this.#agent;
  }

  async #ownHeaders(): Promise<Record<string, string | string[]>> {
    const headers: Record<string, string | string[]> = {};
    for (const [name, values] of this.#options.headers) headers[name] = [...values];
    const { credentials } = this.#options;
    if (credentials?.kind === 'basic') {
      const pair = `${await readSecret(credentials.user)}:${await readSecret(credentials.password)}`;
      headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    } else if (credentials?.kind === 'token') {
      headers['authorization'] = `${credentials.type} ${await readSecret(credentials.token)}`;
    }
    return headers;
  }
}

async function makeAgent({ tls }: HttpClientOptions): Promise<Agent> {
  const [ca, cert, key] = await Promise.all([tls.ca, tls.cert, tls.key].map(async (source) => source && readSecret(source)));
  return new Agent({
    pipelining: 1,
    // The request's own signal bounds connect, headers and body together.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      rejectUnauthorized: !tls.insecureSkipVerify,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(tls.minVersion === undefined ? {} : { minVersion: tls.minVersion }),
      ...(tls.maxVersion === undefined ? {} : { maxVersion: tls.maxVersion }),
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    },
  });
}

async function readSecret(source: SecretSource): Promise<string> {
  if ('text' in source) return source.text;
  try {
    return (await readFile(source.file, 'utf8')).trim();
  } catch (error) {
    throw new FetchFailed(`cannot read ${source.file}: ${(error as Error).message}`, { cause: error });
  }
}

async function readBody(response: Dispatcher.ResponseData, limitBytes: number, limitName: string): Promise<Uint8Array> {
  const tooLarge = (): FetchFailed => new FetchFailed(`the body is larger than the ${limitName} of ${limitBytes} bytes`);
  if (Number(textHeader(response, 'content-length')) > limitBytes) {
    discard(response);
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Leaving the loop destroys the body, and with it the connection.
    if (length > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, length);
}

async function unpack(packed: Uint8Array, limitBytes: number, limitName: string): Promise<Uint8Array> {
  try {
    return await gunzipBytes(packed, { maxOutputLength: limitBytes });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const problem = tooLarge
      ? `the unpacked body is larger than the ${limitName} of ${limitBytes} bytes`
      : `the body is not gzip: ${(error as Error).message}`;
    throw new FetchFailed(problem, { cause: error });
  }
}

/** Ends an answer whose body is not wanted. */
function discard(response: Dispatcher.ResponseData): void {
  // Its end is reported as an error, which nobody else waits for.
  response.body.on('error', () => undefined).destroy();
}

function textHeader(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** What a failed connection means, for the person who owns the target. */
function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  // Of several addresses that all failed the first one's reason is given.
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens there (connection refused${message.includes(' ') ? `: ${message.split(' ').at(-1)}` : ''})`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name is not known (${message})`;
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
    case 'EPIPE':
      return `the server closed the connection before its answer was complete (${message})`;
    case 'UND_ERR_ABORTED':
    case 'ABORT_ERR':
      return 'the scrape was stopped';
    default:
      return message || String(error);
  }
}
