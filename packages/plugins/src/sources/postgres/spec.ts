import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { DatasourceSpec, SettingControl } from '../../contract.ts';
import { moreOf, readDuration } from '../http-settings.ts';
import { type BuilderQuery, parseBuilder } from './builder-query.ts';

/** How the server is known to be the one that was meant, in libpq's words. */
const TLS_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type TlsMode = (typeof TLS_MODES)[number];

export interface PostgresSettings {
  /** What people call the data source, for sentences. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: {
    readonly mode: TlsMode;
    /** PEM; "" trusts the authorities that everybody trusts. */
    readonly authority: string;
    /** PEM of a client that signs in with a certificate; "" where it does not. */
    readonly certificate: string;
    readonly key: string;
  };
  /** Groups times by TimescaleDB's time_bucket. */
  readonly hasTimescale: boolean;
  /** `$__interval` is no shorter. */
  readonly minIntervalMs: number;
  /** For one question. */
  readonly timeoutMs: number;
  readonly maxConnections: number;
  /** Of one answer. */
  readonly maxRows: number;
}

const FORMATS = ['time_series', 'table', 'logs'] as const;

/** What is asked, in the words of Grafana's SQL sources. */
export interface SqlQuery {
  readonly format: (typeof FORMATS)[number];
  /** Put together in the form, its values apart from its text; undefined where `rawSql` is what is asked. */
  readonly builder: BuilderQuery | undefined;
  readonly rawSql: string;
  /** Lines of logs come with how many there are over the range, by level. */
  readonly volume: boolean;
}

const DEFAULT_PORT = 5432;
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_MS = 600_000;
const DEFAULT_CONNECTIONS = 5;
const MAX_CONNECTIONS = 100;
const MAX_ROWS = 1_000_000;
const MAX_SQL_LENGTH = 200_000;

const usesTls = (read: (path: string) => unknown) => read('jsonData.sslmode') !== 'disable';

const CONTROLS: readonly SettingControl[] = [
  {
    path: 'url',
    label: 'Address',
    group: 'Connection',
    hint: 'The server’s name and port.',
    input: { kind: 'text', placeholder: 'postgres:5432' },
    otherwise: '',
  },
  {
    path: 'jsonData.database',
    label: 'Database',
    group: 'Connection',
    input: { kind: 'text', placeholder: 'metrics' },
    otherwise: '',
  },
  {
    path: 'user',
    label: 'User',
    group: 'Sign-in',
    hint: 'A role that may read what the dashboards show, and nothing else.',
    input: { kind: 'text', placeholder: 'reader' },
    otherwise: '',
  },
  { path: 'secureJsonData.password', label: 'Password', group: 'Sign-in', input: { kind: 'secret' }, otherwise: '' },
  {
    path: 'jsonData.sslmode',
    label: 'TLS',
    group: 'TLS',
    input: {
      kind: 'choice',
      choices: [
        { value: 'disable', label: 'None: everything is sent in the clear' },
        { value: 'require', label: 'Any certificate will do' },
        { value: 'verify-ca', label: 'A certificate of the authority' },
        { value: 'verify-full', label: 'A certificate of the authority for this name' },
      ],
    },
    otherwise: 'require',
  },
  {
    path: 'secureJsonData.tlsCACert',
    label: 'The authority’s certificate',
    group: 'TLS',
    hint: 'Where it is none that everybody trusts.',
    input: { kind: 'secret', lines: 4, placeholder: '-----BEGIN CERTIFICATE-----' },
    otherwise: '',
    when: usesTls,
  },
  {
    path: 'secureJsonData.tlsClientCert',
    label: 'Client certificate',
    group: 'TLS',
    input: { kind: 'secret', lines: 4, placeholder: '-----BEGIN CERTIFICATE-----' },
    otherwise: '',
    when: usesTls,
  },
  {
    path: 'secureJsonData.tlsClientKey',
    label: 'Its key',
    group: 'TLS',
    input: { kind: 'secret', lines: 4, placeholder: '-----BEGIN PRIVATE KEY-----' },
    otherwise: '',
    when: usesTls,
  },
  {
    path: 'jsonData.timescaledb',
    label: 'TimescaleDB',
    group: 'Queries',
    hint: '$__timeGroup becomes time_bucket().',
    input: { kind: 'switch' },
    otherwise: false,
  },
  {
    path: 'jsonData.timeInterval',
    label: 'Shortest interval',
    group: 'Queries',
    hint: 'How often rows come in: $__interval is no shorter.',
    input: { kind: 'text', placeholder: '1m' },
    otherwise: '',
  },
  {
    path: 'jsonData.timeout',
    label: 'Time limit',
    group: 'Limits',
    hint: 'Seconds until the server gives a question up.',
    input: { kind: 'number', min: 1, max: MAX_TIMEOUT_MS / 1_000, placeholder: '30' },
    otherwise: undefined,
  },
  {
    path: 'jsonData.maxOpenConns',
    label: 'Connections at most',
    group: 'Limits',
    hint: 'Further questions wait their turn.',
    input: { kind: 'number', min: 1, max: MAX_CONNECTIONS, placeholder: String(DEFAULT_CONNECTIONS) },
    otherwise: undefined,
  },
  {
    path: 'jsonData.maxRows',
    label: 'Rows at most',
    group: 'Limits',
    hint: 'An answer of more is cut, and says so.',
    input: { kind: 'number', min: 1, max: MAX_ROWS, placeholder: String(MAX_ROWS) },
    otherwise: undefined,
  },
];

