import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import { QueryError, StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { isUnwritable } from '@vitrine/tsdb/sqlite-error.ts';
import type { FastifyError, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { bodyTooLarge } from './body-too-large.ts';

/**
 * Every error that the HTTP interface answers: its code, its status, and the sentence it says where what was thrown has
 * none of its own. The Prometheus API wraps the same answers in its own shape.
 */
export const ERRORS = {
  bad_request: { status: 400, sentence: 'The request could not be read.' },
  bad_query: { status: 400, sentence: 'The query could not be read.' },
  not_signed_in: {
    status: 401,
    sentence: 'Nobody is signed in. Open the sign-in link that the server printed when it started, or run "vitrine token link".',
  },
  link_used: {
    status: 401,
    sentence: 'This sign-in link has been used or is too old. Run "vitrine token link" or restart the server to get a new one.',
  },
  token_refused: { status: 401, sentence: 'The token is unknown, revoked or too old. "vitrine token create" makes a new one.' },
  token_needed: {
    status: 401,
    sentence: 'A token is needed on this address: send "Authorization: Bearer …"; "vitrine token create" makes one.',
  },
  not_allowed: { status: 403, sentence: 'This token or user may not do that.' },
  foreign_host: {
    status: 403,
    sentence: 'This server listens on a loopback address and answers to localhost only. Name further hosts in auth.hosts.',
  },
  foreign_origin: { status: 403, sentence: 'The request comes from another site’s page, so it was refused.' },
  not_found: { status: 404, sentence: 'There is nothing at this address.' },
  no_such_dashboard: { status: 404, sentence: 'There is no such dashboard.' },
  no_such_panel: { status: 404, sentence: 'The dashboard has no such panel.' },
  no_such_revision: { status: 404, sentence: 'The dashboard has no such revision; the newest 20 are kept.' },
  no_such_folder: { status: 404, sentence: 'There is no such folder.' },
  no_such_annotation: { status: 404, sentence: 'There is no such annotation.' },
  no_such_library_panel: { status: 404, sentence: 'There is no such library panel.' },
  no_such_playlist: { status: 404, sentence: 'There is no such playlist.' },
  no_such_snapshot: { status: 404, sentence: 'There is no such snapshot, or it has expired.' },
  no_such_source: { status: 404, sentence: 'There is no such data source.' },
  no_such_user: { status: 404, sentence: 'There is no such user.' },
  no_such_group: { status: 404, sentence: 'There is no such group of pushed metrics.' },
  no_such_run: { status: 404, sentence: 'There is no such run.' },
  no_such_project: { status: 404, sentence: 'There is no such project.' },
  no_such_finding: { status: 404, sentence: 'The run has no such finding.' },
  no_such_token: { status: 404, sentence: 'There is no such token.' },
  dashboard_changed: { status: 409, sentence: 'Somebody else saved the dashboard meanwhile.' },
  dashboard_exists: { status: 409, sentence: 'There is a dashboard of that uid already.' },
  run_exists: { status: 409, sentence: 'There is a run of that id already.' },
  run_view_changed: { status: 409, sentence: 'Somebody else saved the view meanwhile.' },
  logdir_busy: { status: 409, sentence: 'What was sent of this log directory is being read. Send it again when that is done.' },
  project_exists: { status: 409, sentence: 'There is a project of that name already.' },
  folder_exists: { status: 409, sentence: 'There is a folder of that title already.' },
  folder_changed: { status: 412, sentence: 'Somebody else changed the folder meanwhile.' },
  library_panel_changed: { status: 409, sentence: 'Somebody else saved the library panel meanwhile.' },
  library_panel_exists: { status: 409, sentence: 'There is a library panel of that uid or name already.' },
  library_panel_in_use: { status: 409, sentence: 'Dashboards show this library panel.' },
  source_changed: { status: 409, sentence: 'Somebody else saved the data source meanwhile.' },
  source_exists: { status: 409, sentence: 'There is a data source of that name or uid already.' },
  provisioned_source: { status: 403, sentence: 'A file sets up this data source, so it is changed there.' },
  too_many_snapshots: { status: 409, sentence: 'Snapshots take as much room as they may. Delete some first.' },
  builtin_dashboard: { status: 409, sentence: 'A built-in dashboard cannot be changed. Save it under another uid.' },
  provisioned_dashboard: {
    status: 409,
    sentence: 'A file says what this dashboard is, so it is changed there. Copy it to change it here.',
  },
  body_too_slow: { status: 408, sentence: 'The request’s body came too slowly: it must be here within two minutes.' },
  too_large: { status: 413, sentence: 'The request’s body is larger than this server takes.' },
  media_type: { status: 415, sentence: 'The body’s content type is not taken here.' },
  nothing_stored: { status: 422, sentence: 'Nothing of what was sent could be stored.' },
  query_failed: { status: 422, sentence: 'The query cannot be answered on this data.' },
  query_too_large: { status: 422, sentence: 'The query asks for more than this server’s limits allow.' },
  too_many_requests: { status: 429, sentence: 'Too many requests. Try again in a while.' },
  busy: { status: 429, sentence: 'More waits to be written than memory is set aside for. Try again in a while.' },
  client_gone: { status: 499, sentence: 'The request was given up.' },
  internal: { status: 500, sentence: 'Something went wrong in the server; its log says what.' },
  not_there_yet: { status: 501, sentence: 'This is not there yet.' },
  query_timeout: { status: 503, sentence: 'The query took too long. Ask for a shorter range or fewer series.' },
  read_only: {
    status: 507,
    sentence: 'The disk is full or not writable, so nothing can be written. Free space on the data folder’s disk.',
  },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** An answer of the catalogue, thrown. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: ErrorCode;
  readonly field: string | undefined;

  constructor(code: ErrorCode, sentence: string = ERRORS[code].sentence, field?: string) {
    super(sentence);
    this.code = code;
    this.field = field;
  }
}

export interface ErrorReply {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly field?: string;
  readonly retryAfterSeconds?: number;
}

/**
 * What to answer for anything thrown. What is not in the catalogue is `internal` and belongs in the log. With the request whose
 * route says how large its body may be, that is in the sentence.
 */
export function replyFor(error: unknown, request?: FastifyRequest): ErrorReply {
  if (error instanceof HttpError) return reply(error.code, error.message, error.field);
  if (error instanceof BadRequest) return reply('bad_request', error.message, error.field);
  if (error instanceof LimitExceeded) return reply('query_too_large', error.message, error.limit);
  if (error instanceof QueryError) return reply(QUERY_ERRORS[error.code], error.message);
  if (error instanceof StoreReadOnly) return { ...reply('read_only', error.message), retryAfterSeconds: error.retryAfterSeconds };
  // The documents' database has no words of its own for it.
  if (isUnwritable(error)) return reply('read_only');
  if (error instanceof StoreBusy) return { ...reply('busy', error.message), retryAfterSeconds: error.retryAfterSeconds };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problem = error.validation[0];
    const field = problem?.instancePath.split('/').filter(Boolean).join('.') || error.validationContext;
    return reply('bad_request', `${field}: ${problem?.message ?? 'is not as expected'}`, field);
  }
  return replyForFastify(error, request);
}

const QUERY_ERRORS = {
  bad_data: 'bad_query',
  execution: 'query_failed',
  timeout: 'query_timeout',
  canceled: 'client_gone',
  limit: 'query_too_large',
  unsupported: 'not_there_yet',
} as const satisfies Record<QueryError['code'], ErrorCode>;

/** What Fastify's words for a body that cannot be read mean to whoever sent it. */
const UNREADABLE_BODIES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body: is empty; send JSON, or no content type',
  FST_ERR_CTP_INVALID_JSON_BODY:
    'body: is not JSON, or is cut off, or has a member "__proto__" or "constructor.prototype", which is not allowed',
};

/** Fastify's own complaints: a body too large, JSON that does not parse, a rate limit. */
function replyForFastify(error: unknown, request: FastifyRequest | undefined): ErrorReply {
  const { statusCode, message, code } = error as Partial<FastifyError>;
  const sentence = code === undefined ? undefined : UNREADABLE_BODIES[code];
  if (sentence !== undefined) return reply('bad_request', sentence, 'body');
  switch (statusCode) {
    case 413:
      return reply('too_large', request && bodyTooLarge(request, request.routeOptions.bodyLimit));
    case 415:
      return reply('media_type');
    case 429:
      return reply('too_many_requests', message ?? ERRORS.too_many_requests.sentence);
    case 400:
      return reply('bad_request', message ?? ERRORS.bad_request.sentence);
    default:
      return isAbort(error) ? reply('client_gone') : reply('internal');
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function reply(code: ErrorCode, message: string = ERRORS[code].sentence, field?: string): ErrorReply {
  return { code, status: ERRORS[code].status, message, ...(field === undefined ? {} : { field }) };
}
