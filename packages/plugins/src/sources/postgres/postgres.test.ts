import { replaceVariables, type ResolvedVariable } from '@vitrine/compute/variable/replace.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Columns, readTime } from './columns.ts';
import { readForm, saveForm } from './editor/builder-form.ts';
import { fillSql } from './fill-sql.ts';
import { parseArray } from './parse-array.ts';
import { shapeSql, type ShapeNeeds } from './shape-sql.ts';
import { postgresSpec } from './spec.ts';

const SETTINGS = { url: 'db:5433', user: 'reader', jsonData: { database: 'ml' } };

describe('the settings', () => {
  test.each<[string, object, object]>([
    [
      'an address with a port',
      {},
      { host: 'db', port: 5433, user: 'reader', database: 'ml', tls: { mode: 'require' }, maxConnections: 5 },
    ],
    ['an address alone', { url: 'db' }, { host: 'db', port: 5432 }],
    ['an address of IPv6', { url: '[::1]:6000' }, { host: '::1', port: 6000 }],
    ['a whole address', { url: 'postgres://who@db:1/x?y' }, { host: 'db', port: 1 }],
    ['the database where old files have it', { database: 'old', jsonData: {} }, { database: 'old' }],
    ['no limit of connections', { jsonData: { database: 'ml', maxOpenConns: 0 } }, { maxConnections: 100 }],
    [
      'an authority to look at',
      { secrets: { tlsCACert: 'PEM', password: ' p ' } },
      { password: ' p ', tls: { mode: 'verify-ca', authority: 'PEM' } },
    ],
    [
      'no TLS',
      { jsonData: { database: 'ml', sslmode: 'disable', timescaledb: true } },
      { tls: { mode: 'disable' }, hasTimescale: true },
    ],
  ])('with %s are read', (_, more, want) => {
    expect(postgresSpec.parseSettings({ ...SETTINGS, ...more })).toMatchObject(want);
  });

  test.each<[object, RegExp]>([
    [{ url: '' }, /^url: "" is not an address/],
    [{ url: '/var/run/postgresql' }, /^url: is the path of a socket/],
    [{ url: 'db:99999' }, /^url: /],
    [{ user: '' }, /^user: is empty/],
    [{ jsonData: {} }, /^jsonData\.database: is empty/],
    [{ jsonData: { database: 'ml', sslmode: 'prefer' } }, /^jsonData\.sslmode: expected one of disable/],
    [{ jsonData: { database: 'ml', maxRows: -1 } }, /^jsonData\.maxRows: "-1" is not a whole number/],
    [{ jsonData: { database: 'ml', sslRootCertFile: '/etc/ca.pem' } }, /files are not read; paste the certificate/],
    [{ secrets: { tlsClientCert: 'PEM' } }, /^secureJsonData\.tlsClientKey: is missing/],
  ])('%j are refused', (more, sentence) => {
    expect(() => postgresSpec.parseSettings({ ...SETTINGS, ...more })).toThrow(sentence);
  });
});

const FROM = Date.UTC(2024, 0, 1);
const TO = FROM + 3_600_000;

const VARIABLES: readonly ResolvedVariable[] = [
  { name: 'host', value: "o'hara", text: '', multi: false },
  { name: 'hosts', value: ['a', "b'"], text: [], multi: true },
  { name: 'one', value: 'a', text: '', multi: true },
  { name: 'table', value: 'public.cpu', text: '', multi: false },
  { name: 'n', value: '5', text: '', multi: false },
  { name: 'evil', value: '1 OR 1=1', text: '', multi: false },
  { name: 'macro', value: '$__timeFilter(x)', text: '', multi: false },
  { name: 'step', value: '10m', text: '', multi: false },
  { name: 'name', value: 'a"b', text: '', multi: false },
];

function fill(sql: string, hasTimescale = false, variables = VARIABLES) {
  return fillSql(sql, {
    fromMs: FROM,
    toMs: TO,
    hasTimescale,
    macros: { __interval: '1m', __interval_ms: '60000' },
    replace: (text, format, macros = {}) =>
      replaceVariables(
        text,
        {
          find: (name) => variables.find((variable) => variable.name === name),
          builtin: (name) => macros[name],
          timeZone: 'UTC',
        },
        format,
      ),
  });
}

