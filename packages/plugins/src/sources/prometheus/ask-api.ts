import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { PrometheusSettings } from './spec.ts';

export interface ApiQuestion {
  /** Behind /api/v1/. */
  readonly path: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly method: 'GET' | 'POST';
  readonly signal: AbortSignal | undefined;
}

export interface ApiAnswer {
  readonly data: unknown;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** A larger answer than this would fill the memory, and no panel could show it. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;
const ERROR_CODES: Readonly<Record<string, QueryError['code']>> = {
  bad_data: 'bad_data',
  timeout: 'timeout',
  canceled: 'canceled',
  execution: 'execution',
};

/** Asks a Prometheus server. Throws QueryError with its sentence, or with why there is none; LimitExceeded for an answer too large. */
export async function askApi(settings: PrometheusSettings, fetchFrom: typeof fetch, question: ApiQuestion): Promise<ApiAnswer> {
  const timeout = AbortSignal.timeout(settings.timeoutMs);
  const signal = question.signal === undefined ? timeout : AbortSignal.any([question.signal, timeout]);
  try {
    let response = await send(settings, fetchFrom, question, question.method, signal);
    // Some proxies let nothing but GET pass.
    if (response.status === 405 && question.method === 'POST') {
      await response.body?.cancel();
      response = await send(settings, fetchFrom, question, 'GET', signal);
    }
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new QueryError('execution', redirected(settings, response));
    }
    return readAnswer(settings, response.status, await readBody(response));
  } catch (error) {
    question.signal?.throwIfAborted();
    if (error instanceof QueryError || error instanceof LimitExceeded) throw error;
    if (timeout.aborted) {
      throw new QueryError(
        'timeout',
        `The data source "${settings.name}" did not answer within ${settings.timeoutMs / 1_000} s.`,
        undefined,
        { cause: error },
      );
    }
    throw new QueryError('execution', `The data source "${settings.name}" cannot be reached: ${reason(error)}.`, undefined, {
      cause: error,
    });
  }
}

async function send(
  { url: base, headers, parameters: fixed }: PrometheusSettings,
  fetchFrom: typeof fetch,
  { path, parameters }: ApiQuestion,
  method: 'GET' | 'POST',
  signal: AbortSignal,
): Promise<Response> {
  const url = new URL(`api/v1/${path}`, base);
  // They travel in a header.
  url.username = '';
  url.password = '';
  const query = new URLSearchParams([...fixed, ...parameters].map(([name, value]): [string, string] => [name, value]));
  if (method === 'GET') url.search = query.toString();
  return fetchFrom(url, {
    method,
    headers: { accept: 'application/json', ...headers },
    // Secrets in headers are for this address; a server that sends on to another would get them there, or ask for us inside our network.
    redirect: 'manual',
    signal,
    ...(method === 'POST' ? { body: query } : {}),
  });
}

function redirected({ name }: PrometheusSettings, { status, headers }: Response): string {
  const to = (headers.get('location') ?? '').slice(0, 200);
  return `The data source "${name}" answered HTTP status ${status} and sends on to "${to}", which is not followed. Give it the address that answers.`;
}

async function readBody(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  if (response.body === null) return '';
  // A stream that throws here is cancelled by the loop's own end.
  for await (const part of response.body) {
    length += part.length;
    if (length > MAX_BODY_BYTES) {
      throw new LimitExceeded(
        'answer',
        `The data source answers with more than ${MAX_BODY_BYTES / 1024 / 1024} MiB; ask for fewer series, a shorter range or a longer step`,
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

function readAnswer({ name }: PrometheusSettings, status: number, body: string): ApiAnswer {
  let answer: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(body);
    answer = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch (cause) {
    throw new QueryError(
      'execution',
      `The data source "${name}" answered HTTP status ${status} with something else than JSON. Is its address that of a Prometheus server?`,
      undefined,
      { cause },
    );
  }
  if (answer['status'] === 'success')
    return { data: answer['data'], warnings: texts(answer['warnings']), infos: texts(answer['infos']) };
  const said = answer['error'];
  const code = ERROR_CODES[String(answer['errorType'])] ?? 'execution';
  throw new QueryError(
    code,
    typeof said === 'string' && said !== '' ? said.slice(0, 2_000) : `The data source "${name}" answered HTTP status ${status}.`,
  );
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** fetch() says "fetch failed" and keeps why in the cause. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
