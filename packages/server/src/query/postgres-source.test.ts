import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { Frame, PanelData } from '@vitrine/model/frame.ts';
import type { DatasourceNeeds } from '@vitrine/plugins/contract.ts';
import { datasourceServers } from '@vitrine/plugins/sources/servers.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { dialWithin } from './reach.ts';
import { hasPostgres, startPostgres, type TestPostgres } from '../testing/start-postgres.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const START = Date.UTC(2024, 0, 1);
const END = START + 3_600_000;

const SETUP = `
CREATE ROLE reader LOGIN PASSWORD 'read it';
CREATE ROLE writer LOGIN PASSWORD 'write it';
CREATE TYPE phase AS ENUM ('train', 'serve');
CREATE TABLE load (at timestamptz NOT NULL, host text, phase phase, value float8, requests int8);
INSERT INTO load
  SELECT '2024-01-01T00:00:00Z'::timestamptz + i * interval '1 minute', CASE i % 2 WHEN 0 THEN 'a' ELSE 'o''hara' END,
    CASE i % 2 WHEN 0 THEN 'train' ELSE 'serve' END::phase, i, i * 10
  FROM generate_series(0, 59) i;
CREATE TABLE deployments (at timestamptz, done timestamptz, version text, tags text[]);
INSERT INTO deployments VALUES ('2024-01-01T00:10:00Z', '2024-01-01T00:12:00Z', 'v2', '{prod,canary}');
CREATE TABLE lines (at timestamptz, level text, message text);
INSERT INTO lines VALUES ('2024-01-01T00:10:00Z', 'error', 'out of memory');
CREATE TABLE secret (x int);
GRANT SELECT ON load, deployments, lines TO reader;
GRANT ALL ON load TO writer;
GRANT CREATE ON SCHEMA public TO writer;`;

const DEPLOYS = {
  version: 2,
  uid: 'deploys',
  title: 'Deploys',
  variables: [],
  panels: [{ id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries: [] }],
  annotations: [
    {
      name: 'Deploys',
      source: { type: 'postgres', uid: 'pg' },
      enable: true,
      spec: { rawQuery: 'SELECT at AS time, done AS timeend, version AS text, tags FROM deployments WHERE $__timeFilter(at)' },
    },
  ],
};

/** What is there; under a missing value anything may lie. */
function plain(frame: Frame | undefined): unknown {
  return frame?.fields.map(({ name, labels, values, present }) => [
    name,
    labels ?? {},
    Array.from(values as ArrayLike<unknown>, (value, row) => (present?.[row] === 0 ? undefined : value)),
  ]);
}

