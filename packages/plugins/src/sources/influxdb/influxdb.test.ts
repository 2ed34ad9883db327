import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from '@vitrine/model/frame.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import type { QueryContext } from '../../contract.ts';
import { csvRecords } from './csv.ts';
import { fillAlias } from './influxql/alias.ts';
import { prepareStatements } from './influxql/statements.ts';
import { influxdb } from './server.ts';
import { influxSpec } from './spec.ts';
import { FLUX, INFLUXQL, tokenize } from './tokens.ts';

const FROM = Date.UTC(2026, 0, 1);
const CONTEXT: QueryContext = {
  fromMs: FROM,
  toMs: FROM + 60_000,
  stepMs: 10_000,
  shown: { fromMs: FROM + 3_000, toMs: FROM + 60_000 },
  maxPoints: 100,
  limits: { maxSamples: 1_000, maxSeries: 10, timeoutMs: 1_000 },
  signal: new AbortController().signal,
  replace: (text, format, macros = {}) =>
    text.replace(/\$(\w+)/g, (whole, name: string) => {
      if (name === 'hosts') return typeof format === 'function' ? format(['a.b', "c'd"], { name, multi: true }) : 'a';
      if (name === 'one') return typeof format === 'function' ? format('x"y', { name, multi: false }) : 'x';
      return macros[name] ?? whole;
    }),
  filters: [],
};

/** A source whose server answers so; tells what it was asked. */
function source(version: string, answer: string, settings: object = {}, status = 200) {
  const asked: { method: string; path: string; body: unknown; headers: Headers }[] = [];
  const fetchFrom = (async (input: URL, init: RequestInit = {}) => {
    const { method = 'GET', body } = init;
    const text = typeof body === 'string' ? (JSON.parse(body) as unknown) : body;
    asked.push({ method, path: `${input.pathname}${input.search}`, body: text, headers: new Headers(init.headers) });
    return new Response(answer, { status });
  }) as typeof fetch;
  const none = (): never => expect.fail('not asked here');
  const samples = { evaluate: none, watch: none, series: none, labelNames: none, labelValues: none, exemplars: none };
  const jsonData = { version, organization: 'ml', defaultBucket: 'runs', dbName: 'runs' };
  const parsed = influxSpec.parseSettings({
    url: 'http://influx:8086',
    name: 'Prod',
    secrets: { token: 't0k' },
    jsonData,
    ...settings,
  });
  return { asked, source: influxdb.connect(parsed, { samples, fetch: fetchFrom, dial: none }) };
}

const ask = (made: ReturnType<typeof source>, spec: object, more: Partial<QueryContext> = {}) =>
  made.source.query('A', influxSpec.parseQuery(spec), { ...CONTEXT, ...more });

/** The Flux that was asked. */
function queryOf({ asked }: ReturnType<typeof source>): unknown {
  return (asked[0]!.body as { readonly query: unknown }).query;
}

/** Columns as lists, undefined where there is no value. */
function plain(frames: readonly Frame[]) {
  return frames.map(({ shape, fields }) => ({
    shape,
    fields: fields.map(({ name, type, labels, values, present }) => ({
      name,
      type,
      ...(labels === undefined ? {} : { labels }),
      values: Array.from(values as ArrayLike<unknown>, (value, row) => (present?.[row] === 0 ? undefined : value)),
    })),
  }));
}

describe('the settings', () => {
  test.each<[object, object]>([
    [{}, { language: 'InfluxQL', database: '', method: 'GET', headers: {} }],
    [
      { database: 'old', user: 'u', password: 'p' },
      { database: 'old', headers: { authorization: 'Basic dTpw' } },
    ],
    [
      { database: 'old', jsonData: { dbName: 'new', httpMode: 'POST' } },
      { database: 'new', method: 'POST' },
    ],
    [
      { jsonData: { version: 'Flux' }, secrets: { token: 't' } },
      { language: 'Flux', headers: { authorization: 'Token t' } },
    ],
    [
      { jsonData: { version: 'SQL' }, secrets: { token: 't' } },
      { language: 'SQL', headers: { authorization: 'Bearer t' } },
    ],
  ])('%j are read', (settings, want) => {
    expect(influxSpec.parseSettings({ url: 'http://x', ...settings })).toMatchObject(want);
  });
  test.each<[object, RegExp]>([
    [{ jsonData: { version: 'CQL' } }, /^jsonData\.version: expected one of InfluxQL, Flux, SQL/],
    [{ secrets: { token: 'a\r\nb' } }, /^secrets\.token: /],
  ])('%j are refused', (settings, sentence) => {
    expect(() => influxSpec.parseSettings({ url: 'http://x', ...settings })).toThrow(sentence);
  });
});