describe('macros', () => {
  test.each<[string, string]>([
    ['$__time(at)', 'at AS "time"'],
    ['$__timeEpoch(at)', 'extract(epoch from at) AS "time"'],
    ['$__timeFilter(t.at)', "t.at BETWEEN '2024-01-01T00:00:00.000Z' AND '2024-01-01T01:00:00.000Z'"],
    ['at > $__timeFrom() AND at < $__timeTo()', "at > '2024-01-01T00:00:00.000Z' AND at < '2024-01-01T01:00:00.000Z'"],
    ["$__timeGroup(at, '5m')", 'floor(extract(epoch from at)/300)*300'],
    ['$__timeGroupAlias(at,$__interval)', 'floor(extract(epoch from at)/60)*60 AS "time"'],
    ['$__timeGroup(date_trunc(\'day\', at), "$step")', "floor(extract(epoch from date_trunc('day', at))/600)*600"],
    ['$__unixEpochFilter(e)', 'e >= 1704067200 AND e <= 1704070800'],
    ['$__unixEpochNanoFilter(e)', 'e >= 1704067200000000000 AND e <= 1704070800000000000'],
    ['$__unixEpochNanoFrom()', '1704067200000000000'],
    ['$__unixEpochGroupAlias(e, 500ms)', 'floor((e)/0.5)*0.5 AS "time"'],
    ["interval '$__interval', $__interval_ms", "interval '1m', 60000"],
  ])('%s', (sql, want) => {
    expect(fill(sql).text).toBe(want);
  });

  test('group by time_bucket with TimescaleDB', () => {
    expect(fill("$__timeGroupAlias(at, '5m')", true).text).toBe(`time_bucket('300.000s', at) AS "time"`);
  });

  test.each([
    ['NULL', { mode: 'null' }],
    ['previous', { mode: 'previous' }],
    ['0', { mode: 'value', value: 0 }],
  ])('tell how gaps are filled: %s', (text, want) => {
    expect(fill(`$__timeGroup(at, '5m', ${text})`).gaps).toMatchObject({ stepMs: 300_000, ...want });
  });

  test.each<[string, RegExp]>([
    ['$__timeFilter()', /^\$__timeFilter: names no column/],
    ["$__timeGroup(at, 'often')", /"often" is not an interval/],
    ["$__timeGroup(at, '5m', some)", /cannot fill gaps with "some"/],
    ['$__timeFilter(at', /has no closing bracket/],
    ['$__nothing(at)', /is no macro/],
    ['$__time('.repeat(50), /more than 20 other macros/],
  ])('%s is refused', (sql, sentence) => {
    expect(() => fill(sql)).toThrow(sentence);
  });
});

describe('variables', () => {
  test.each<[string, string]>([
    ["h = '$host'", "h = 'o''hara'"],
    ['h = $host', "h = 'o''hara'"],
    ['h IN ($hosts)', "h IN ('a','b''')"],
    ["h IN ('$hosts')", "h IN ('a','b''')"],
    ['h = $one', "h = 'a'"],
    ['SELECT * FROM $table', 'SELECT * FROM public.cpu'],
    ['n > $n LIMIT $n', 'n > 5 LIMIT 5'],
    ['n = $table', "n = 'public.cpu'"],
    ['WHERE $evil', "WHERE '1 OR 1=1'"],
    ['WHERE ${evil:raw}', 'WHERE 1 OR 1=1'],
    ["x = '$macro' AND $macro", "x = '$__timeFilter(x)' AND '$__timeFilter(x)'"],
    ['SELECT "$name"', 'SELECT "a""b"'],
    ['SELECT 1 -- $host', 'SELECT 1 -- $host'],
    ['SELECT /* $host /* */ $host */ $n', 'SELECT /* $host /* */ $host */ 5'],
    ["E'\\'$host' || $n", "E'\\'o''hara' || 5"],
    ['$$ $n $$', '$$ 5 $$'],
    ['${hosts:csv}', "a,b'"],
    ['$unknown', '$unknown'],
  ])('%s', (sql, want) => {
    expect(fill(sql).text).toBe(want);
  });

  test('cannot leave the string in which they stand, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '-', '*', '/', 'a', ' ', '(', ')', '\n') }), (value) => {
        const text = fill("SELECT '$x'", false, [{ name: 'x', value, text: '', multi: false }]).text;
        expect(text.slice(8, -1).replaceAll("''", '')).not.toContain("'");
        expect(text.slice(8, -1).replaceAll("''", "'")).toBe(value);
      }),
    );
  });
});

