import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { HttpSettings } from './http-settings.ts';

export interface HttpQuestion {
  readonly method: 'GET' | 'POST';
  /** Behind the source's address; without a slash at its start. */
  readonly path: string;
  readonly parameters?: URLSearchParams;
  /** A form where it is URLSearchParams. */
  readonly body?: string | URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  /** 128 MiB where absent. */
  readonly maxBytes?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A larger answer than this would fill the memory, and no panel could show it. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;

/**
 * Asks a server behind HTTP, and answers whatever status it says. Throws QueryError with a sentence where it cannot be reached, does not answer
 * in time or sends on elsewhere, and LimitExceeded for an answer too large. Whoever gave up throws what it gave up with.
 */
export async function askServer(settings: HttpSettings, fetchFrom: typeof fetch, question: HttpQuestion): Promise<HttpAnswer> {
  const { name, timeoutMs } = settings;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = question.signal === undefined ? timeout : AbortSignal.any([question.signal, timeout]);
  try {
    const response = await send(settings, fetchFrom, question, signal);
    const { status, headers } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      const to = (headers.get('location') ?? '').slice(0, 200);
      throw new QueryError(
        'execution',
        `The data source "${name}" answered HTTP status ${status} and sends on to "${to}", which is not followed. Give it the address that answers.`,
      );
    }
    return { status, headers, text: await readBody(response, question.maxBytes ?? MAX_BODY_BYTES) };
  } catch (error) {
    question.signal?.throwIfAborted();
    if (error instanceof QueryError || error instanceof LimitExceeded) throw error;
    const because = { cause: error };
    if (timeout.aborted)
      throw new QueryError(
        'timeout',
        `The data source "${name}" did not answer within ${timeoutMs / 1_000} s.`,
        undefined,
        because,
      );
    throw new QueryError(
      'execution',
      `The data source "${name}" cannot be reached: ${whyNot(error, settings.url)}`,
      undefined,
      because,
    );
  }
}

async function send(
  { url: base, headers: fixed }: HttpSettings,
  fetchFrom: typeof fetch,
  { method, path, parameters, body, headers }: HttpQuestion,
  signal: AbortSignal,
): Promise<Response> {
  const url = new URL(path, base);
  // A name within a path may be anybody's: none may lead out of the source's own.
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname))
    throw new QueryError('bad_data', `The path "${path.slice(0, 200)}" leads out of the data source's address.`);
  if (parameters !== undefined) url.search = parameters.toString();
  return fetchFrom(url, {
    method,
    headers: { accept: 'application/json', ...headers, ...fixed },
    // Secrets in headers are for this address; a server that sends on to another would get them there, or ask for us inside our network.
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body }),
  });
}

async function readBody(response: Response, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  if (response.body === null) return '';
  // A stream that throws here is cancelled by the loop's own end.
  for await (const part of response.body) {
    length += part.length;
    if (length > maxBytes) {
      throw new LimitExceeded(
        'answer',
        `The data source answers with more than ${Math.floor(maxBytes / 1024 / 1024)} MiB; ask for fewer series, a shorter range or a longer step`,
      );
    }
    parts.push(part);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new TextDecoder().decode(whole);
}

/** Why a connection failed, and what to do about it, as the end of a sentence. */
export function whyNot(error: unknown, { hostname, port, protocol }: Pick<URL, 'hostname' | 'port' | 'protocol'>): string {
  // fetch() says "fetch failed" and keeps why in the cause.
  const { message, cause } = error as Error;
  const inner = (cause instanceof Error ? cause : error) as Error & { readonly code?: string };
  const where = `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
  switch (inner.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no address is known for the name "${hostname}". Is it spelled as its network knows it?`;
    case 'ECONNREFUSED':
      return `nothing listens at ${where}. Is the server running, and is this its port?`;
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return protocol === 'https:'
        ? `${where} closed the connection. Does it speak TLS, and want a client certificate that it knows?`
        : `${where} closed the connection. Does it speak HTTP without TLS?`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `there is no way to ${where}. Does a firewall stand between?`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return `${where} does not speak TLS. Try http:// instead of https://.`;
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${where} has expired.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${where} is for another name: ${inner.message}.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `the certificate of ${where} is from an authority that is not trusted here. Give the authority’s certificate under TLS.`;
    default: {
      const certificate = clientCertificateProblem(inner.code ?? '', where);
      if (certificate !== undefined) return certificate;
      // What fetch() says of ports that browsers never ask, such as that of mail.
      if (inner.message === 'bad port') return `port ${port} belongs to another protocol than HTTP.`;
      return `${(inner.message === '' ? message : inner.message).replace(/\.$/, '')}.`;
    }
  }
}

/** What is wrong with the certificate that a client shows, as the end of a sentence; undefined where the error is another. `code` is OpenSSL's. */
export function clientCertificateProblem(code: string, where: string): string | undefined {
  switch (code.replace(/^ERR_SSL_(?:TLSV1|TLSV13|SSLV3|SSL\/TLS)_ALERT_/, '')) {
    case 'CERTIFICATE_REQUIRED':
    case 'HANDSHAKE_FAILURE':
      return `${where} wants a client certificate, and gets none that it knows. Give it under TLS.`;
    case 'UNKNOWN_CA':
    case 'BAD_CERTIFICATE':
    case 'CERTIFICATE_UNKNOWN':
    case 'CERTIFICATE_EXPIRED':
    case 'DECRYPT_ERROR':
      return `${where} does not take the client certificate: it has expired, or is from an authority that is not trusted there.`;
    case 'ERR_OSSL_PEM_NO_START_LINE':
    case 'ERR_OSSL_PEM_BAD_END_LINE':
    case 'ERR_OSSL_UNSUPPORTED':
      return 'a certificate or key under TLS is not PEM, which begins with -----BEGIN and ends with -----END.';
    case 'ERR_OSSL_X509_KEY_VALUES_MISMATCH':
      return 'the client certificate and its key, under TLS, do not belong together.';
    default:
      return undefined;
  }
}