const CPU = `#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,string
#group,false,false,true,true,false,false,true,true,true
#default,_result,,,,,,,,
,result,table,_start,_stop,_time,_value,_field,_measurement,host
,,0,2026-01-01T00:00:00Z,2026-01-01T00:01:00Z,2026-01-01T00:00:10.5Z,1.5,load,cpu,a
,,0,2026-01-01T00:00:00Z,2026-01-01T00:01:00Z,2026-01-01T00:00:20.123456789Z,,load,cpu,a
,,1,2026-01-01T00:00:00Z,2026-01-01T00:01:00Z,2026-01-01T00:00:10.5Z,+Inf,load,cpu,"b, ""c"""

#datatype,string,long,dateTime:RFC3339,long,string,string,string
#group,false,false,false,false,true,true,true
#default,_result,,,,,,
,result,table,_time,_value,_field,_measurement,host
,,2,2026-01-01T00:00:10.5Z,9007199254740991,count,cpu,a
`.replaceAll('\n', '\r\n');

describe('Flux, as /api/v2/query has it', () => {
  test('asks with the range, the step and the bucket filled in', async () => {
    const made = source('Flux', '');
    const query = `// v.bucket stays
from(bucket: v.defaultBucket)
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r.host =~ /^$hosts$/ and r["one"] == "$one" and r.v.bucket == "v.bucket")
  |> aggregateWindow(every: v.windowPeriod, fn: mean)`;
    await ask(made, { query });
    expect(made.asked[0]).toMatchObject({ method: 'POST', path: '/api/v2/query?org=ml', body: { type: 'flux' } });
    expect(made.asked[0]?.headers.get('authorization')).toBe('Token t0k');
    expect(queryOf(made)).toBe(`// v.bucket stays
from(bucket: "runs")
  |> range(start: 2026-01-01T00:00:00.000Z, stop: 2026-01-01T00:01:00.000Z)
  |> filter(fn: (r) => r.host =~ /^(a\\.b|c'd)$/ and r["one"] == "x\\"y" and r.v.bucket == "v.bucket")
  |> aggregateWindow(every: 10000ms, fn: mean)`);
  });

  test('makes a series of each table with times, of different columns and times', async () => {
    const { frames } = await ask(source('Flux', CPU), { query: 'x' });
    expect(plain(frames)).toEqual([
      {
        shape: 'series',
        fields: [
          { name: 'Time', type: 'time', values: [FROM + 10_500, FROM + 20_123] },
          { name: 'load {host: a}', type: 'number', labels: { _field: 'load', host: 'a' }, values: [1.5, undefined] },
          {
            name: 'load {host: b, "c"}',
            type: 'number',
            labels: { _field: 'load', host: 'b, "c"' },
            values: [Infinity, undefined],
          },
          {
            name: 'count {host: a}',
            type: 'number',
            labels: { _field: 'count', host: 'a' },
            values: [9007199254740991, undefined],
          },
        ],
      },
    ]);
  });

  test('makes rows of tables without times', async () => {
    const csv = `#datatype,string,long,string,long,boolean
#group,false,false,true,false,false
#default,_result,,,,
,result,table,model,window,ok
,,0,llama,3,true
,,1,bert,,false
`;
    expect(plain((await ask(source('Flux', csv), { query: 'x' })).frames)).toEqual([
      {
        shape: 'table',
        fields: [
          { name: 'model', type: 'string', values: ['llama', 'bert'] },
          { name: 'window', type: 'number', values: [3, undefined] },
          { name: 'ok', type: 'boolean', values: [1, 0] },
        ],
      },
    ]);
  });

  test.each<[string, number, string, RegExp]>([
    [
      'before',
      400,
      '{"code":"invalid","message":"compilation failed: error at @1:1-1:2: undefined identifier x"}',
      /^compilation failed: error at @1:1-1:2: undefined identifier x\.$/,
    ],
    [
      'in the midst',
      200,
      `${CPU}\r\n#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n,query terminated: out of memory,897\r\n`,
      /^query terminated: out of memory\.$/,
    ],
    [
      'of a token',
      401,
      '{"code":"unauthorized","message":"unauthorized access"}',
      /"Prod" refuses to answer \(HTTP status 401: unauthorized access\.\) Check the token/,
    ],
    ['of another server', 404, '<html>', /Is it an InfluxDB server that speaks Flux/],
  ])('says an error %s', async (_, status, answer, sentence) => {
    await expect(ask(source('Flux', answer, {}, status), { query: 'x' })).rejects.toThrow(sentence);
  });

  test('refuses more series than the limit', async () => {
    const limits = { ...CONTEXT.limits, maxSeries: 2 };
    await expect(ask(source('Flux', CPU), { query: 'x' }, { limits })).rejects.toThrow(/finds 3 series, and the limit is 2/);
  });

  const FILTERS: readonly AdhocFilter[] = [
    { key: 'host', operator: '=', value: 'a"${x}' },
    { key: 'zone', operator: '=|', value: 'a', values: ['a.', 'b'] },
  ];
  test('puts filters behind every range', async () => {
    const made = source('Flux', '');
    await ask(
      made,
      { query: 'join(a: from(bucket: "a") |> range(start: -(1h)), b: from(bucket: "b")\n|> range(start: 0))' },
      { filters: FILTERS },
    );
    const filter = String.raw` |> filter(fn: (r) => r["host"] == "a\"\${x}" and r["zone"] =~ /^(?:a\.|b)$/)`;
    expect(queryOf(made)).toBe(
      `join(a: from(bucket: "a") |> range(start: -(1h))${filter}, b: from(bucket: "b")\n|> range(start: 0)${filter})`,
    );
    await expect(ask(made, { query: 'buckets()' }, { filters: FILTERS })).rejects.toThrow(/^filters: stand behind/);
  });

  test('finds options and marks', async () => {
    const csv = `#datatype,string,long,string
#group,false,false,false
#default,_result,,
,result,table,_value
,,0,b
,,0,a
,,0,b
`;
    const query = 'import "influxdata/influxdb/schema"\nschema.tagValues(bucket: v.bucket, tag: "host")';
    const { source: made } = source('Flux', csv);
    expect(await made.options?.({ query }, CONTEXT)).toEqual(['b', 'a'].map((value) => ({ text: value, value })));
    const { source: marked } = source('Flux', CPU);
    expect(await marked.annotations?.({ query: 'x', tagsColumn: 'host', titleColumn: '_field' }, CONTEXT)).toMatchObject([
      { timeMs: FROM + 10_500, endMs: FROM + 10_500, title: 'load', text: '1.5', tags: ['a'] },
      {},
      { text: '9007199254740991' },
      {},
    ]);
  });
});

