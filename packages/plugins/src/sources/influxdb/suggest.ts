import { BadRequest } from '@vitrine/model/bad-request.ts';
import { askFlux } from './flux/ask.ts';
import { optionsOf } from './find-options.ts';
import { askInfluxql } from './influxql/ask.ts';
import { quoteIdentifier } from './influxql/quote.ts';
import type { InfluxSettings } from './spec.ts';
import { askSql } from './sql/ask.ts';
import type { InfluxTable } from './table.ts';

/** As many as a list can show; typing on asks again. */
const MOST = 500;

/** What an editor asks: `/language`, `/databases`, `/policies`, `/measurements`, `/tag-keys`, `/tag-values`, `/field-keys`. */
export async function suggestInflux(
  settings: InfluxSettings,
  fetchFrom: typeof fetch,
  path: string,
  parameters: URLSearchParams,
  signal: AbortSignal,
): Promise<unknown> {
  const { language, database, defaultBucket } = settings;
  if (path === '/language') return { language, database: language === 'Flux' ? defaultBucket : database };
  const asked: Asked = {
    what: path.slice(1),
    measurement: parameters.get('measurement') ?? '',
    policy: parameters.get('policy') ?? '',
    key: parameters.get('key') ?? '',
    search: (parameters.get('search') ?? '').slice(0, 200),
  };
  const tables = await ask(settings, fetchFrom, asked, signal);
  const names = optionsOf(tables).map(({ value }) => value);
  const matching = names.filter((name) => name.toLowerCase().includes(asked.search.toLowerCase()));
  return { names: matching.slice(0, MOST), isCut: matching.length > MOST || names.length >= MOST };
}

interface Asked {
  readonly what: string;
  readonly measurement: string;
  readonly policy: string;
  readonly key: string;
  readonly search: string;
}

async function ask(
  settings: InfluxSettings,
  fetchFrom: typeof fetch,
  asked: Asked,
  signal: AbortSignal,
): Promise<readonly InfluxTable[]> {
  switch (settings.language) {
    case 'InfluxQL': {
      const results = await askInfluxql(settings, fetchFrom, [showStatement(asked)], settings.database, signal);
      return results.flatMap(({ series }) => series);
    }
    case 'Flux':
      return askFlux(settings, fetchFrom, schemaCall(asked, settings.defaultBucket), signal);
    case 'SQL':
      return [await askSql(settings, fetchFrom, schemaSelect(asked), signal)];
  }
}

function showStatement({ what, measurement, policy, key, search }: Asked): string {
  const regex = `/(?i)${search.replace(/[\\^$*+?.()|[\]{}/]/g, String.raw`\$&`)}/`;
  const isRegex = /^\/.+\/$/s.test(measurement);
  const source = isRegex ? measurement.replace(/(?<!\\)\/(?!$|(?<=^\/))/g, String.raw`\/`) : quoteIdentifier(measurement);
  const within = policy === '' || policy === 'default' ? source : `${quoteIdentifier(policy)}.${source}`;
  const from = measurement === '' ? '' : ` FROM ${within}`;
  switch (what) {
    case 'databases':
      return 'SHOW DATABASES';
    case 'policies':
      return 'SHOW RETENTION POLICIES';
    case 'measurements':
      return `SHOW MEASUREMENTS${search === '' ? '' : ` WITH MEASUREMENT =~ ${regex}`} LIMIT ${MOST + 1}`;
    case 'tag-keys':
      return `SHOW TAG KEYS${from}`;
    case 'tag-values':
      return `SHOW TAG VALUES${from} WITH KEY = ${quoteIdentifier(key)} LIMIT ${MOST + 1}`;
    case 'field-keys':
      return `SHOW FIELD KEYS${from}`;
    default:
      return unknown(what);
  }
}

function schemaCall({ what, measurement, key }: Asked, bucket: string): string {
  const text = (value: string): string => `"${value.replace(/[\\"]/g, String.raw`\$&`).replaceAll('${', String.raw`\${`)}"`;
  const of = `bucket: ${text(bucket)}${measurement === '' ? '' : `, measurement: ${text(measurement)}`}`;
  const call = (name: string, more = ''): string => `import "influxdata/influxdb/schema"\nschema.${name}(${of}${more})`;
  const kind = measurement === '' ? '' : 'measurement';
  const name = (word: string): string => (kind === '' ? word[0]!.toLowerCase() + word.slice(1) : `${kind}${word}`);
  switch (what) {
    case 'databases':
      return 'buckets() |> rename(columns: {name: "_value"}) |> keep(columns: ["_value"])';
    case 'measurements':
      return `import "influxdata/influxdb/schema"\nschema.measurements(bucket: ${text(bucket)})`;
    case 'tag-keys':
      return call(name('TagKeys'));
    case 'tag-values':
      return call(name('TagValues'), `, tag: ${text(key)}`);
    case 'field-keys':
      return call(name('FieldKeys'));
    default:
      return unknown(what);
  }
}

function schemaSelect({ what, measurement, key }: Asked): string {
  const table = `'${measurement.replaceAll("'", "''")}'`;
  const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const columns = `SELECT column_name FROM information_schema.columns WHERE table_schema = 'iox' AND table_name = ${table}`;
  switch (what) {
    case 'measurements':
      return `SELECT table_name FROM information_schema.tables WHERE table_schema = 'iox' ORDER BY table_name LIMIT ${MOST + 1}`;
    case 'tag-keys':
      return `${columns} AND data_type LIKE 'Dictionary%'`;
    case 'field-keys':
      return `${columns} AND data_type NOT LIKE 'Dictionary%' AND column_name <> 'time'`;
    case 'tag-values':
      return `SELECT DISTINCT ${name(key)} FROM ${name(measurement)} LIMIT ${MOST + 1}`;
    default:
      return unknown(what);
  }
}

function unknown(what: string): never {
  throw new BadRequest('path', `"/${what.slice(0, 100)}" is nothing that an InfluxDB server is asked here`);
}
