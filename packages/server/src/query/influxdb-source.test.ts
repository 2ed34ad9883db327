import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { Frame, PanelData } from '@vitrine/model/frame.ts';
import type { DatasourceNeeds } from '@vitrine/plugins/contract.ts';
import { influxdb } from '@vitrine/plugins/sources/influxdb/server.ts';
import { influxSpec, type InfluxSettings } from '@vitrine/plugins/sources/influxdb/spec.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasInfluxdb, startInfluxdb } from '../testing/start-influxdb.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const END = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
const START = END - 600_000;
const STEP = 10_000;
const DEPLOYS = {
  version: 2,
  uid: 'deploys',
  title: 'Deploys',
  variables: [],
  panels: [{ id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries: [] }],
  annotations: [
    {
      name: 'Deploys',
      source: { type: 'influxdb', uid: 'influx' },
      enable: true,
      spec: {
        query: 'SELECT title, text, tags FROM deploys WHERE $timeFilter GROUP BY service',
        titleColumn: 'title',
        textColumn: 'text',
        tagsColumn: 'tags,service',
      },
    },
  ],
};
const HOSTS = ['a', 'b"\\\'/'] as const;

/** The value of a host at a row, every 10 s over ten minutes. */
function load(host: number, row: number): number {
  return (host + 1) * 100 + (row % 7) - 0.25;
}

const ROWS = Array.from({ length: 60 }, (_, row) => row);

function lineProtocol(): string {
  const tag = (text: string): string => text.replaceAll(/[,= ]/g, String.raw`\$&`);
  return [
    ...HOSTS.flatMap((host, h) =>
      ROWS.map((row) => `server.load,host=${tag(host)},zone=z${h} value=${load(h, row)},peak=${row}i ${START + row * STEP}`),
    ),
    ...ROWS.map((row) => `long value=${row} ${START + row * STEP}`),
    `deploys,service=api title="Release",text="v1, \\"blue\\"",tags="prod,blue" ${START + 60_000}`,
    `deploys,service=db title="Rollback",text="v2",tags="prod" ${START + 120_000}`,
    `lines,level=error message="out of memory",code=7i ${START + 1_000}`,
    `lines,level=info message="started",code=0i ${START + 2_000}`,
  ].join('\n');
}

/** What a column holds, undefined where there is no value. */
function column(frame: Frame | undefined, index: number): unknown[] {
  const field = frame?.fields[index];
  return field === undefined
    ? []
    : Array.from(field.values as ArrayLike<unknown>, (value, row) => (field.present?.[row] === 0 ? undefined : value));
}

