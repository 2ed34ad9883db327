import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { DatasourceSpec } from '../../contract.ts';
import { httpControls, type HttpSettings, moreOf, parseHttpSettings } from '../http-settings.ts';
import { type InfluxSelect, parseSelect } from './influxql/select.ts';

/** What a server is asked in: InfluxDB 1 speaks InfluxQL, 2 speaks Flux, 3 speaks SQL; 2 and 3 understand InfluxQL too. */
export type InfluxLanguage = 'InfluxQL' | 'Flux' | 'SQL';

export interface InfluxSettings extends HttpSettings {
  readonly language: InfluxLanguage;
  /** Of InfluxQL and SQL. "" leaves it to the query. */
  readonly database: string;
  /** Of Flux: a name or an id. */
  readonly organization: string;
  readonly defaultBucket: string;
  /** How InfluxQL is sent. */
  readonly method: 'GET' | 'POST';
  /** No finer step than this, such as "10s"; "" leaves it to the panel. */
  readonly minInterval: string;
  /** More series than this are not drawn; undefined leaves it to the server's limit. */
  readonly maxSeries: number | undefined;
}

/** One query of a panel, in the words of Grafana's targets. */
export interface InfluxQuery {
  /** What somebody wrote, with variables and macros in it; "" asks nothing. */
  readonly written: string;
  /** What was put together in the builder of InfluxQL, whose text may be kept beside it; undefined where the text counts. */
  readonly built: InfluxSelect | undefined;
  readonly format: 'time_series' | 'table' | 'logs';
  /** With `$m`, `$col`, `$tag_host`, `[[…]]` in it; "" names each series by its measurement, column and tags. */
  readonly alias: string;
  /** InfluxQL: the database to ask instead of the source's own. */
  readonly database: string;
}

const EXAMPLE = 'http://influxdb:8086';
const LANGUAGES = ['InfluxQL', 'Flux', 'SQL'] as const;
const MAX_TEXT_LENGTH = 100_000;
/** Grafana's names and numbers for them. */
const FORMATS: Readonly<Record<string, InfluxQuery['format']>> = {
  '': 'time_series',
  '0': 'time_series',
  '1': 'table',
  time_series: 'time_series',
  timeseries: 'time_series',
  table: 'table',
  logs: 'logs',
};

/** Reads a query's spec: a text, or what was put together in the builder. Throws BadRequest that names the field. */
function parseInfluxQuery(input: unknown): InfluxQuery {
  // Targets of other programs carry much that means nothing here.
  const query = new Read('', input);
  const format = query.at('resultFormat').missing ? query.at('format') : query.at('resultFormat');
  return {
    written: readWritten(query),
    built: query.at('rawQuery').value === true || query.at('measurement').missing ? undefined : parseSelect(query),
    format: FORMATS[format.or('', (it) => String(it.value))] ?? format.fail('is none of time_series, table, logs'),
    alias: query.at('alias').or('', (it) => it.string()),
    database: query.at('database').or('', (it) => it.string()),
  };
}

function readWritten(query: Read): string {
  const written = ['rawSql', 'query'].map((key) => query.at(key)).find((it) => typeof it.value === 'string' && it.value !== '');
  const text = written?.string().trim() ?? '';
  if (text.length > MAX_TEXT_LENGTH)
    throw new BadRequest(written?.path ?? 'query', `is ${text.length} characters long; at most ${MAX_TEXT_LENGTH} are read`);
  return text;
}

const speaks =
  (...languages: readonly InfluxLanguage[]) =>
  (read: (path: string) => unknown): boolean =>
    languages.includes((read('jsonData.version') as InfluxLanguage | undefined) ?? 'InfluxQL');

