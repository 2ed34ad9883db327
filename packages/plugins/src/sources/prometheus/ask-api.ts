import { QueryError } from '@vitrine/model/sample-store.ts';
import { askServer, type HttpAnswer } from '../ask-server.ts';
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

const ERROR_CODES: Readonly<Record<string, QueryError['code']>> = {
  bad_data: 'bad_data',
  timeout: 'timeout',
  canceled: 'canceled',
  execution: 'execution',
};

/** Asks a Prometheus server. Throws QueryError with its sentence, or with why there is none; LimitExceeded for an answer too large. */
export async function askApi(settings: PrometheusSettings, fetchFrom: typeof fetch, question: ApiQuestion): Promise<ApiAnswer> {
  const { path, signal } = question;
  const parameters = new URLSearchParams(
    [...settings.parameters, ...question.parameters].map(([name, value]): [string, string] => [name, value]),
  );
  const send = (method: 'GET' | 'POST'): Promise<HttpAnswer> =>
    askServer(settings, fetchFrom, {
      method,
      path: `api/v1/${path}`,
      signal,
      ...(method === 'GET' ? { parameters } : { body: parameters }),
    });
  let answer = await send(question.method);
  // Some proxies let nothing but GET pass.
  if (answer.status === 405 && question.method === 'POST') answer = await send('GET');
  return readAnswer(settings, answer.status, answer.text);
}

function readAnswer({ name }: PrometheusSettings, status: number, body: string): ApiAnswer {
  if (status === 401 || status === 403)
    throw new QueryError(
      'execution',
      `The data source "${name}" answered HTTP status ${status}: it does not let this user, password or token in. Mend them under Sign-in.`,
    );
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
