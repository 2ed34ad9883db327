import type { Frame } from '@vitrine/model/frame.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import { describe, expect, test } from 'vitest';

import type { QueryContext } from '../../../contract.ts';
import { elasticsearch } from '../server.ts';
import { elasticsearchSpec } from '../spec.ts';
import { fillCode, quoteField } from './fill-code.ts';

// Answers are as the servers' documentation has them: the distributions on Maven Central lack these modules.
const FROM = Date.UTC(2026, 0, 5, 10);
const TO = FROM + 3_600_000;
const VARIABLES: Readonly<Record<string, string | readonly string[]>> = {
  index: 'logs-*',
  model: 'llama',
  one: `a"b'c`,
  many: ['a', `b"c'd`],
};
const CONTEXT: QueryContext = {
  fromMs: FROM,
  toMs: TO,
  stepMs: 60_000,
  shown: { fromMs: FROM, toMs: TO },
  maxPoints: 100,
  limits: { maxSamples: 1_000, maxSeries: 3, timeoutMs: 1_000 },
  signal: new AbortController().signal,
  replace: (text, format, macros = {}) =>
    text.replace(/\$(\w+)/g, (whole, name: string) => {
      const value = VARIABLES[name];
      if (value === undefined) return macros[name] ?? whole;
      return typeof format === 'function' ? format(value, { name, multi: typeof value !== 'string' }) : String(value);
    }),
  filters: [],
};
const ELASTICSEARCH = { version: { number: '8.15.0' } };
const OPENSEARCH = { version: { number: '2.19.0', distribution: 'opensearch' } };
const NO_HANDLER = { error: 'no handler found for uri [/_plugins/_ppl] and method [POST]' };

interface Asked {
  readonly path: string;
  readonly body: { readonly query?: string; readonly filter?: object };
}

/** A server of that product that answers a text so; tells what it was asked. */
function server(product: object, answer: object, status = 200) {
  const asked: Asked[] = [];
  const fetchFrom = (async ({ pathname, search }: URL, { method, body }: RequestInit = {}) => {
    if (method === 'GET') return Response.json(product);
    asked.push({ path: `${pathname}${search}`, body: JSON.parse(typeof body === 'string' ? body : '{}') as Asked['body'] });
    return Response.json(answer, { status });
  }) as typeof fetch;
  const none = (): never => expect.fail('asked of the own store');
  const samples = { evaluate: none, watch: none, series: none, labelNames: none, labelValues: none, exemplars: none };
  const settings = elasticsearchSpec.parseSettings({ url: 'http://es:9200/', name: 'Logs' });
  const source = elasticsearch.connect(settings, { samples, fetch: fetchFrom, dial: none });
  const ask = async (spec: object, filters: readonly AdhocFilter[] = []) =>
    source.query('A', elasticsearchSpec.parseQuery(spec), { ...CONTEXT, filters });
  return { asked, ask };
}

const columns = (frame: Frame | undefined) =>
  frame?.fields.map(({ name, type, values, present }) => [
    name,
    type,
    Array.from(values as ArrayLike<unknown>, (value, row) => (present?.[row] === 0 ? null : value)),
  ]);

const ESQL_ANSWER = {
  took: 3,
  is_partial: false,
  columns: [
    { name: 'c', type: 'long' },
    { name: 'bucket', type: 'date' },
    { name: 'model', type: 'keyword' },
  ],
  values: [
    [3, '2026-01-05T10:00:00.000Z', 'bert'],
    [4, '2026-01-05T10:00:00.000Z', 'llama'],
    [null, '2026-01-05T10:30:00.000Z', 'llama'],
  ],
};
const SQL_ANSWER = {
  columns: [
    { name: 'model', type: 'keyword' },
    { name: 'count(*)', type: 'long' },
  ],
  rows: [
    ['bert', 120],
    [null, 2.5],
  ],
};
const JDBC_ANSWER = {
  schema: [
    { name: 'span(`@timestamp`,1m)', alias: 'time', type: 'timestamp' },
    { name: 'message', type: 'text' },
    { name: 'ok', type: 'boolean' },
  ],
  total: 1,
  datarows: [['2026-01-05 10:00:00.25', 'request 1 failed', true]],
  size: 1,
  status: 200,
};
const AT = Date.UTC(2026, 0, 5, 10);

