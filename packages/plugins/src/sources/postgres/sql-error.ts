import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { clientCertificateProblem } from '../ask-server.ts';
import type { PostgresSettings } from './spec.ts';

/** What the server sends with an error. */
interface ServerError extends Error {
  /** SQLSTATE; a name such as ECONNRESET where the error is of the network, which `syscall` tells. */
  readonly code?: string;
  readonly syscall?: string;
  /** Counted from 1, in characters of the statement. */
  readonly position?: string;
  readonly hint?: string;
  readonly detail?: string;
}

/** What an error of the server or of the connection means to whoever asked. `sql` is what was asked, "" where nothing was yet. */
export function sqlError(settings: PostgresSettings, error: unknown, sql: string): Error {
  if (error instanceof QueryError || error instanceof LimitExceeded) return error;
  const { code = '', syscall, message, position, hint } = error as ServerError;
  const { name, user, database, timeoutMs } = settings;
  const fail = (kind: QueryError['code'], sentence: string): QueryError =>
    new QueryError(kind, sentence, undefined, { cause: error });
  // A server that says what is wrong with the question has answered: a cause would tell of one that has not.
  const refuse = (kind: QueryError['code'], sentence: string): QueryError => new QueryError(kind, sentence);
  const said = message.slice(0, 1_000);
  // A server that wants another certificate says so behind the handshake, and to the first question.
  const certificate = clientCertificateProblem(code, `${settings.host}:${settings.port}`);
  if (certificate !== undefined) return fail('execution', `The data source "${name}" cannot be reached: ${certificate}`);
  switch (syscall === undefined ? code : '') {
    case '28P01':
      return fail('execution', `The data source "${name}" refuses the password of the user "${user}".`);
    case '28000':
      return fail(
        'execution',
        `The data source "${name}" does not let the user "${user}" in: ${said}. Its pg_hba.conf says who may, from where and whether with TLS.`,
      );
    case '3D000':
      return fail('execution', `The data source "${name}" has no database "${database}".`);
    case '53300':
      return fail(
        'execution',
        `The data source "${name}" has no connection left: ${said}. Ask again, or set up fewer connections.`,
      );
    case '57P03':
      return fail('execution', `The data source "${name}" is starting up or shutting down. Ask again in a moment.`);
    case '57P01':
    case '57P02':
      return fail(
        'execution',
        `The data source "${name}" ended the connection: its server is shutting down, or somebody ended the session.`,
      );
    case '57014':
      return fail(
        'timeout',
        `The data source "${name}" did not answer within ${timeoutMs / 1_000} s. Ask for less time or fewer rows, or give it an index.`,
      );
    case '55P03':
      return refuse(
        'timeout',
        `The data source "${name}" waits for a lock that somebody else holds on a table of the question. Ask again in a moment.`,
      );
    case '25006':
      return refuse('bad_data', `Questions may only read: ${said}.`);
    case '42501':
      return refuse('execution', `The user "${user}" may not read this: ${said}.`);
    case '':
      return fail('execution', `The data source "${name}" closed the connection${said === '' ? '' : `: ${said}`}.`);
    default:
      return refuse(
        // Syntax and names (42), values that do not fit (22): whoever wrote it can mend it.
        /^(?:42|22)/.test(code) ? 'bad_data' : 'execution',
        `${said}${place(sql, Number(position))}.${hint === undefined ? '' : ` ${hint}`}`,
      );
  }
}

/** ` in line 2: "FORM x"`. */
function place(sql: string, position: number): string {
  if (sql === '' || !(position >= 1)) return '';
  // The server counts characters, and a string here UTF-16 units.
  const before = Array.from(sql)
    .slice(0, position - 1)
    .join('');
  const line = before.split('\n').length;
  const rest = (sql.slice(before.length).split('\n')[0] ?? '').slice(0, 40);
  return ` in line ${line}${rest === '' ? ', at its end' : `, at “${rest}”`}`;
}
