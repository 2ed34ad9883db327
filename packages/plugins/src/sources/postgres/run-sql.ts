import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import pg from 'pg';
import type { BoundSql } from './build-sql.ts';
import { Columns } from './columns.ts';
import type { Pool, Session } from './pool.ts';
import type { PostgresSettings } from './spec.ts';
import { sqlError } from './sql-error.ts';

export interface SqlAnswer {
  readonly columns: Columns;
  /** Whether there were more rows than are here. */
  readonly isCut: boolean;
}

export interface AnswerLimits {
  readonly maxRows: number;
  /** Rows times columns. */
  readonly maxCells: number;
}

/** More than this would fill the memory, and no panel could show it. Counted as it comes in, so that one huge cell counts too. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Until a server that was asked to give up is left alone. */
const CANCEL_MS = 3_000;
/** A server that does not heed its own limit. */
const GRACE_MS = 2_000;
const LOCK_TIMEOUT_MS = 5_000;
const READS = /^(?:select|with|values|table|show|explain)\b/i;
/** Values come as text: columns.ts reads them by their type. */
const AS_TEXT = { getTypeParser: () => (value: string | Buffer) => value };

/**
 * Asks in a transaction that can only read, and that the server ends in time. One statement: the extended protocol takes no more. Rows are
 * read as they come; past a limit the server is asked to give up and what came is answered. Throws QueryError, and LimitExceeded over 64 MiB.
 */
export async function runSql(
  pool: Pool,
  settings: PostgresSettings,
  sql: BoundSql,
  limits: AnswerLimits,
  signal: AbortSignal,
): Promise<SqlAnswer> {
  if (!READS.test(firstWord(sql.text)))
    throw new QueryError(
      'bad_data',
      'Questions may only read: a statement begins with SELECT, WITH, VALUES, TABLE, SHOW or EXPLAIN.',
    );
  return pool.use(signal, async (session, broken) => {
    const asked = { session, settings, signal, broken };
    try {
      signal.throwIfAborted();
      await withinTime(asked, () => session.client.query(begin(settings)));
      const answer = await withinTime(asked, () => stream(session, settings, sql, limits));
      if (answer.isCut) {
        // What is still on its way is not waited for, and the next question must not meet the order to give up.
        broken();
        void session.cancel().catch(() => {});
      } else await withinTime(asked, () => session.client.query('ROLLBACK').catch(broken));
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      // The server goes back to where it was before the question; a connection that cannot is not used again.
      if (isServerError(error)) await withinTime(asked, () => session.client.query('ROLLBACK').catch(broken)).catch(broken);
      else broken();
      throw sqlError(settings, error, sql.text);
    }
  });
}

/** What the server says of a question, and not what became of the connection. */
function isServerError(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}

function begin({ timeoutMs }: PostgresSettings): string {
  return [
    'BEGIN TRANSACTION READ ONLY',
    `SET LOCAL statement_timeout = ${timeoutMs}`,
    `SET LOCAL lock_timeout = ${Math.min(LOCK_TIMEOUT_MS, timeoutMs)}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${timeoutMs}`,
    // What stands in quotes is read as fill-sql.ts writes it, and times as columns.ts reads them.
    'SET LOCAL standard_conforming_strings = on',
    "SET LOCAL DateStyle = 'ISO'",
    "SET LOCAL bytea_output = 'hex'",
    'SET LOCAL extra_float_digits = 1',
  ].join('; ');
}

/** Sends one statement and reads its rows, no more than the limits allow. */
function stream(
  { client, socket }: Session,
  settings: PostgresSettings,
  sql: BoundSql,
  limits: AnswerLimits,
): Promise<SqlAnswer> {
  return new Promise((resolve, reject) => {
    let columns: Columns | undefined;
    let bytes = 0;
    const onData = (part: Buffer): void => {
      bytes += part.length;
      if (bytes <= MAX_BYTES) return;
      // The library would gather the rest of a huge cell; without the connection there is no rest.
      finish();
      reject(
        new LimitExceeded(
          'answer',
          `The data source "${settings.name}" answers with more than ${MAX_BYTES / 1024 / 1024} MiB; ask for fewer rows or columns, or a shorter range`,
        ),
      );
      socket.destroy();
    };
    const finish = (): void => void socket.off('data', onData);
    socket.on('data', onData);
    const query = new pg.Query({
      text: sql.text,
      values: [...sql.values],
      rowMode: 'array',
      queryMode: 'extended',
      types: AS_TEXT,
    } as pg.QueryArrayConfig);
    query.on('row', (row: unknown, result?: Described) => {
      columns ??= new Columns(result?.fields ?? []);
      if (columns.length < limits.maxRows && columns.length * columns.width < limits.maxCells) columns.add(row as Row);
      else {
        finish();
        resolve({ columns, isCut: true });
      }
    });
    query.on('end', (result: Described) => {
      finish();
      resolve({ columns: columns ?? new Columns(result.fields), isCut: false });
    });
    query.on('error', (error: Error) => {
      finish();
      reject(error);
    });
    client.query(query as typeof query & pg.Submittable);
  });
}

type Described = { readonly fields: readonly pg.FieldDef[] };
type Row = readonly (string | null)[];

interface Asked {
  readonly session: Session;
  readonly settings: PostgresSettings;
  readonly signal: AbortSignal;
  readonly broken: () => void;
}

/**
 * Waits no longer than whoever asked, and no longer than the time limit where the server does not heed it. Then the server is asked to give up; one that
 * does not answer that either is left alone.
 */
async function withinTime<T>({ session, settings, signal, broken }: Asked, work: () => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(settings.timeoutMs + GRACE_MS);
  const either = AbortSignal.any([signal, timeout]);
  const running = work();
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () =>
      reject(
        signal.aborted
          ? (signal.reason as Error)
          : new QueryError(
              'timeout',
              `The data source "${settings.name}" did not answer within ${settings.timeoutMs / 1_000} s.`,
            ),
      );
    if (either.aborted) stop();
    else either.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([running, stopped]);
  } catch (error) {
    if (either.aborted) {
      broken();
      void giveUp(session, running);
    }
    throw error;
  } finally {
    either.removeEventListener('abort', stop);
  }
}

/** Nobody waits for this any more: it must only not run on. */
async function giveUp(session: Session, running: Promise<unknown>): Promise<void> {
  const late = setTimeout(() => session.socket.destroy(), CANCEL_MS).unref();
  await session.cancel().catch(() => {});
  await running.catch(() => {});
  clearTimeout(late);
  session.socket.destroy();
}

/** The statement from its first word on: without the comments and brackets before it. */
function firstWord(sql: string): string {
  return sql.replace(/^(?:\s|\(|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*/, '').slice(0, 20);
}