describe('SQL, as /api/v3/query_sql has it', () => {
  const ROWS = JSON.stringify([
    { time: '2026-01-01T00:00:00', host: 'a', load: 1, ok: true },
    { time: '2026-01-01T00:00:10.250', host: 'a', load: null, ok: false },
    { time: '2026-01-01T00:00:00', host: 'b', load: 2.5 },
  ]);

  test('asks with macros and variables filled in', async () => {
    const made = source('SQL', '[]');
    const rawSql = `SELECT $__dateBin(time) AS time, avg(load) FROM "$one" WHERE $__timeFilter(time) AND host IN ($hosts) AND z = '$hosts' -- all
GROUP BY $__timeGroup(time, 5m);`;
    await ask(made, { rawSql });
    expect(made.asked[0]).toMatchObject({ method: 'POST', path: '/api/v3/query_sql' });
    expect(made.asked[0]?.headers.get('authorization')).toBe('Bearer t0k');
    expect(made.asked[0]?.body).toEqual({
      db: 'runs',
      format: 'json',
      q: `SELECT date_bin(interval '10 second', time, timestamp '1970-01-01T00:00:00Z') AS time, avg(load) FROM "x""y" WHERE time >= timestamp '2026-01-01T00:00:00.000Z' AND time <= timestamp '2026-01-01T00:01:00.000Z' AND host IN ('a.b','c''d') AND z = 'a.b,c''d'  
GROUP BY date_bin(interval '5 minute', time, timestamp '1970-01-01T00:00:00Z')`,
    });
  });

  test('makes series of rows, words being labels', async () => {
    expect(plain((await ask(source('SQL', ROWS), { rawSql: 'SELECT 1', format: 'time_series' })).frames)).toEqual([
      {
        shape: 'series',
        fields: [
          { name: 'Time', type: 'time', values: [FROM, FROM + 10_250] },
          { name: 'load {host: a}', type: 'number', labels: { _field: 'load', host: 'a' }, values: [1, undefined] },
          { name: 'ok {host: a}', type: 'boolean', labels: { _field: 'ok', host: 'a' }, values: [1, 0] },
          { name: 'load {host: b}', type: 'number', labels: { _field: 'load', host: 'b' }, values: [2.5, undefined] },
          { name: 'ok {host: b}', type: 'number', labels: { _field: 'ok', host: 'b' }, values: [undefined, undefined] },
        ],
      },
    ]);
  });

  test('leaves rows as they are', async () => {
    const [frame] = (await ask(source('SQL', ROWS), { query: 'SELECT 1', format: 'table' })).frames;
    expect(frame?.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'time time',
      'host string',
      'load number',
      'ok boolean',
    ]);
  });

  test.each<[string, RegExp]>([
    ['DELETE FROM x', /begins with "DELETE"/],
    ['SELECT 1; SELECT 2', /more than one statement/],
    ['SELECT $__timeFilter()', /names no column/],
    ['SELECT $__unixEpoch(x)', /is no macro that is known here/],
  ])('refuses %s', async (rawSql, sentence) => {
    await expect(ask(source('SQL', '[]'), { rawSql })).rejects.toThrow(sentence);
  });
});