describe.skipIf(!hasInfluxdb())('an InfluxDB 1 server as a data source', () => {
  let made: TestApp;
  let url: string;
  const ends: (() => Promise<void>)[] = [];

  const post = async (path: string, body: string): Promise<void> => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body });
    if (!answer.ok) throw new Error(await answer.text());
  };

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-influx-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    url = await startInfluxdb(folder, ends);
    await post(`/query?q=${encodeURIComponent('CREATE DATABASE ml')}`, '');
    await post('/write?db=ml&precision=ms', lineProtocol());
    const many = Array.from({ length: 25_000 }, (_, row) => `many value=${row} ${START - 100_000_000 + row * 1_000}`);
    await post('/write?db=ml&precision=ms', many.join('\n'));
    made = await testApp({ dashboards: [DEPLOYS], until: (end) => ends.push(end) });
    for (const [uid, settings] of [
      ['influx', { jsonData: { dbName: 'ml' } }],
      ['old', { database: 'ml', jsonData: { httpMode: 'POST' } }],
    ] as const) {
      await made.needs.documents.dataSources.save({
        uid,
        name: uid,
        type: 'influxdb',
        url,
        settings,
        isDefault: false,
        readOnly: false,
        updatedMs: 1,
        secrets: {},
        onlyTheseSecrets: true,
      });
    }
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  async function ask(
    spec: object,
    more: { variables?: object[]; chosen?: object; uid?: string; fromMs?: number } = {},
  ): Promise<PanelData> {
    const queries = [{ refId: 'A', source: { type: 'influxdb', uid: more.uid ?? 'influx' }, spec }];
    const draft = {
      panel: { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries },
      variables: more.variables ?? [],
    };
    const payload = {
      dashboard: '',
      panel: 1,
      fromMs: more.fromMs ?? START,
      toMs: END,
      widthPx: 60,
      draft,
      variables: more.chosen ?? {},
    };
    const answer = await made.app.inject({ method: 'POST', url: '/api/panel-data', headers: made.browser, payload });
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return decodePanelData(answer.rawPayload);
  }

  const built = (more: object = {}): object => ({
    measurement: 'server.load',
    select: [[{ type: 'field', params: ['value'] }]],
    groupBy: [{ type: 'tag', params: ['host'] }],
    ...more,
  });

  test('draws the very values that were written', async () => {
    const { frames } = await ask(built());
    expect(frames).toHaveLength(1);
    expect(column(frames[0], 0)).toEqual(ROWS.map((row) => START + row * STEP));
    for (const [h, host] of HOSTS.entries()) {
      expect(frames[0]?.fields[h + 1]).toMatchObject({ name: `server.load.value {host: ${host}}`, labels: { host } });
      expect(column(frames[0], h + 1)).toEqual(ROWS.map((row) => load(h, row)));
    }
  });

  test('groups by the step with what is missing left out, and names by the alias', async () => {
    const { frames, traces } = await ask(
      built({
        select: [
          [
            { type: 'field', params: ['value'] },
            { type: 'mean', params: [] },
            { type: 'math', params: [' * 2'] },
            { type: 'alias', params: ['twice'] },
          ],
          [
            { type: 'field', params: ['peak'] },
            { type: 'max', params: [] },
          ],
        ],
        groupBy: [
          { type: 'time', params: ['20s'] },
          { type: 'tag', params: ['host'] },
          { type: 'fill', params: ['null'] },
        ],
        tags: [{ key: 'host', operator: '=', value: HOSTS[1] }],
        alias: '$1 $col of $tag_host [[m]] $m',
      }),
    );
    const pairs = ROWS.filter((row) => row % 2 === 0);
    expect(column(frames[0], 1).slice(0, 30)).toEqual(pairs.map((row) => load(1, row) + load(1, row + 1)));
    expect(column(frames[0], 2).slice(0, 30)).toEqual(pairs.map((row) => row + 1));
    expect(column(frames[0], 1)[30]).toBeUndefined();
    expect(frames[0]?.fields.slice(1).map(({ name }) => name)).toEqual([
      `load twice of ${HOSTS[1]} server.load server.load`,
      `load max of ${HOSTS[1]} server.load server.load`,
    ]);
    expect(traces[0]?.executed).toContain(String.raw`WHERE ("host" = 'b"\\\'/') AND time >= ${START}ms AND time <= ${END}ms`);
  });

  const hosts = (multi: boolean): object => ({
    kind: 'custom',
    name: 'host',
    multi,
    includeAll: multi,
    options: HOSTS.map((value) => ({ text: value, value })),
    current: HOSTS[0],
  });

  test.each<[string, object, boolean, unknown, string[]]>([
    ['one value in a text', { tags: [{ key: 'host', operator: '=', value: '$host' }] }, false, HOSTS[1], [HOSTS[1]]],
    ['one value in a pattern', { tags: [{ key: 'host', operator: '=~', value: '/^$host$/' }] }, true, HOSTS[1], [HOSTS[1]]],
    ['several in a pattern', { tags: [{ key: 'host', operator: '=~', value: '/^$host$/' }] }, true, [...HOSTS], [...HOSTS]],
    ['a value that is a pattern', { tags: [{ key: 'host', operator: '=~', value: '/^$host$/' }] }, false, '.*', [...HOSTS]],
    ['a value that would end the text', { tags: [{ key: 'host', operator: '=', value: '$host' }] }, false, "x' OR 'a' = 'a", []],
    ['no tag at all', { tags: [] }, false, HOSTS[0], [...HOSTS]],
  ])('takes a variable with %s', async (_, change, multi, value, want) => {
    const { frames } = await ask(built(change), { variables: [hosts(multi)], chosen: { host: value } });
    expect((frames[0]?.fields ?? []).slice(1).map(({ labels }) => labels?.['host'])).toEqual(want);
  });

  test.each<[string, string]>([
    [
      'SELECT mean("value") FROM "server.load" WHERE "host" = \'a\' OR "host" != \'a\' AND $timeFilter GROUP BY time($__interval), "host"',
      'no brackets',
    ],
    [
      'SELECT mean(v) FROM (SELECT value AS v FROM "server.load" WHERE $timeFilter GROUP BY host) WHERE $timeFilter GROUP BY host',
      'a select of a select',
    ],
    ['SELECT mean(value) FROM /^server\\./ WHERE $timeFilter -- all\n GROUP BY "host" /* both */ LIMIT 10', 'comments'],
    ['SELECT value FROM "server.load" GROUP BY host', 'no condition'],
  ])('puts ad-hoc filters into %s', async (query) => {
    const filters = [
      { key: 'host', operator: '=', value: HOSTS[1] },
      { key: 'zone', operator: '=|', value: 'z1', values: ['z1', 'z9'] },
      { key: 'host', operator: '!~', value: '^a/?$' },
    ];
    const adhoc = { kind: 'adhoc', name: 'Filters', source: { type: 'influxdb', uid: 'influx' }, filters };
    const { frames } = await ask({ query, rawQuery: true }, { variables: [adhoc] });
    expect(frames[0]?.fields.slice(1).map(({ labels }) => labels?.['host'])).toEqual([HOSTS[1]]);
  });

  test('puts an answer in many chunks together', async () => {
    const spec = { query: 'SELECT value FROM many', rawQuery: true, resultFormat: 'table' };
    for (const uid of ['influx', 'old']) {
      const { frames } = await ask(spec, { uid });
      expect(frames).toMatchObject([{ shape: 'table', length: 25_000 }]);
      expect(column(frames[0], 1)).toEqual(Array.from({ length: 25_000 }, (_, row) => row));
    }
  });

  test('answers several statements, each in its own columns', async () => {
    const query = 'SELECT max(value) FROM long; SELECT min(value) FROM long;';
    const { frames } = await ask({ query, rawQuery: true });
    expect(frames[0]?.fields.map(({ name }) => name)).toEqual(['Time', 'long.max', 'long.min']);
    expect([column(frames[0], 1).at(-1), column(frames[0], 2).at(0)]).toEqual([59, 0]);
  });

  test('answers rows and lines of logs', async () => {
    const table = await ask({
      query: 'SELECT last(value) FROM "server.load" GROUP BY host, zone',
      rawQuery: true,
      resultFormat: 'table',
    });
    expect(table.frames[0]?.fields.map(({ name }) => name)).toEqual(['Time', 'host', 'zone', 'last']);
    expect([1, 2, 3].map((index) => column(table.frames[0], index))).toEqual([
      [...HOSTS],
      ['z0', 'z1'],
      HOSTS.map((_, h) => load(h, 59)),
    ]);
    const logs = await ask({ query: 'SELECT message, code FROM lines GROUP BY level', rawQuery: true, resultFormat: 'logs' });
    expect(logs.frames).toMatchObject([{ shape: 'logs', length: 2 }]);
    expect(logs.frames[0]?.fields.map(({ name }) => name)).toEqual(['Time', 'level', 'message', 'code']);
    const shown = await ask({ query: 'SHOW FIELD KEYS FROM long', rawQuery: true });
    expect(shown.frames).toMatchObject([{ shape: 'table', length: 1 }]);
  });

  async function options(query: string): Promise<string[]> {
    const draft = { kind: 'query', name: 'x', source: { type: 'influxdb', uid: 'influx' }, spec: { query } };
    const payload = { dashboard: '', variable: 'x', fromMs: START, toMs: END, drafts: [draft] };
    const answer = await made.app.inject({ method: 'POST', url: '/api/variable-options', headers: made.browser, payload });
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return answer.json<{ options: { text: string }[] }>().options.map(({ text }) => text);
  }

  test.each<[string, string[]]>([
    ['SHOW TAG VALUES FROM "server.load" WITH KEY = "host"', [...HOSTS]],
    ['SHOW TAG VALUES WITH KEY = "service" WHERE "service" =~ /^a/', ['api']],
    ['SHOW MEASUREMENTS', ['deploys', 'lines', 'long', 'many', 'server.load']],
    ['SHOW FIELD KEYS FROM "server.load"', ['peak', 'value']],
    ['SHOW TAG KEYS FROM "server.load"', ['host', 'zone']],
    ['SHOW DATABASES', ['ml']],
    ['SHOW RETENTION POLICIES ON "ml"', ['autogen']],
    ['SELECT title FROM deploys WHERE $timeFilter', ['Release', 'Rollback']],
    ['SELECT DISTINCT(message) FROM lines', ['out of memory', 'started']],
  ])('finds the values of a variable: %s', async (query, want) => {
    expect((await options(query)).toSorted()).toEqual(want.toSorted());
  });

  test('marks what a measurement tells of', async () => {
    const payload = { dashboard: 'deploys', fromMs: START, toMs: END };
    const answer = await made.app.inject({ method: 'POST', url: '/api/annotation-events', headers: made.browser, payload });
    expect(answer.json()).toMatchObject({
      events: [
        { timeMs: START + 60_000, title: 'Release', text: 'v1, "blue"', tags: ['prod', 'blue', 'api'] },
        { timeMs: START + 120_000, title: 'Rollback', text: 'v2', tags: ['prod', 'db'] },
      ],
    });
  });

  test.each<[object, RegExp]>([
    [{ query: 'SELECT mean( FROM cpu', rawQuery: true }, /error parsing query: found FROM/],
    [{ query: 'SELECT v FROM "nowhere"."autogen"."x"', rawQuery: true }, /database not found: nowhere/],
    [{ query: 'DROP MEASUREMENT long', rawQuery: true }, /begins with \\"DROP\\"; only SELECT, SHOW and EXPLAIN are asked/],
    [{ query: 'SELECT * INTO x FROM long', rawQuery: true }, /holds INTO, which writes/],
    [{ query: 'SELECT 1 FROM long; DELETE FROM long', rawQuery: true }, /begins with \\"DELETE\\"/],
    [built({ groupBy: [{ type: 'time', params: ['1s); DROP DATABASE ml'] }] }), /groupBy: \\"1s\); DROP/],
  ])('says what is wrong with %j', async (spec, sentence) => {
    await expect(ask(spec)).rejects.toThrow(sentence);
    expect(await options('SHOW MEASUREMENTS')).toContain('long');
  });

  test('asks for nothing where nothing is written', async () => {
    expect((await ask({ measurement: '', query: '' })).frames).toEqual([]);
  });

  test.each<[string, string[]]>([
    ['databases', ['ml']],
    ['policies', ['autogen']],
    ['measurements?search=LOA', ['server.load']],
    ['tag-keys?measurement=server.load', ['host', 'zone']],
    ['tag-values?measurement=server.load&key=host', [...HOSTS]],
    ['field-keys?measurement=server.load&policy=autogen', ['peak', 'value']],
    ['field-keys?measurement=/^server\\..*a/', ['peak', 'value']],
  ])('helps to write with %s', async (path, want) => {
    const answer = await made.app.inject({ url: `/api/datasources/uid/influx/suggest/${path}`, headers: made.browser });
    expect(answer.json()).toEqual({ names: want, isCut: false });
  });

  test('filters by what tags there are', async () => {
    const filters = { kind: 'adhoc', name: 'f', source: { type: 'influxdb', uid: 'influx' }, filters: [] };
    const ask = async (more: object): Promise<string[]> => {
      const payload = { dashboard: '', variable: 'f', fromMs: START, toMs: END, drafts: [filters], ...more };
      const answer = await made.app.inject({ method: 'POST', url: '/api/variable-options', headers: made.browser, payload });
      return answer.json<{ options: { text: string }[] }>().options.map(({ text }) => text);
    };
    expect((await ask({})).toSorted()).toEqual(['host', 'level', 'service', 'zone']);
    expect(await ask({ key: 'service' })).toEqual(['api', 'db']);
  });
});