describe.skipIf(!hasPostgres())('a PostgreSQL server as a data source', () => {
  let made: TestApp;
  let server: TestPostgres;
  let certificate = '';
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-postgres-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=db',
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        'key.pem',
        '-out',
        'cert.pem',
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    certificate = readFileSync(join(folder, 'cert.pem'), 'utf8');
    server = await startPostgres(folder, ends, { certificate, key: readFileSync(join(folder, 'key.pem'), 'utf8') });
    await asAdmin(SETUP);
    made = await testApp({ dashboards: [DEPLOYS], until: (end) => ends.push(end) });
    await save('pg', {});
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  async function asAdmin(sql: string): Promise<readonly unknown[]> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: server.port,
      user: 'admin',
      password: server.password,
      database: 'postgres',
    });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** How many sessions of the source run something. */
  const running = () => asAdmin("SELECT pid FROM pg_stat_activity WHERE application_name = 'vitrine' AND state = 'active'");

  type Changes = { readonly url?: string; readonly user?: string; readonly jsonData?: object; readonly secrets?: object };
  function sourceOf(uid: string, { url = `127.0.0.1:${server.port}`, user = 'reader', jsonData = {}, secrets = {} }: Changes) {
    return {
      uid,
      name: uid === 'pg' ? 'Warehouse' : uid,
      type: 'grafana-postgresql-datasource',
      url,
      settings: { user, jsonData: { database: 'postgres', sslmode: 'require', ...jsonData } },
      secrets: { password: 'read it', ...secrets },
      isDefault: false,
      readOnly: false,
      updatedMs: 1,
      onlyTheseSecrets: true,
    };
  }
  async function save(uid: string, changes: Changes): Promise<void> {
    await made.needs.documents.dataSources.save(sourceOf(uid, changes));
  }

  async function ask(spec: object, more: object = {}, uid = 'pg'): Promise<PanelData> {
    const queries = [{ refId: 'A', source: { type: 'postgres', uid }, spec }];
    const draft = { panel: { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries }, variables: [], ...more };
    const payload = { dashboard: '', panel: 1, fromMs: START, toMs: END, widthPx: 60, draft };
    const answer = await made.app.inject({ method: 'POST', url: '/api/panel-data', headers: made.browser, payload });
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return decodePanelData(answer.rawPayload);
  }
  const rows = async (rawSql: string, uid?: string) => plain((await ask({ rawSql, format: 'table' }, {}, uid)).frames[0]);

  test('answers groups of time by their labels', async () => {
    const { frames, traces } = await ask({
      rawSql: `SELECT $__timeGroupAlias(at, '20m'), host, avg(value) AS value FROM load WHERE $__timeFilter(at) GROUP BY 1, 2 ORDER BY 1`,
      format: 'time_series',
    });
    expect(plain(frames[0])).toEqual([
      ['time', {}, [START, START + 1_200_000, START + 2_400_000]],
      ['a', { host: 'a' }, [9, 29, 49]],
      ["o'hara", { host: "o'hara" }, [10, 30, 50]],
    ]);
    expect(traces).toMatchObject([{ source: 'Warehouse', samplesRead: 6 }]);
  });

  test('reads its types', async () => {
    expect(
      await rows(
        `SELECT 1::int2 a, 9007199254740993 b, 1.50::numeric c, true d, '2024-01-01'::date e, timestamp '2024-01-01 00:00:00.5' f,
          '{"k":[1]}'::jsonb g, ARRAY[[1,NULL]] h, '1 day'::interval i, 'train'::phase j, NULL::float8 k, 'a"b,c'::text l,
          'Infinity'::float8 m, '0b9d1f0e-8d1c-4a1e-9f57-2f4a3a5a6b7c'::uuid n, '\\x00ff'::bytea o`,
      ),
    ).toEqual([
      ['a', {}, [1]],
      ['b', {}, ['9007199254740993']],
      ['c', {}, [1.5]],
      ['d', {}, [1]],
      ['e', {}, [START]],
      ['f', {}, [START + 500]],
      ['g', {}, [{ k: [1] }]],
      ['h', {}, [[[1, null]]]],
      ['i', {}, ['1 day']],
      ['j', {}, ['train']],
      ['k', {}, [undefined]],
      ['l', {}, ['a"b,c']],
      ['m', {}, [Infinity]],
      ['n', {}, ['0b9d1f0e-8d1c-4a1e-9f57-2f4a3a5a6b7c']],
      ['o', {}, [String.raw`\x00ff`]],
    ]);
  });

  test('answers the builder’s question, its values apart from its text', async () => {
    const host = {
      kind: 'custom',
      name: 'host',
      multi: true,
      current: ["o'hara", "' OR 1=1 --"],
      options: ["' OR 1=1 --", "o'hara"].map((value) => ({ text: value, value })),
    };
    const { frames, traces } = await ask(
      {
        format: 'table',
        editorMode: 'builder',
        table: 'load',
        sql: {
          columns: [{ name: 'MAX', parameters: [{ name: 'value' }], alias: 'top' }],
          filters: [
            { column: 'host', operator: 'IN', values: ['$host'] },
            { column: 'phase', operator: '=', values: ['serve'] },
            { column: 'requests', operator: '<', values: ['300'] },
          ],
          timeColumn: 'at',
          timeGroup: '30m',
          groupBy: [{ property: { name: 'host' } }],
        },
      },
      { variables: [host] },
    );
    expect(plain(frames[0])).toEqual([
      ['time', {}, [START]],
      ['host', {}, ["o'hara"]],
      ['top', {}, [29]],
    ]);
    expect(traces[0]?.executed).toContain('"host" IN ($3, $4)');
    expect(traces[0]?.executed.split('\n--')[0]).not.toContain('OR 1=1');
    expect(traces[0]?.executed).toContain(`-- $4 = "' OR 1=1 --"`);
  });

  test('lines out of the range do not crowd those within it out of the count', async () => {
    await save('few', { jsonData: { maxRows: 100 } });
    const earlier = `SELECT at - n * interval '1 day' AS at, host AS message FROM load, generate_series(0, 9) AS n ORDER BY 1 DESC`;
    const { frames } = await ask({ rawSql: earlier, format: 'logs', volume: true }, {}, 'few');
    expect(frames.map(({ name, shape }) => name ?? shape)).toEqual(['log volume', 'logs']);
    expect(Array.from(frames[0]!.fields[1]!.values as Float64Array).reduce((sum, count) => sum + count, 0)).toBe(60);
  });

  test('lines of logs are counted over the range by level, where that is asked and no limit cuts them', async () => {
    const manyLines =
      "SELECT at, CASE WHEN value > 49 THEN 'ERROR' WHEN value > 39 THEN 'warn' END AS level, host AS message FROM load";
    const rawSql = `${manyLines} WHERE $__timeFilter(at) ORDER BY at -- the newest ; last`;
    const { frames } = await ask({ rawSql, format: 'logs', volume: true });
    expect(frames.map(({ name, shape, length }) => [name ?? shape, length])).toEqual([
      ['log volume', 60],
      ['logs', 60],
    ]);
    const counts = (frames[0]?.fields ?? [])
      .slice(1)
      .map(({ name, values }) => [name, Array.from(values as Float64Array).reduce((sum, value) => sum + value, 0)]);
    expect(counts).toEqual([
      ['error', 10],
      ['warning', 10],
      ['unknown', 40],
    ]);
    for (const [spec, notices] of [
      [{ rawSql, format: 'logs' }, []],
      [{ rawSql: `${manyLines} LIMIT 5`, format: 'logs', volume: true }, []],
      [
        { rawSql: 'SELECT value AS time, host FROM load', format: 'logs', volume: true },
        [expect.stringMatching(/^Query A: the lines are not counted: /)],
      ],
    ] as const) {
      const answer = await ask(spec);
      expect(answer.frames.map(({ shape }) => shape)).toEqual(['logs']);
      expect(answer.notices.map(({ text }) => text)).toEqual(notices);
    }
  });

  test('shows logs', async () => {
    const { frames } = await ask({ rawSql: 'SELECT level, message, at FROM lines', format: 'logs' });
    expect(frames).toMatchObject([{ shape: 'logs', length: 1 }]);
    expect(plain(frames[0])).toEqual([
      ['at', {}, [START + 600_000]],
      ['level', {}, ['error']],
      ['message', {}, ['out of memory']],
    ]);
  });

  test.each<[string, string, object[]]>([
    [
      'text',
      'SELECT DISTINCT host FROM load ORDER BY 1',
      [
        { text: 'a', value: 'a' },
        { text: "o'hara", value: "o'hara" },
      ],
    ],
    [
      'pairs',
      `SELECT host AS __text, min(value) AS __value FROM load GROUP BY 1 ORDER BY 1`,
      [
        { text: 'a', value: '0' },
        { text: "o'hara", value: '1' },
      ],
    ],
  ])('finds the values of a variable: %s', async (_, query, want) => {
    const draft = { kind: 'query', name: 'x', source: { type: 'postgres', uid: 'pg' }, spec: { query } };
    const payload = { dashboard: '', variable: 'x', fromMs: START, toMs: END, drafts: [draft] };
    const answer = await made.app.inject({ method: 'POST', url: '/api/variable-options', headers: made.browser, payload });
    expect(answer.json().options).toEqual(want);
  });

  test('marks what an annotation query finds', async () => {
    const payload = { dashboard: 'deploys', fromMs: START, toMs: END };
    const answer = await made.app.inject({ method: 'POST', url: '/api/annotation-events', headers: made.browser, payload });
    expect(answer.json()).toMatchObject({
      events: [{ timeMs: START + 600_000, endMs: START + 720_000, text: 'v2', tags: ['prod', 'canary'] }],
      notices: [],
    });
  });

  const get = async (url: string) =>
    (await made.app.inject({ url: `/api/datasources/uid/${url}`, headers: made.browser })).json<unknown>();

  test('tells what the server is, and what its user may do there', async () => {
    await save('may write', { user: 'writer', secrets: { password: 'write it' }, jsonData: { timescaledb: true } });
    expect(await get('pg/health')).toMatchObject({
      status: 'OK',
      details: {
        product: 'PostgreSQL',
        version: expect.stringMatching(/^\d+/),
        notes: [expect.stringContaining('whose certificate it is')],
      },
    });
    expect(await get('may%20write/health')).toMatchObject({
      details: {
        notes: expect.arrayContaining([
          expect.stringContaining('may write'),
          expect.stringContaining('TimescaleDB is switched on, but'),
        ]),
      },
    });
  });

  test.each<[string, unknown]>([
    ['schemas', [['public']]],
    ['tables?schema=', [['deployments'], ['lines'], ['load']]],
    ['tables?schema=other', []],
    [
      'columns?schema=public&table=deployments',
      [
        ['at', 'timestamp with time zone'],
        ['done', 'timestamp with time zone'],
        ['version', 'text'],
        ['tags', 'text[]'],
      ],
    ],
    ['completions', expect.arrayContaining([['load', 'phase', 'phase']])],
    ['passwords', expect.objectContaining({ message: expect.stringContaining('is nothing that a PostgreSQL server is asked') })],
  ])('helps to write: %s', async (path, want) => {
    expect(await get(`pg/suggest/${path}`)).toEqual(want);
  });

  /** A connection that no other test shares, and what its queries are asked with. */
  function connectAlone(changes: Changes, signal: AbortSignal) {
    const source = datasourceServers.get('postgres')!;
    const { settings, secrets, url } = sourceOf('direct', changes);
    const needs = {
      dial: (host: string, port: number, signal: AbortSignal) => dialWithin({ mayBePrivate: true }, host, port, signal),
    };
    const own = source.connect(
      source.spec.parseSettings({ name: 'direct', ...settings, url, secrets }),
      needs as Partial<DatasourceNeeds> as DatasourceNeeds,
    );
    const range = { fromMs: START, toMs: END };
    const ask = (rawSql: string) =>
      own.query('A', source.spec.parseQuery({ rawSql, format: 'table' }), {
        ...range,
        shown: range,
        stepMs: 60_000,
        maxPoints: 60,
        limits: { maxSamples: 1_000, maxSeries: 10, timeoutMs: 60_000 },
        signal,
        replace: (text) => text,
        filters: [],
      });
    return { own, ask };
  }

  test('stops a question that nobody waits for', async () => {
    const stop = new AbortController();
    const failed = expect(connectAlone({}, stop.signal).ask('SELECT pg_sleep(60)')).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(running).toHaveLength(1);
    stop.abort();
    await failed;
    await expect.poll(running, { timeout: 10_000 }).toEqual([]);
  });

  test('closes what is idle when it is closed, and what is asked when it is answered', async () => {
    const sessions = () =>
      asAdmin("SELECT state FROM pg_stat_activity WHERE application_name = 'vitrine' AND usename = 'writer'");
    const { own, ask } = connectAlone({ user: 'writer', secrets: { password: 'write it' } }, new AbortController().signal);
    await Promise.all([ask('SELECT 1'), ask('SELECT 2')]);
    expect(await sessions()).not.toEqual([]);
    const last = ask('SELECT pg_sleep(0.2)');
    await expect.poll(running).toHaveLength(1);
    await own.close!();
    expect((await last).frames).toHaveLength(1);
    await expect.poll(sessions, { timeout: 10_000 }).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ['a table that is not there', 'SELECT * FROM nope', /relation \\"nope\\" does not exist in line 1, at “nope”/],
    ['what does not parse', 'SELECT\n  FROM WHERE', /syntax error.* in line 2, at “WHERE”/],
    ['a table that it may not read', 'SELECT * FROM secret', /The user \\"reader\\" may not read this: permission denied/],
    ['two statements', 'SELECT 1; DELETE FROM load', /cannot insert multiple commands/],
    ['a statement that writes', 'DELETE FROM load', /Questions may only read: a statement begins with SELECT/],
    ['a comment before one that writes', '/* SELECT */ -- SELECT\n DROP TABLE load', /Questions may only read/],
    ['a statement that ends the transaction', 'COMMIT', /Questions may only read/],
    ['one huge cell', "SELECT repeat('x', 80000000)", /more than 64 MiB/],
  ])('says what is wrong with %s', async (_, rawSql, sentence) => {
    await expect(rows(rawSql)).rejects.toThrow(sentence);
  });

  test('cannot write, whatever its user may', async () => {
    await save('writer', { user: 'writer', secrets: { password: 'write it' } });
    for (const sql of [
      'WITH gone AS (DELETE FROM load RETURNING 1) SELECT * FROM gone',
      'SELECT 1 AS x INTO kept',
      'EXPLAIN ANALYZE DELETE FROM load',
      "SELECT set_config('transaction_read_only', 'off', false)",
      "SELECT nextval('counter')",
    ])
      await expect(rows(sql, 'writer')).rejects.toThrow(/read-only|read-write|relation/);
    expect(await asAdmin('SELECT count(*)::int AS n FROM load')).toEqual([{ n: 60 }]);
  });

  test('cuts an answer of too many rows, and goes on', async () => {
    await save('few', { jsonData: { maxRows: 1_000, maxOpenConns: 1 } });
    const { frames, notices } = await ask({ rawSql: 'SELECT generate_series(1, 50000000) AS i', format: 'table' }, {}, 'few');
    expect(frames[0]?.length).toBe(1_000);
    expect(notices).toMatchObject([
      { level: 'warning', text: expect.stringContaining('showing the first 1,000 rows, there are more') },
    ]);
    expect(await rows('SELECT 1 AS x', 'few')).toEqual([['x', {}, [1]]]);
    await expect.poll(running, { timeout: 10_000 }).toEqual([]);
  });

  test('is asked no longer than the time limit', async () => {
    await save('short', { jsonData: { timeout: 1 } });
    await expect(rows('SELECT pg_sleep(60)', 'short')).rejects.toThrow(/did not answer within 1 s/);
    expect(await rows('SELECT 1 AS x', 'short')).toEqual([['x', {}, [1]]]);
    expect(await running()).toEqual([]);
  });

  test('waits for no lock', async () => {
    const holder = new pg.Client({
      host: '127.0.0.1',
      port: server.port,
      user: 'admin',
      password: server.password,
      database: 'postgres',
    });
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query('BEGIN; LOCK TABLE load');
    await save('locked', { jsonData: { timeout: 2 } });
    await expect(rows('SELECT count(*) FROM load', 'locked')).rejects.toThrow(/waits for a lock|did not answer within 2 s/);
  });

  test.each<[string, () => Changes, RegExp]>([
    ['a wrong password', () => ({ secrets: { password: 'no' } }), /refuses the password of the user \\"reader\\"/],
    ['another database', () => ({ jsonData: { database: 'nope' } }), /has no database \\"nope\\"/],
    ['a port where nobody listens', () => ({ url: '127.0.0.1:1' }), /nothing listens at 127\.0\.0\.1:1/],
    ['a name that nobody knows', () => ({ url: 'nowhere.invalid' }), /no address is known for the name/],
    [
      'an authority that is not trusted',
      () => ({ jsonData: { sslmode: 'verify-ca' } }),
      /from an authority that is not trusted here/,
    ],
    [
      'a name that is not in the certificate',
      () => ({ jsonData: { sslmode: 'verify-full' }, secrets: { tlsCACert: certificate } }),
      /is for another name/,
    ],
  ])('says of %s what to do', async (_, changes, sentence) => {
    await save('wrong', changes());
    await expect(rows('SELECT 1', 'wrong')).rejects.toThrow(sentence);
  });

  test.each<[string, () => Changes]>([
    ['whose certificate is looked at', () => ({ jsonData: { sslmode: 'verify-ca' }, secrets: { tlsCACert: certificate } })],
    [
      'whose name is looked at',
      () => ({ url: `localhost:${server.port}`, jsonData: { sslmode: 'verify-full' }, secrets: { tlsCACert: certificate } }),
    ],
  ])('is reached over TLS %s', async (_, changes) => {
    await save('tls', changes());
    expect(await rows('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()', 'tls')).toEqual([['ssl', {}, [1]]]);
  });

  test.each(['disable', 'require'])('is told from another server: TLS %s', async (sslmode) => {
    const other = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as { readonly port: number };
    await save('other', { url: `127.0.0.1:${port}`, jsonData: { sslmode } });
    await expect(rows('SELECT 1', 'other')).rejects.toThrow(/does not speak PostgreSQL’s protocol/);
  });

  // These end and stop the server, so they come last.
  test('says so when the server is killed, and goes on when it is back', async () => {
    const answer = rows('SELECT pg_sleep(30)');
    const failed = expect(answer).rejects.toThrow(/closed the connection|ended the connection/);
    await expect.poll(running).toHaveLength(1);
    await server.kill();
    await failed;
    await expect(rows('SELECT 1')).rejects.toThrow(/nothing listens at/);
    await server.start();
    expect(await rows('SELECT 1 AS x')).toEqual([['x', {}, [1]]]);
  });

  test('keeps nobody waiting for a server that stands still, and goes on when it moves again', async () => {
    await save('still', { jsonData: { timeout: 1 } });
    expect(await rows('SELECT 1 AS x', 'still')).toEqual([['x', {}, [1]]]);
    server.pause();
    try {
      await expect(rows('SELECT 1', 'still')).rejects.toThrow(/did not answer within 1 s|cannot be reached/);
    } finally {
      server.resume();
    }
    expect(await rows('SELECT 1 AS x', 'still')).toEqual([['x', {}, [1]]]);
  }, 30_000);
});
