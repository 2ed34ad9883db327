import type { ErrorCode, ErrorReply } from '../errors.ts';

export type ErrorType =
  | 'timeout'
  | 'canceled'
  | 'execution'
  | 'bad_data'
  | 'internal'
  | 'unavailable'
  | 'not_found'
  | 'not_acceptable';

/** Prometheus' own status codes for its error types. */
const STATUS: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  canceled: 499,
  timeout: 503,
  internal: 500,
  not_found: 404,
  unavailable: 503,
  not_acceptable: 406,
};

/** An answer in Prometheus' words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly type: ErrorType;

  constructor(type: ErrorType, message: string, options?: ErrorOptions) {
    super(message, options);
    this.type = type;
  }

  get status(): number {
    return STATUS[this.type];
  }
}

/** What Prometheus' API calls the errors of our catalogue. */
const TYPES: Readonly<Partial<Record<ErrorCode, ErrorType>>> = {
  bad_request: 'bad_data',
  bad_query: 'bad_data',
  too_large: 'bad_data',
  media_type: 'bad_data',
  query_failed: 'execution',
  query_too_large: 'execution',
  not_there_yet: 'execution',
  query_timeout: 'timeout',
  client_gone: 'canceled',
  not_found: 'not_found',
  busy: 'unavailable',
  read_only: 'unavailable',
};

/** The status is the catalogue's, save where Prometheus has one of its own for the type. */
export function apiErrorType(reply: ErrorReply): { readonly type: ErrorType; readonly status: number } {
  const type = TYPES[reply.code] ?? (reply.status < 500 ? 'bad_data' : 'internal');
  const own = type === 'execution' || type === 'timeout' || type === 'canceled';
  return { type, status: own ? STATUS[type] : reply.status };
}
