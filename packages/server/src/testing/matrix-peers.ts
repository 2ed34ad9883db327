import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { type SearchServer, startSearchServer, whyNoSearchServer } from '../../../../scripts/peers/search-server.ts';
import { encodeWriteRequest, packSnappy } from '../ingest/remote-write/encode-remote-write.ts';
import {
  DEPLOYED,
  DOCUMENTS,
  LATENCIES,
  LINE_PROTOCOL,
  LINES,
  MAPPINGS,
  MODELS,
  SERIES,
  SQL,
  TIMES,
  VERSION,
} from './matrix-data.ts';
import { hasInfluxdb, startInfluxdb } from './start-influxdb.ts';
import { hasPostgres, startPostgres } from './start-postgres.ts';
import { hasPrometheus, startPrometheus } from './start-prometheus.ts';
import { hasVictoriaMetrics, startVictoriaMetrics } from './start-victoria-metrics.ts';

type Stops = (() => Promise<void>)[];

/** What a data source is saved as. */
export interface PeerSettings {
  readonly url: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A server that holds the data of matrix-data.ts, and what a source of its kind is asked for it. */
export interface Peer {
  /** The first column of the matrix. */
  readonly name: string;
  /** The second: what the server says it is, or would. */
  readonly product: string;
  readonly type: string;
  /** Why it cannot be run here. */
  readonly missing: () => string | undefined;
  /** Starts the server, writes the data and answers how a source reaches it. */
  start(folder: string, stops: Stops): Promise<PeerSettings>;
  /** Whether it is a server of ours that replays answers as they are documented: then that is what was proven. */
  readonly isReplay?: boolean;
  /** Latency by model. */
  readonly latency: object;
  /** Latency at the end, as a number for each model; the same as `latency` where a rule has to take the last itself. */
  readonly instant: object;
  /** Finds the models. */
  readonly variable: object;
  readonly annotation: object;
  /** Lines at the level error; undefined where such a server holds no lines. */
  readonly logs: object | undefined;
  /** A path that the editor asks for completion, and a word that must be in the answer. */
  readonly completion: readonly [path: string, word: string];
}

const PROMQL = {
  latency: { expr: 'latency_seconds' },
  instant: { expr: 'latency_seconds', instant: true },
  variable: { query: 'label_values(latency_seconds, model)' },
  annotation: { expr: 'deployed', step: '10s', titleFormat: '{{version}}' },
  logs: undefined,
} as const;
const METRIC_NAMES = ['/api/v1/label/__name__/values', 'latency_seconds'] as const;

const INFLUXQL_LATENCY = { rawQuery: true, query: 'SELECT "seconds" FROM "latency" WHERE $timeFilter GROUP BY "model"' };
const FLUX_LATENCY = {
  query:
    'from(bucket: v.defaultBucket) |> range(start: v.timeRangeStart, stop: v.timeRangeStop) |> filter(fn: (r) => r._measurement == "latency")',
};
const SQL_LATENCY = {
  rawSql: 'SELECT at AS time, model, seconds FROM latency WHERE $__timeFilter(at) ORDER BY 1',
  format: 'time_series',
};
const INFLUX_SQL_LATENCY = {
  rawSql: 'SELECT time, model, seconds FROM latency WHERE $__timeFilter(time) ORDER BY time',
  format: 'time_series',
};
const LUCENE_LATENCY = {
  query: 'kind:request',
  metrics: [{ id: '1', type: 'avg', field: 'seconds' }],
  bucketAggs: [
    { id: 'm', type: 'terms', field: 'model', settings: { size: '10', orderBy: '_key', order: 'asc' } },
    { id: 't', type: 'date_histogram', field: '@timestamp', settings: { interval: '10s' } },
  ],
};

export const PEERS: readonly Peer[] = [
  {
    name: 'Prometheus',
    product: 'Prometheus',
    type: 'prometheus',
    missing: () => (hasPrometheus() ? undefined : 'prometheus is not installed'),
    async start(folder, stops) {
      return { url: await writeSeries(await startPrometheus(folder, stops)), settings: {} };
    },
    ...PROMQL,
    completion: METRIC_NAMES,
  },
  {
    name: 'Prometheus',
    product: 'VictoriaMetrics',
    type: 'prometheus',
    missing: () => (hasVictoriaMetrics() ? undefined : 'victoria-metrics is not installed'),
    async start(folder, stops) {
      const url = await writeSeries(await startVictoriaMetrics(folder, stops));
      await post(`${url}/internal/force_flush`, '');
      return { url, settings: {} };
    },
    ...PROMQL,
    completion: METRIC_NAMES,
  },
  {
    name: 'InfluxDB, InfluxQL',
    product: 'InfluxDB',
    type: 'influxdb',
    missing: () => (hasInfluxdb() ? undefined : 'influxdb is not installed'),
    async start(folder, stops) {
      const url = await startInfluxdb(folder, stops);
      await post(`${url}/query?q=${encodeURIComponent('CREATE DATABASE ml')}`, '');
      await post(`${url}/write?db=ml&precision=ms`, LINE_PROTOCOL);
      return { url, settings: { jsonData: { dbName: 'ml' } } };
    },
    latency: INFLUXQL_LATENCY,
    instant: INFLUXQL_LATENCY,
    variable: { query: 'SHOW TAG VALUES FROM "latency" WITH KEY = "model"' },
    annotation: { query: 'SELECT "version" FROM "deployments" WHERE $timeFilter', titleColumn: 'version' },
    logs: {
      rawQuery: true,
      query: `SELECT "message", "level", "model" FROM "lines" WHERE $timeFilter AND "level" = 'error'`,
      resultFormat: 'logs',
    },
    completion: ['/measurements', 'latency'],
  },
  {
    name: 'InfluxDB, Flux',
    product: 'none: answers as InfluxDB 2 documents them',
    type: 'influxdb',
    isReplay: true,
    missing: () => undefined,
    async start(_, stops) {
      const url = await replay(stops, answerFlux);
      return {
        url,
        settings: { jsonData: { version: 'Flux', organization: 'ml', defaultBucket: 'ml' } },
        secrets: { token: 'only-a-test' },
      };
    },
    latency: FLUX_LATENCY,
    instant: FLUX_LATENCY,
    variable: {
      query: 'import "influxdata/influxdb/schema"\nschema.tagValues(bucket: v.defaultBucket, tag: "model")',
    },
    annotation: {
      query:
        'from(bucket: v.defaultBucket) |> range(start: v.timeRangeStart, stop: v.timeRangeStop) |> filter(fn: (r) => r._measurement == "deployments")',
      titleColumn: '_value',
    },
    logs: {
      query:
        'from(bucket: v.defaultBucket) |> range(start: v.timeRangeStart, stop: v.timeRangeStop) |> filter(fn: (r) => r._measurement == "lines")',
      resultFormat: 'logs',
    },
    completion: ['/measurements', 'latency'],
  },
  {
    name: 'InfluxDB, SQL',
    product: 'none: answers as InfluxDB 3 documents them',
    type: 'influxdb',
    isReplay: true,
    missing: () => undefined,
    async start(_, stops) {
      const url = await replay(stops, answerInfluxSql);
      return { url, settings: { jsonData: { version: 'SQL', dbName: 'ml' } }, secrets: { token: 'only-a-test' } };
    },
    latency: INFLUX_SQL_LATENCY,
    instant: INFLUX_SQL_LATENCY,
    variable: { query: 'SELECT DISTINCT model FROM latency' },
    annotation: { query: 'SELECT time, version FROM deployments WHERE $__timeFilter(time)', titleColumn: 'version' },
    logs: {
      rawSql: `SELECT time, message, level, model FROM lines WHERE level = 'error' AND $__timeFilter(time)`,
      format: 'logs',
    },
    completion: ['/measurements', 'latency'],
  },
  ...(['opensearch', 'elasticsearch'] as const).map((server): Peer => ({
    name: 'Elasticsearch, OpenSearch',
    product: server === 'opensearch' ? 'OpenSearch' : 'Elasticsearch',
    type: 'elasticsearch',
    missing: () => whyNoSearchServer(server),
    start: (folder, stops) => startSearch(server, folder, stops),
    latency: LUCENE_LATENCY,
    instant: LUCENE_LATENCY,
    variable: { query: '{"find": "terms", "field": "model"}' },
    annotation: { query: 'kind:deployment', titleField: 'message' },
    logs: { query: 'kind:line AND level:error', metrics: [{ id: '1', type: 'logs', settings: { limit: '100' } }] },
    completion: ['/fields', 'seconds'],
  })),
  {
    name: 'PostgreSQL',
    product: 'PostgreSQL',
    type: 'postgres',
    missing: () => (hasPostgres() ? undefined : 'postgresql is not installed'),
    async start(folder, stops) {
      const { port, password } = await startPostgres(folder, stops);
      const client = new pg.Client({ host: '127.0.0.1', port, user: 'admin', password, database: 'postgres' });
      await client.connect();
      await client.query(SQL);
      await client.end();
      return {
        url: `127.0.0.1:${port}`,
        settings: { user: 'admin', jsonData: { database: 'postgres', sslmode: 'disable' } },
        secrets: { password },
      };
    },
    latency: SQL_LATENCY,
    instant: {
      rawSql: 'SELECT DISTINCT ON (model) model, seconds FROM latency WHERE $__timeFilter(at) ORDER BY model, at DESC',
      format: 'table',
    },
    variable: { query: 'SELECT DISTINCT model FROM latency ORDER BY 1' },
    annotation: { rawQuery: 'SELECT at AS time, version AS title FROM deployments WHERE $__timeFilter(at)' },
    logs: {
      rawSql: `SELECT at AS time, message AS body, level, model FROM lines WHERE level = 'error' AND $__timeFilter(at)`,
      format: 'logs',
    },
    completion: ['/tables', 'latency'],
  },
];

async function post(url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body, headers });
  const text = await answer.text();
  if (!answer.ok || text.includes('"errors":true')) throw new Error(`${url}: ${answer.status} ${text.slice(0, 500)}`);
}