describe('an answer', () => {
  test.each<[string, object, object, object, unknown]>([
    [
      'of ES|QL, as a table with its times first',
      ELASTICSEARCH,
      ESQL_ANSWER,
      { queryType: 'esql' },
      [
        ['bucket', 'time', [AT, AT, AT + 1_800_000]],
        ['c', 'number', [3, 4, null]],
        ['model', 'string', ['bert', 'llama', 'llama']],
      ],
    ],
    [
      'of ES|QL, as series',
      ELASTICSEARCH,
      ESQL_ANSWER,
      { queryType: 'ES|QL', format: 'time_series' },
      [
        ['Time', 'time', [AT, AT + 1_800_000]],
        ['bert', 'number', [3, null]],
        ['llama', 'number', [4, null]],
      ],
    ],
    [
      'of Elasticsearch’s SQL',
      ELASTICSEARCH,
      SQL_ANSWER,
      { queryType: 'SQL' },
      [
        ['model', 'string', ['bert', null]],
        ['count(*)', 'number', [120, 2.5]],
      ],
    ],
    [
      'of PPL, as lines of a log',
      OPENSEARCH,
      JDBC_ANSWER,
      { queryType: 'PPL', format: 'logs' },
      [
        ['time', 'time', [AT + 250]],
        ['message', 'string', ['request 1 failed']],
        ['ok', 'boolean', [1]],
      ],
    ],
    ['of OpenSearch’s SQL without rows', OPENSEARCH, { schema: [], datarows: [] }, { queryType: 'SQL' }, []],
  ])('%s', async (_, product, answer, spec, want) => {
    const { frames } = await server(product, answer).ask({ query: 'x', ...spec });
    expect(columns(frames[0])).toEqual(want);
  });

  test('of more series than the limit is refused', async () => {
    const values = ['a', 'b', 'c', 'd'].map((model) => [1, '2026-01-05T10:00:00.000Z', model]);
    const made = server(ELASTICSEARCH, { ...ESQL_ANSWER, values });
    await expect(made.ask({ query: 'x', queryType: 'esql', format: 'time_series' })).rejects.toThrow(
      /4 series, and the limit is 3/,
    );
  });
});

const EQUAL: AdhocFilter = { key: 'model', operator: '=', value: 'l"x' };
const RANGE = { range: { '@timestamp': { gte: FROM, lt: TO, format: 'epoch_millis' } } };
const PPL_RANGE =
  "where `@timestamp` >= timestamp('2026-01-05 10:00:00.000') and `@timestamp` < timestamp('2026-01-05 11:00:00.000')";