describe('InfluxQL', () => {
  const FILTER: readonly AdhocFilter[] = [{ key: 'k', operator: '=', value: "v'" }];
  test.each<[string, string]>([
    ['SELECT a FROM b', String.raw`SELECT a FROM b WHERE "k" = 'v\''`],
    [
      'select a from b where x = 1 or y = 2 group by c',
      String.raw`select a from b  WHERE (x = 1 or y = 2) AND "k" = 'v\'' group by c`,
    ],
    ['SELECT "limit" FROM "where" LIMIT 1', String.raw`SELECT "limit" FROM "where"  WHERE "k" = 'v\'' LIMIT 1`],
    [
      "SELECT a FROM b WHERE c = ') ; GROUP BY' AND d =~ /;'/",
      String.raw`SELECT a FROM b  WHERE (c = ') ; GROUP BY' AND d =~ /;'/) AND "k" = 'v\''`,
    ],
    ['SHOW TAG VALUES WITH KEY = "x" LIMIT 3', String.raw`SHOW TAG VALUES WITH KEY = "x"  WHERE "k" = 'v\'' LIMIT 3`],
    ['SHOW DATABASES', 'SHOW DATABASES'],
  ])('%s with a filter', (text, want) => {
    expect(prepareStatements(text, FILTER)).toEqual([want]);
  });

  test('is taken apart without losing a letter', () => {
    const letters = fc.string({ unit: fc.constantFrom(...Array.from('aé1 \n\t/\\\'"`()[]{}$_:.=~!<>|&*-+,;#')), maxLength: 60 });
    fc.assert(
      fc.property(letters, fc.constantFrom(INFLUXQL, FLUX), (text, dialect) => {
        expect(
          tokenize(text, dialect)
            .map((token) => token.text)
            .join(''),
        ).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['$m $col $tag_host', 'a.b.c mean x'],
    ['[[measurement]]/[[col]]/[[tag_host]]/$1/$9', 'a.b.c/mean/x/b/$9'],
    ['$tag_none $other', '$tag_none $other'],
  ])('the alias %s', (alias, want) => {
    expect(fillAlias(alias, { name: 'a.b.c', column: 'mean', tags: { host: 'x' } })).toBe(want);
  });

  test('says that a server cut its answer', async () => {
    const answer = JSON.stringify({
      results: [
        {
          statement_id: 0,
          partial: true,
          series: [{ name: 'a', columns: ['time', 'v'], values: [[FROM, 1]] }],
          messages: [{ level: 'info', text: 'slow' }],
        },
      ],
    });
    const { notices, trace } = await ask(source('InfluxQL', answer), {
      rawQuery: true,
      query: 'SELECT v FROM a WHERE $timeFilter GROUP BY time($interval)',
    });
    expect(notices.map(({ text }) => text)).toEqual(['Query A: slow', expect.stringContaining('cut its answer')]);
    // Cut into steps, so that the first begins where one does.
    expect(trace.executed).toBe(`SELECT v FROM a WHERE time >= ${FROM}ms AND time <= ${FROM + 60_000}ms GROUP BY time(10s)`);
  });
});

test('records of commas are read as they were written', () => {
  const field = fc.string({ unit: fc.constantFrom(...Array.from('ab,"\r\n é')), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 6 }), (rows) => {
      const text = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\r\n');
      expect([...csvRecords(text)]).toEqual(rows);
    }),
  );
});
