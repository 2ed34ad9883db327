import type { ErrorAnswer } from '@vitrine/model/api.ts';
import { noteReachable } from './reachability.ts';

/** The server said no, or could not be reached. The message is a sentence for the reader. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** From the server's error catalogue; "unreachable" where no answer came. */
  readonly code: string;
  readonly field: string | undefined;

  constructor(status: number, code: string, message: string, field?: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A file goes as it is, everything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the server. Throws ApiError, or the signal's reason where it was aborted. */
export async function ask(path: string, { method = 'GET', body, signal }: Ask = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      ...(body === undefined ? {} : bodyOf(body)),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    noteReachable(false);
    throw new ApiError(0, 'unreachable', 'Vitrine does not answer. Is the server running?', undefined, { cause });
  }
  noteReachable(true);
  if (!response.ok) throw await readError(response);
  return response;
}

function bodyOf(body: unknown): Pick<RequestInit, 'body' | 'headers'> {
  if (body instanceof Blob) return { body, headers: { 'content-type': 'application/octet-stream' } };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** As `ask`, read as JSON; an answer of lines of JSON is a list. */
export async function askJson<T>(path: string, options?: Ask): Promise<T> {
  const response = await ask(path, options);
  try {
    if (response.headers.get('content-type')?.startsWith('application/x-ndjson') !== true) return (await response.json()) as T;
    return (await response.text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line)) as T;
  } catch (cause) {
    options?.signal?.throwIfAborted();
    throw new ApiError(response.status, 'unreadable', `The answer of ${path} is not JSON.`, undefined, { cause });
  }
}

async function readError(response: Response): Promise<ApiError> {
  // An error from a proxy in between has no body of ours: then the status has to do.
  const answer: unknown = await response.json().catch(() => undefined);
  const error = (answer as Partial<ErrorAnswer> | undefined)?.error;
  if (typeof error === 'object' && typeof error?.message === 'string') {
    return new ApiError(response.status, error.code, error.message, error.field);
  }
  // The Prometheus API answers `error` as text.
  if (typeof error === 'string') return new ApiError(response.status, 'prometheus', error);
  return new ApiError(response.status, 'http', `The server answered ${response.status} ${response.statusText}`.trim());
}