describe('a question', () => {
  test.each<[string, object, object, readonly AdhocFilter[], Asked]>([
    [
      'in ES|QL has range and filters beside it',
      ELASTICSEARCH,
      { queryType: 'esql', query: 'FROM logs | STATS c = COUNT(*) BY bucket = BUCKET(@timestamp, 1 minute) // $x' },
      [EQUAL],
      {
        path: '/_query?format=json',
        body: {
          query: 'FROM logs | STATS c = COUNT(*) BY bucket = BUCKET(@timestamp, 1 minute) // $x',
          filter: { bool: { filter: [RANGE, { match_phrase: { model: 'l"x' } }] } },
        },
      },
    ],
    [
      'in Elasticsearch’s SQL has its times as it writes them',
      ELASTICSEARCH,
      { queryType: 'sql', query: 'SELECT count(*) FROM "$index" WHERE $__timeFilter(@timestamp)' },
      [],
      {
        path: '/_sql?format=json',
        body: {
          query: `SELECT count(*) FROM "logs-*" WHERE "@timestamp" >= CAST('2026-01-05T10:00:00.000Z' AS DATETIME) AND "@timestamp" < CAST('2026-01-05T11:00:00.000Z' AS DATETIME)`,
          filter: { bool: { filter: [RANGE] } },
        },
      },
    ],
    [
      'in OpenSearch’s SQL has nothing beside it',
      OPENSEARCH,
      { queryType: 'SQL', query: "SELECT * FROM logs WHERE `@timestamp` > $__timeFrom() AND model = '$one'" },
      [],
      {
        path: '/_plugins/_sql?format=jdbc',
        body: {
          query: `SELECT * FROM logs WHERE \`@timestamp\` > timestamp('2026-01-05 10:00:00.000') AND model = 'a"b''c'`,
        },
      },
    ],
    [
      'in PPL has range and filters behind its source',
      OPENSEARCH,
      { queryType: 'PPL', query: 'source=`logs|x` | stats count() by span(`@timestamp`, $__interval)' },
      [EQUAL, { key: 'tokens', operator: '>', value: '3' }, { key: 'a.b', operator: '!=|', value: '', values: ['1', '2'] }],
      {
        path: '/_plugins/_ppl',
        body: {
          query: `source=\`logs|x\` | ${PPL_RANGE} and model = "l\\"x" and tokens > 3 and not a.b in ("1", "2") | stats count() by span(\`@timestamp\`, 1m)`,
        },
      },
    ],
    [
      'in PPL that only describes is left as it is',
      OPENSEARCH,
      { queryType: 'PPL', query: 'describe logs' },
      [],
      { path: '/_plugins/_ppl', body: { query: 'describe logs' } },
    ],
    [
      'lets no value become a command',
      OPENSEARCH,
      { queryType: 'PPL', query: 'describe $one | where a in ($many) or b = "$one" or c = $model' },
      [],
      {
        path: '/_plugins/_ppl',
        body: { query: String.raw`describe "a\"b'c" | where a in ("a", "b\"c'd") or b = "a\"b'c" or c = llama` },
      },
    ],
  ])('%s', async (_, product, spec, filters, want) => {
    const made = server(product, product === OPENSEARCH ? JDBC_ANSWER : SQL_ANSWER);
    const { trace } = await made.ask(spec, filters);
    expect(made.asked).toEqual([want]);
    expect(trace.executed).toBe(want.body.query);
  });

  test('in OpenSearch’s SQL says that filters are not put into it', async () => {
    const { notices } = await server(OPENSEARCH, JDBC_ANSWER).ask({ queryType: 'SQL', query: 'SELECT 1' }, [EQUAL]);
    expect(notices).toMatchObject([{ level: 'warning', text: expect.stringContaining('filters are not put into it') }]);
  });

  test.each<[string, object, object, object, number, RegExp]>([
    ['without words', OPENSEARCH, { queryType: 'PPL', query: ' ' }, {}, 200, /^query: is empty; write PPL/],
    ['without a field', OPENSEARCH, { queryType: 'PPL', query: 'where $__timeFilter()' }, {}, 200, /names no field/],
    [
      'of OpenSearch in ES|QL',
      OPENSEARCH,
      { queryType: 'esql', query: 'FROM x' },
      {},
      200,
      /is OpenSearch, which has no ES\|QL\./,
    ],
    [
      'of Elasticsearch in PPL',
      ELASTICSEARCH,
      { queryType: 'PPL', query: 'source=x' },
      {},
      200,
      /is Elasticsearch, which has no PPL\./,
    ],
    [
      'to a server without the plugin',
      OPENSEARCH,
      { queryType: 'PPL', query: 'source=x' },
      NO_HANDLER,
      400,
      /^The data source "Logs" does not speak PPL: the server has no \/_plugins\/_ppl; it comes with the plugin opensearch-sql\.$/,
    ],
    [
      'that does not parse',
      ELASTICSEARCH,
      { queryType: 'esql', query: 'FRM x' },
      { error: { root_cause: [{ type: 'parsing_exception', reason: "line 1:1: mismatched input 'FRM'" }] }, status: 400 },
      400,
      /refuses: line 1:1: mismatched input 'FRM'/,
    ],
  ])('%s fails with a sentence', async (_, product, spec, answer, status, sentence) => {
    await expect(server(product, answer, status).ask(spec)).rejects.toThrow(sentence);
  });
});

// OpenSearch's lexer takes a backslash with the letter behind it, Elasticsearch's SQL takes it for a letter.
test.each([
  ['SQL', true, String.raw`x = '$evil'`, String.raw`x = '\\'' OR 1=1 -- '`],
  ['SQL', true, 'x = $evil', String.raw`x = '\\'' OR 1=1 -- '`],
  ['SQL', false, 'x = $evil', String.raw`x = '\'' OR 1=1 -- '`],
  ['SQL', false, String.raw`dir = 'C:\' AND x = '$evil'`, String.raw`dir = 'C:\' AND x = '\'' OR 1=1 -- '`],
  ['SQL', true, String.raw`dir = 'it\'s' AND x = '$evil'`, String.raw`dir = 'it\'s' AND x = '\\'' OR 1=1 -- '`],
  ['PPL', true, 'where x = "$evil"', String.raw`where x = "\\' OR 1=1 -- "`],
] as const)('no value leads out of its quotes: %s, OpenSearch %s: %s', (language, isOpenSearch, text, filled) => {
  const replace: QueryContext['replace'] = (part, format) =>
    part.replaceAll('$evil', () => (format as (value: string, variable: object) => string)(String.raw`\' OR 1=1 -- `, {}));
  expect(fillCode(text, { language, isOpenSearch, fromMs: FROM, toMs: TO, replace, macros: {} })).toBe(filled);
});

test('no name of a field leads out of its quotes, either', () => {
  const dialect = { language: 'PPL', isOpenSearch: true } as const;
  expect(quoteField('`a` = 1 or `b`', dialect)).toBe('`a = 1 or b`');
  expect(quoteField('`a b`', dialect)).toBe('`a b`');
});
