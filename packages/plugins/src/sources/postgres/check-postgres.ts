import type { DatasourceNeeds, SourceCheck } from '../../contract.ts';
import { openSession } from './pool.ts';
import type { PostgresSettings } from './spec.ts';
import { sqlError } from './sql-error.ts';

/** Members of these may do more than read, whatever they own. */
const MIGHTY = ['pg_write_all_data', 'pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files'];

const FACTS = `
SELECT version() AS version,
  current_setting('server_version') AS number,
  (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS super,
  EXISTS (
    SELECT FROM pg_catalog.pg_roles WHERE rolname = ANY ($1) AND pg_has_role(current_user, oid, 'MEMBER')
  ) AS mighty,
  EXISTS (
    SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
      AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
  ) AS writes,
  EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'timescaledb') AS timescale`;

/** Signs in on a connection of its own, asks what the server is and what the user may do there. Throws QueryError with what is wrong. */
export async function checkPostgres(
  settings: PostgresSettings,
  dial: DatasourceNeeds['dial'],
  signal: AbortSignal,
): Promise<SourceCheck> {
  const session = await openSession(settings, dial, signal);
  const stop = (): void => void session.socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const tooLong = setTimeout(stop, settings.timeoutMs);
  try {
    const { rows } = await session.client.query<Record<string, unknown>>({ text: FACTS, values: [MIGHTY] });
    const { version, number, ...facts } = rows[0] ?? {};
    const product = /^(CockroachDB|YugabyteDB|Redshift)/i.exec(String(version))?.[1] ?? 'PostgreSQL';
    return { product, version: String(number).split(' ')[0] ?? '', notes: notesOf(settings, facts, String(number)) };
  } catch (error) {
    signal.throwIfAborted();
    throw sqlError(settings, error, '');
  } finally {
    clearTimeout(tooLong);
    signal.removeEventListener('abort', stop);
    await session.client.end().catch(() => {});
    session.socket.destroy();
  }
}

function notesOf(
  { user, tls, hasTimescale }: PostgresSettings,
  facts: Readonly<Record<string, unknown>>,
  number: string,
): string[] {
  const notes: string[] = [];
  if (facts['super'] === true)
    notes.push(
      `The user "${user}" is a superuser, who may read the server’s files and run programs there. Use a role that may only read.`,
    );
  else if (facts['mighty'] === true)
    notes.push(`The user "${user}" may read or write the server’s files or write all tables. Use a role that may only read.`);
  else if (facts['writes'] === true)
    notes.push(
      `The user "${user}" may write. Questions are asked in read-only transactions, but functions can do what they like: use a role that may only read.`,
    );
  if (tls.mode === 'disable') notes.push('The connection is not enciphered: the password and all rows can be read on the way.');
  if (tls.mode === 'require') notes.push('The connection is enciphered, but whose certificate it is is not looked at.');
  if (facts['timescale'] === true && !hasTimescale)
    notes.push('TimescaleDB is installed: switch it on under Queries, and $__timeGroup becomes time_bucket().');
  if (facts['timescale'] !== true && hasTimescale)
    notes.push('TimescaleDB is switched on, but not installed in this database: $__timeGroup will fail.');
  if (Number.parseInt(number, 10) < 12) notes.push('This version is older than any that is tried here (12).');
  return notes;
}