describe.skipIf(!hasInfluxdb())('an InfluxDB 1 server that asks for a password', () => {
  const settings = (url: string, more: object = {}): InfluxSettings =>
    influxSpec.parseSettings({ url, name: 'Locked', jsonData: { dbName: 'ml' }, ...more });
  const ends: (() => Promise<void>)[] = [];
  let url: string;
  const check = (given: InfluxSettings) =>
    influxdb.connect(given, { fetch } as DatasourceNeeds).check(AbortSignal.timeout(10_000));

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-influx-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    url = await startInfluxdb(folder, ends, true);
    const run = async (q: string, auth = ''): Promise<void> => {
      const answer = await fetch(`${url}/query?${auth}q=${encodeURIComponent(q)}`, { method: 'POST' });
      if (!answer.ok) throw new Error(await answer.text());
    };
    await run(`CREATE USER root WITH PASSWORD 'secret' WITH ALL PRIVILEGES`);
    await run('CREATE DATABASE ml', 'u=root&p=secret&');
    await run(`CREATE USER viewer WITH PASSWORD 'v'`, 'u=root&p=secret&');
    await run('GRANT READ ON ml TO viewer', 'u=root&p=secret&');
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  test.each([
    ['an administrator', { user: 'root', secrets: { password: 'secret' } }],
    ['somebody who may read', { user: 'viewer', secrets: { password: 'v' } }],
    ['basic authentication', { basicAuth: true, basicAuthUser: 'viewer', secrets: { basicAuthPassword: 'v' } }],
    ['a password of an old file', { user: 'viewer', password: 'v', database: 'ml', jsonData: {} }],
  ])('lets %s in', async (_, more) => {
    expect(await check(settings(url, more))).toMatchObject({
      product: 'InfluxDB',
      version: expect.stringMatching(/^1\./),
      notes: [],
    });
  });

  test.each<[string, object, RegExp]>([
    ['nobody', {}, /"Locked" refuses to answer \(HTTP status 401: unable to parse authentication credentials/],
    ['a wrong password', { user: 'root', secrets: { password: 'x' } }, /refuses to answer .*authorization failed/],
    [
      'another database',
      { user: 'root', secrets: { password: 'secret' }, jsonData: { dbName: 'x' } },
      /no database "x" that this user may see; it has ml/,
    ],
    [
      'Flux',
      { user: 'root', secrets: { password: 'secret' }, jsonData: { version: 'Flux' } },
      /Is it an InfluxDB server that speaks Flux\?/,
    ],
    ['SQL', { jsonData: { version: 'SQL', dbName: 'ml' } }, /Is it an InfluxDB server that speaks SQL\?/],
  ])('says why not: %s', async (_, more, sentence) => {
    await expect(check(settings(url, more))).rejects.toThrow(sentence);
  });
});