export const postgresSpec: DatasourceSpec<PostgresSettings, SqlQuery> = {
  kind: 'postgres',
  aliases: ['grafana-postgresql-datasource'],
  title: 'PostgreSQL',
  description: 'Tables of a PostgreSQL or TimescaleDB database, asked with SQL.',
  controls: CONTROLS,
  parseSettings,
  parseQuery(input) {
    const query = new Read('', input);
    const builder = parseBuilder(query);
    const rawSql = query.at('rawSql').or('', (it) => it.string());
    if (builder === undefined && rawSql.trim() === '')
      throw new BadRequest('rawSql', 'is empty; write a SELECT, or choose a table and columns in the builder');
    if (rawSql.length > MAX_SQL_LENGTH)
      throw new BadRequest('rawSql', `has ${rawSql.length} letters, and the limit is ${MAX_SQL_LENGTH}`);
    return { format: readFormat(query), builder, rawSql, volume: query.at('volume').value === true };
  },
};

/** Saved by number in some versions of Grafana. */
function readFormat(query: Read): SqlQuery['format'] {
  const format = query.at('format');
  if (typeof format.value === 'number') return FORMATS[format.value] ?? 'table';
  return format.or('table', (it) => it.oneOf(FORMATS));
}

function parseSettings(input: unknown): PostgresSettings {
  const settings = new Read('', input);
  const more = moreOf(settings);
  const secrets = settings.at('secrets').or(new Read('secrets', {}), (it) => it);
  const text = (read: Read): string => read.or('', (it) => it.string()).trim();
  const secret = (key: string): string => secrets.at(key).or('', (it) => it.string());
  const authority = secret('tlsCACert');
  const asked = more.at('sslmode').or('require', (it) => (it.value === '' ? 'require' : it.oneOf(TLS_MODES)));
  if (asked !== 'disable' && authority === '' && text(more.at('sslRootCertFile')) !== '')
    throw new BadRequest(
      'jsonData.sslRootCertFile',
      'names a file on the server, and files are not read; paste the certificate (secureJsonData.tlsCACert)',
    );
  const name = text(settings.at('name')) || 'PostgreSQL';
  const user = text(settings.at('user'));
  if (user === '') throw new BadRequest('user', 'is empty; give the role that signs in');
  const database = text(more.at('database')) || text(settings.at('database'));
  if (database === '') throw new BadRequest('jsonData.database', 'is empty; give the database that is asked');
  const certificate = secret('tlsClientCert');
  const key = secret('tlsClientKey');
  if ((certificate === '') !== (key === ''))
    throw new BadRequest(
      certificate === '' ? 'secureJsonData.tlsClientCert' : 'secureJsonData.tlsClientKey',
      'is missing: a certificate and its key go together',
    );
  return {
    name,
    ...parseAddress(text(settings.at('url'))),
    user,
    password: secret('password'),
    database,
    tls: {
      // As libpq has it: whoever gives an authority wants it looked at.
      mode: asked === 'require' && authority !== '' ? 'verify-ca' : asked,
      authority,
      certificate,
      key,
    },
    hasTimescale: more.at('timescaledb').value === true,
    minIntervalMs: readDuration(more.at('timeInterval'), 0),
    timeoutMs: Math.min(MAX_TIMEOUT_MS, readDuration(more.at('timeout'), DEFAULT_TIMEOUT_MS)),
    maxConnections: readCount(more.at('maxOpenConns'), DEFAULT_CONNECTIONS, MAX_CONNECTIONS),
    maxRows: readCount(more.at('maxRows'), MAX_ROWS, MAX_ROWS),
  };
}

/** 0 means no limit in Grafana; here it is the highest. */
function readCount(read: Read, otherwise: number, most: number): number {
  const text = read.or('', (it) => String(it.value)).trim();
  if (text === '') return otherwise;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) read.fail(`"${text.slice(0, 100)}" is not a whole number of at least 1`);
  return count === 0 ? most : Math.min(most, count);
}

/** `host`, `host:port`, `[::1]:5432`, or an address that begins with postgres://. What stands behind that is not read. */
function parseAddress(text: string): { readonly host: string; readonly port: number } {
  if (text.startsWith('/'))
    throw new BadRequest('url', 'is the path of a socket, which is not supported; give the server’s name and port');
  const bare = text
    .replace(/^postgres(?:ql)?:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(/[/?].*$/s, '');
  const [, inBrackets, plain, digits] = /^(?:\[([^\]\s]+)\]|([^:\s[\]]+))(?::(\d{1,5}))?$/.exec(bare) ?? [];
  const host = inBrackets ?? plain;
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (host === undefined || port < 1 || port > 65_535)
    throw new BadRequest('url', `"${text.slice(0, 200)}" is not an address such as postgres:5432`);
  return { host, port };
}