/** By remote write; answers the address. */
async function writeSeries(url: string): Promise<string> {
  const series = SERIES.map(({ labels, samples }) => ({ labels: Object.entries(labels), samples }));
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
  await post(`${url}/api/v1/write`, Uint8Array.from(packSnappy(encodeWriteRequest(series))), headers);
  return url;
}

async function startSearch(server: SearchServer, folder: string, stops: Stops): Promise<PeerSettings> {
  const url = await startSearchServer(server, folder, stops);
  const settings = { number_of_shards: 1, number_of_replicas: 0 };
  const made = await fetch(`${url}/ml`, {
    method: 'PUT',
    body: JSON.stringify({ settings, mappings: MAPPINGS }),
    headers: { 'content-type': 'application/json' },
  });
  if (!made.ok) throw new Error(await made.text());
  const lines = DOCUMENTS.map((document) => `{"index":{}}\n${JSON.stringify(document)}\n`);
  await post(`${url}/ml/_bulk?refresh=true`, lines.join(''), { 'content-type': 'application/x-ndjson' });
  return { url, settings: { jsonData: { index: 'ml', logMessageField: 'message', logLevelField: 'level' } } };
}

type Replay = (path: string, body: string) => { readonly type: string; readonly text: string } | undefined;

/** A server that answers as InfluxDB 2 and 3 are documented to; its data is that of the others. */
async function replay(stops: Stops, answer: Replay): Promise<string> {
  const take = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const { pathname } = new URL(request.url ?? '/', 'http://replay');
    if (pathname === '/ping') return void response.writeHead(204, { 'x-influxdb-version': 'replayed' }).end();
    const found = answer(pathname, body);
    if (found === undefined) response.writeHead(404).end('{"message":"not found"}');
    else response.writeHead(200, { 'content-type': found.type }).end(found.text);
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.once('end', () => take(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ERRORS = LINES.filter(({ level }) => level === 'error');

/** Annotated CSV: a table's columns as [name, datatype, whether it is of the group key]. */
type CsvColumn = readonly [name: string, type: string, isGroup: boolean];

function csv(columns: readonly CsvColumn[], rows: readonly (readonly (string | number)[])[]): string {
  const head = [
    ['#datatype', 'string', 'long', ...columns.map(([, type]) => type)],
    ['#group', 'false', 'false', ...columns.map(([, , isGroup]) => String(isGroup))],
    ['#default', '_result', '', ...columns.map(() => '')],
    ['', 'result', 'table', ...columns.map(([name]) => name)],
  ];
  const body = rows.map(([table, ...cells]) => ['', '', table, ...cells]);
  return `${[...head, ...body].map((cells) => cells.join(',')).join('\r\n')}\r\n\r\n`;
}

function answerFlux(path: string, body: string): ReturnType<Replay> {
  if (path !== '/api/v2/query') return undefined;
  const { query } = JSON.parse(body) as { readonly query: string };
  const type = 'text/csv; charset=utf-8';
  const time: CsvColumn = ['_time', 'dateTime:RFC3339', false];
  const key = (name: string): CsvColumn => [name, 'string', true];
  const at = (timeMs: number): string => new Date(timeMs).toISOString();
  const values = (names: readonly string[]): string =>
    csv(
      [['_value', 'string', false]],
      names.map((name) => [0, name]),
    );
  if (query.includes('"latency"'))
    return {
      type,
      text: csv(
        [time, ['_value', 'double', false], key('_field'), key('_measurement'), key('model')],
        MODELS.flatMap((model, table) =>
          TIMES.map((timeMs, row) => [table, at(timeMs), LATENCIES[model]?.[row] as number, 'seconds', 'latency', model]),
        ),
      ),
    };
  if (query.includes('"lines"'))
    return {
      type,
      text: csv(
        [time, ['_value', 'string', false], key('_field'), key('_measurement'), key('level'), key('model')],
        ERRORS.map(({ timeMs, message, level, model }) => [0, at(timeMs), message, 'message', 'lines', level, model]),
      ),
    };
  if (query.includes('"deployments"'))
    return {
      type,
      text: csv(
        [time, ['_value', 'string', false], key('_field'), key('_measurement')],
        [[0, at(DEPLOYED), VERSION, 'version', 'deployments']],
      ),
    };
  if (query.includes('tagValues')) return { type, text: values(MODELS) };
  if (query.includes('measurements')) return { type, text: values(['deployments', 'latency', 'lines']) };
  return { type, text: csv([['name', 'string', false]], [[0, 'ml']]) };
}

function answerInfluxSql(path: string, body: string): ReturnType<Replay> {
  if (path !== '/api/v3/query_sql') return undefined;
  const { q } = JSON.parse(body) as { readonly q: string };
  // Nanoseconds are what it gives, and no zone.
  const at = (timeMs: number): string => new Date(timeMs).toISOString().replace('Z', '');
  const rows = (): readonly object[] => {
    if (q.includes('DISTINCT')) return MODELS.map((model) => ({ model }));
    if (q.includes('information_schema')) return ['deployments', 'latency', 'lines'].map((name) => ({ table_name: name }));
    if (q.includes('latency'))
      return TIMES.flatMap((timeMs, row) =>
        MODELS.map((model) => ({ time: at(timeMs), model, seconds: LATENCIES[model]?.[row] })),
      );
    if (q.includes('lines')) return ERRORS.map(({ timeMs, ...line }) => ({ time: at(timeMs), ...line }));
    if (q.includes('deployments')) return [{ time: at(DEPLOYED), version: VERSION }];
    return [{ 'Int64(1)': 1 }];
  };
  return { type: 'application/json', text: JSON.stringify(rows()) };
}