test.each<[string, unknown]>([
  ['{}', []],
  ['{1,NULL,3}', ['1', null, '3']],
  ['{"a,b","c\\"d",NULL,"NULL"}', ['a,b', 'c"d', null, 'NULL']],
  [
    '{{1,2},{3,4}}',
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  ['[0:1]={x,y}', ['x', 'y']],
  ['{{{', [[[]]]],
])('the array %s is read', (text, want) => {
  expect(parseArray(text, (element) => element)).toEqual(want);
});

test.each<[string, number | undefined]>([
  ['2024-01-02', Date.UTC(2024, 0, 2)],
  ['2024-01-02 03:04:05.678901', Date.UTC(2024, 0, 2, 3, 4, 5) + 678.901],
  ['2024-01-02 03:04:05+05:30', Date.UTC(2024, 0, 1, 21, 34, 5)],
  ['1883-11-18 00:00:00-04:56:02', Date.UTC(1883, 10, 18, 4, 56, 2)],
  ['0044-03-15 BC', new Date('-000043-03-15').getTime()],
  ['infinity', undefined],
])('the time %s is read', (text, want) => {
  expect(readTime(text)).toBe(want);
});

/** By the numbers of their types. */
const OIDS = { text: 25, float8: 701, int8: 20, timestamptz: 1184, bool: 16 } as const;

function answer(
  fields: readonly (readonly [string, keyof typeof OIDS])[],
  rows: readonly (readonly (string | null)[])[],
): Columns {
  const columns = new Columns(fields.map(([name, type]) => ({ name, dataTypeID: OIDS[type] })));
  for (const row of rows) columns.add(row);
  return columns;
}
const NEEDS: ShapeNeeds = { refId: 'A', format: 'time_series', gaps: undefined, maxSeries: 100, fromMs: 0, toMs: 240_000 };
const plain = (frame: Frame | undefined) =>
  frame?.fields.map(({ name, labels, values, present }) => [
    name,
    labels,
    Array.from(values as ArrayLike<unknown>, (value, row) => (present?.[row] === 0 ? undefined : value)),
  ]);

describe('a time series', () => {
  test('is made of long rows: text is labels, a lone number the value, the last of one time counts', () => {
    const columns = answer(
      [
        ['time', 'int8'],
        ['metric', 'text'],
        ['value', 'float8'],
      ],
      [
        ['120', 'b', '3'],
        ['60', 'a', '1'],
        ['60', 'b', '2'],
        ['60', 'a', '1.5'],
        [null, 'a', '9'],
      ],
    );
    const { frames, notices } = shapeSql(columns, NEEDS);
    expect(plain(frames[0])).toEqual([
      ['time', undefined, [60_000, 120_000]],
      ['a', { metric: 'a' }, [1.5, undefined]],
      ['b', { metric: 'b' }, [2, 3]],
    ]);
    expect(notices).toMatchObject([{ text: 'Query A: 1 row has no time and is not shown.' }]);
  });

  test('keeps the names of several values, and tells them apart where they have labels', () => {
    const rows = [['2024-01-01 00:00:00+00', '1', '2']];
    const wide = answer(
      [
        ['time', 'timestamptz'],
        ['used', 'float8'],
        ['free', 'float8'],
      ],
      rows,
    );
    expect(plain(shapeSql(wide, NEEDS).frames[0])?.slice(1)).toEqual([
      ['used', undefined, [1]],
      ['free', undefined, [2]],
    ]);
    const long = answer(
      [
        ['time', 'timestamptz'],
        ['host', 'text'],
        ['used', 'float8'],
        ['free', 'float8'],
      ],
      [['2024-01-01 00:00:00+00', 'a', '1', '2']],
    );
    expect(plain(shapeSql(long, NEEDS).frames[0])?.slice(1)).toEqual([
      ['used a', { host: 'a', __name__: 'used' }, [1]],
      ['free a', { host: 'a', __name__: 'free' }, [2]],
    ]);
  });

  test.each<['null' | 'previous' | 'value', (number | undefined)[]]>([
    ['null', [undefined, 1, undefined, 2, undefined]],
    ['previous', [undefined, 1, 1, 2, 2]],
    ['value', [7, 1, 7, 2, 7]],
  ])('has its gaps filled: %s', (mode, want) => {
    const columns = answer(
      [
        ['time', 'int8'],
        ['value', 'float8'],
      ],
      [
        ['60', '1'],
        ['180', '2'],
      ],
    );
    const { frames } = shapeSql(columns, { ...NEEDS, gaps: { stepMs: 60_000, mode, value: 7 } });
    expect(plain(frames[0])).toEqual([
      ['time', undefined, [0, 60_000, 120_000, 180_000, 240_000]],
      ['value', undefined, want],
    ]);
  });

  test('without a time, or of too many series, says what to do', () => {
    const columns = answer(
      [
        ['host', 'text'],
        ['value', 'float8'],
      ],
      [['a', '1']],
    );
    expect(() => shapeSql(columns, NEEDS)).toThrow(/answers without a time: call a column "time"/);
    const many = answer(
      [
        ['time', 'int8'],
        ['host', 'text'],
        ['value', 'float8'],
      ],
      Array.from({ length: 101 }, (_, i) => ['60', `${i}`, '1']),
    );
    expect(() => shapeSql(many, NEEDS)).toThrow(/more than 100 series; group by fewer columns/);
  });
});

test('a table keeps whole numbers that a double does not, and cuts long text', () => {
  const columns = answer(
    [
      ['id', 'int8'],
      ['text', 'text'],
      ['ok', 'bool'],
    ],
    [
      ['1', 'x'.repeat(70_000), 't'],
      ['9007199254740993', null, null],
    ],
  );
  const { frames, notices } = shapeSql(columns, { ...NEEDS, format: 'table' });
  expect(plain(frames[0])).toEqual([
    ['id', undefined, ['1', '9007199254740993']],
    ['text', undefined, [`${'x'.repeat(65_536)}…`, undefined]],
    ['ok', undefined, [1, undefined]],
  ]);
  expect(columns.cutCells).toBe(1);
  expect(notices).toMatchObject([{ text: 'Query A: id holds whole numbers past 2^53 and is shown as text.' }]);
});

describe('the builder', () => {
  const form = {
    schema: 'public',
    table: 'cpu "load"',
    columns: [{ name: 'value', aggregation: 'AVG', alias: 'mean' }],
    filters: [
      { column: 'host', operator: 'IN', values: ['$hosts', "o'hara"] },
      { column: 'state', operator: 'IS NOT NULL', values: [] },
    ],
    timeColumn: 'at',
    timeGroup: '$__interval',
    groupBy: ['host'],
    orderBy: '',
    descending: false,
    limit: 100,
  } as const;

  test('saves what it reads back, beside the text that it stands for', () => {
    const saved = saveForm({ refId: 'A', format: 'time_series' }, form);
    expect(readForm(saved)).toEqual(form);
    expect(saved).toMatchObject({ refId: 'A', format: 'time_series', dataset: 'public', editorMode: 'builder' });
    expect(saved['rawSql']).toBe(
      `SELECT $__timeGroup("at", '$__interval') AS "time", "host", AVG("value") AS "mean"
FROM "public"."cpu ""load"""
WHERE $__timeFilter("at")
  AND "host" IN ($hosts, 'o''hara')
  AND "state" IS NOT NULL
GROUP BY 1, "host"
ORDER BY 1
LIMIT 100`,
    );
  });

  test.each<[object, RegExp]>([
    [{ columns: [{ name: 'pg_sleep', parameters: [{ name: 'x' }] }] }, /columns\[0\]\.name: expected one of AVG/],
    [{ filters: [{ column: 'x', operator: '; DROP', values: [] }] }, /filters\[0\]\.operator: expected one of/],
    [{ limit: '1; DROP' }, /limit: expected a number/],
  ])('refuses %j', (sql, sentence) => {
    expect(() => postgresSpec.parseQuery({ editorMode: 'builder', table: 't', sql: { filters: [], ...sql } })).toThrow(sentence);
  });

  test('a query of Grafana’s builder is asked by its text', () => {
    const query = postgresSpec.parseQuery({
      editorMode: 'builder',
      table: 't',
      sql: { columns: [] },
      rawSql: 'SELECT 1',
      format: 'table',
    });
    expect(query).toEqual({ format: 'table', builder: undefined, rawSql: 'SELECT 1', volume: false });
  });
});

test.each<[object, RegExp]>([
  [{}, /^rawSql: is empty/],
  [{ rawSql: 'SELECT 1', format: 'heatmap' }, /^format: expected one of time_series, table, logs/],
])('the query %j is refused', (spec, sentence) => {
  expect(() => postgresSpec.parseQuery(spec)).toThrow(sentence);
});