export const influxSpec: DatasourceSpec<InfluxSettings, InfluxQuery> = {
  kind: 'influxdb',
  title: 'InfluxDB',
  description: 'Measurements of InfluxDB 1, 2 or 3, asked in InfluxQL, Flux or SQL.',
  controls: [
    ...httpControls(EXAMPLE),
    {
      path: 'jsonData.version',
      label: 'Language',
      group: 'Queries',
      hint: 'InfluxDB 1 speaks InfluxQL, 2 speaks Flux, 3 speaks SQL.',
      input: { kind: 'choice', choices: LANGUAGES.map((value) => ({ value, label: value })) },
      otherwise: 'InfluxQL',
    },
    {
      path: 'jsonData.dbName',
      label: 'Database',
      group: 'Queries',
      input: { kind: 'text', placeholder: 'telegraf' },
      otherwise: '',
      when: speaks('InfluxQL', 'SQL'),
    },
    {
      path: 'jsonData.organization',
      label: 'Organization',
      group: 'Queries',
      input: { kind: 'text' },
      otherwise: '',
      when: speaks('Flux'),
    },
    {
      path: 'jsonData.defaultBucket',
      label: 'Bucket',
      group: 'Queries',
      hint: 'What v.defaultBucket stands for.',
      input: { kind: 'text' },
      otherwise: '',
      when: speaks('Flux'),
    },
    {
      path: 'jsonData.httpMode',
      label: 'Questions are sent by',
      group: 'Queries',
      input: {
        kind: 'choice',
        choices: [
          { value: 'GET', label: 'GET' },
          { value: 'POST', label: 'POST' },
        ],
      },
      otherwise: 'GET',
      when: speaks('InfluxQL'),
    },
    {
      path: 'jsonData.timeInterval',
      label: 'Shortest step',
      group: 'Queries',
      hint: 'How often values come in: $__interval and v.windowPeriod are no shorter.',
      input: { kind: 'text', placeholder: '10s' },
      otherwise: '',
    },
    {
      path: 'jsonData.maxSeries',
      label: 'Most series',
      group: 'Queries',
      input: { kind: 'number', min: 1, max: 100_000, placeholder: '1000' },
      otherwise: undefined,
    },
    {
      path: 'user',
      label: 'User of the database',
      group: 'Sign-in',
      input: { kind: 'text' },
      otherwise: '',
      when: speaks('InfluxQL'),
    },
    {
      path: 'secureJsonData.password',
      label: 'Its password',
      group: 'Sign-in',
      input: { kind: 'secret' },
      otherwise: '',
      when: speaks('InfluxQL'),
    },
    {
      path: 'secureJsonData.token',
      label: 'Token',
      group: 'Sign-in',
      hint: 'One that may read and not write.',
      input: { kind: 'secret' },
      otherwise: '',
    },
  ],
  parseSettings(input) {
    const settings = new Read('', input);
    const more = moreOf(settings);
    const text = (read: Read): string => read.or('', (it) => it.string()).trim();
    const http = parseHttpSettings(input, EXAMPLE);
    const language = more.at('version').or('InfluxQL', (it) => it.oneOf(LANGUAGES));
    return {
      ...http,
      headers: { ...signIn(settings, language), ...http.headers },
      language,
      database: text(more.at('dbName')) || text(settings.at('database')),
      organization: text(more.at('organization')),
      defaultBucket: text(more.at('defaultBucket')),
      method: more.at('httpMode').or('GET', (it) => (String(it.value).toUpperCase() === 'POST' ? 'POST' : 'GET')),
      minInterval: text(more.at('timeInterval')),
      maxSeries: more
        .at('maxSeries')
        .or(undefined, (it) => (it.value === '' ? undefined : Math.max(1, Math.floor(Number(it.value)) || 1))),
    };
  },
  parseQuery: parseInfluxQuery,
};

/** A token, or the name and password of a user of the database. */
function signIn(settings: Read, language: InfluxLanguage): Record<string, string> {
  const secrets = settings.at('secrets').or({}, (it) => it.object());
  const secret = (key: string): string => (typeof secrets[key] === 'string' ? secrets[key].trim() : '');
  const token = secret('token');
  if (token !== '') {
    if (!/^[\x21-\x7e]{1,10000}$/.test(token)) throw new BadRequest('secrets.token', 'holds characters that no HTTP header may');
    return { authorization: `${language === 'SQL' ? 'Bearer' : 'Token'} ${token}` };
  }
  const user = settings.at('user').or('', (it) => it.string());
  // Files that have it in the clear are as old as the user's name in them.
  const password = secret('password') || settings.at('password').or('', (it) => it.string());
  if (user === '' && password === '') return {};
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}
