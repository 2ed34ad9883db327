import { mergePanelData } from '@vitrine/compute/merge.ts';
import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasInfluxdb, startInfluxdb } from '../testing/start-influxdb.ts';
import { hasPostgres, startPostgres } from '../testing/start-postgres.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const START = Date.UTC(2024, 0, 1);
const END = START + 3_600_000;
const STEP = 60_000;
/** The page knew this much, and asks again from two steps before. */
const KNOWN_TO = END - 600_000;
const SINCE = KNOWN_TO - 2 * STEP;

/** Irregular values of three hosts; c falls silent, and d comes late. */
const ROWS = Array.from({ length: 720 }, (_, at) => ({ at: START + at * 5_000 + (at % 3) * 700, value: ((at * 37) % 101) / 4 }))
  .map((row, index) => ({ ...row, host: 'abcd'[index % 4] as string }))
  .filter(({ host, at }) => (host === 'c' ? at < START + 1_200_000 : host === 'd' ? at > START + 1_800_000 : true));

interface Case {
  readonly says: string;
  readonly spec: object;
  /** Whether the newest part is asked for alone. */
  readonly grows: boolean;
}

const influx = (says: string, query: string, grows: boolean): Case => ({ says, spec: { query, rawQuery: true }, grows });
const grouped = (what: string, more = ''): string =>
  `SELECT ${what} FROM load WHERE $timeFilter ${more}GROUP BY time($__interval), host`;

const INFLUX: readonly Case[] = [
  influx('a mean', grouped('mean(value)'), true),
  influx('extremes and a percentile, added up', grouped('max(value) - min(value), percentile(value, 90)'), true),
  influx('the last of each', `${grouped('last(value)')} fill(none)`, true),
  influx('a filter beside the range', grouped('sum(value)', "AND (host = 'a' OR host = 'b') "), true),
  influx('counts that are asked for by name', `${grouped('count(value)')} fill(none)`, true),
  {
    says: 'the builder',
    spec: {
      measurement: 'load',
      select: [
        [
          { type: 'field', params: ['value'] },
          { type: 'mean', params: [] },
        ],
      ],
      groupBy: [
        { type: 'time', params: ['$__interval'] },
        { type: 'tag', params: ['host'] },
        { type: 'fill', params: ['null'] },
      ],
    },
    grows: true,
  },
  influx('counts, which say 0', grouped('count(value)'), false),
  influx('zeros in gaps', `${grouped('mean(value)')} fill(0)`, false),
  influx('the value before in gaps', `${grouped('mean(value)')} fill(previous)`, false),
  influx('a derivative', grouped('derivative(mean(value), 1m)'), false),
  influx('a sum of all before', grouped('cumulative_sum(sum(value))'), false),
  influx('a moving average', grouped('moving_average(mean(value), 3)'), false),
  influx('a limit', `${grouped('mean(value)')} LIMIT 10`, false),
  influx('the newest first, cut', `${grouped('mean(value)')} ORDER BY time DESC LIMIT 10`, false),
  influx('a time of its own', grouped('mean(value)', `AND time > ${START}ms `), false),
  influx(
    'a range that is one of two',
    `SELECT mean(value) FROM load WHERE $timeFilter OR host = 'a' GROUP BY time($__interval)`,
    false,
  ),
  influx('groups that begin elsewhere', 'SELECT mean(value) FROM load WHERE $timeFilter GROUP BY time($__interval, 30s)', false),
  influx('groups of their own length', 'SELECT mean(value) FROM load WHERE $timeFilter GROUP BY time(7m)', false),
  influx(
    'a query of a query',
    'SELECT max(m) FROM (SELECT mean(value) AS m FROM load WHERE $timeFilter GROUP BY time($__interval)) WHERE $timeFilter GROUP BY time($__interval)',
    false,
  ),
  influx('two statements', `${grouped('mean(value)')}; ${grouped('max(value)')}`, false),
  influx('no groups', 'SELECT value FROM load WHERE $timeFilter', false),
];

const sql = (says: string, rawSql: string, grows: boolean): Case => ({ says, spec: { rawSql, format: 'time_series' }, grows });
const select = (what: string, behind = '', group = '$__timeGroupAlias(at, $__interval)'): string =>
  `SELECT ${group}, host AS metric, ${what} FROM load WHERE $__timeFilter(at) GROUP BY 1, 2${behind}`;

const POSTGRES: readonly Case[] = [
  sql('an average', `${select('avg(value) AS value')} ORDER BY 1`, true),
  sql('counts, the newest first', `${select('count(*) AS value')} ORDER BY 1 DESC`, true),
  sql('gaps that stay gaps', select('max(value) AS value', '', "$__timeGroupAlias(at, '$__interval', NULL)"), true),
  sql('words in strings that would mean something', select("avg(value) AS value, max('limit 5 ; select') AS note"), true),
  {
    says: 'the builder',
    spec: {
      format: 'time_series',
      editorMode: 'builder',
      table: 'load',
      sql: {
        filters: [],
        timeColumn: 'at',
        timeGroup: '$__interval',
        columns: [{ name: 'AVG', parameters: [{ name: 'value' }] }],
        groupBy: [{ property: { name: 'host' } }],
      },
    },
    grows: true,
  },
  sql(
    'a sum of all before',
    'SELECT $__timeGroupAlias(at, $__interval), sum(sum(value)) OVER (ORDER BY 1) AS value FROM load WHERE $__timeFilter(at) GROUP BY 1',
    false,
  ),
  sql('a limit', `${select('avg(value) AS value')} ORDER BY 1 LIMIT 20`, false),
  sql('groups that are left out', select('avg(value) AS value', ' HAVING count(*) > 1'), false),
  sql('zeros in gaps', select('avg(value) AS value', '', "$__timeGroupAlias(at, '$__interval', 0)"), false),
  sql('groups of their own length', select('avg(value) AS value', '', "$__timeGroupAlias(at, '7m')"), false),
  sql(
    'a query of a query',
    'SELECT $__timeGroupAlias(at, $__interval), avg(value) AS value FROM (SELECT * FROM load) AS l WHERE $__timeFilter(at) GROUP BY 1',
    false,
  ),
  sql(
    'a share of the whole',
    'SELECT $__timeGroupAlias(at, $__interval), avg(value) / (SELECT max(value) FROM load) AS value FROM load WHERE $__timeFilter(at) GROUP BY 1',
    false,
  ),
  sql(
    'a range that is one of two',
    "SELECT $__timeGroupAlias(at, $__interval), avg(value) AS value FROM load WHERE $__timeFilter(at) OR host = 'a' GROUP BY 1",
    false,
  ),
  sql(
    'what depends on when it is asked',
    'SELECT $__timeGroupAlias(at, $__interval), avg(value) AS value FROM load WHERE $__timeFilter(at) AND at < now() GROUP BY 1',
    false,
  ),
  sql(
    'groups that are no times, at their newest',
    'SELECT max($__timeGroup(at, $__interval)) AS time, concat(host, mod(extract(second FROM at)::int + extract(minute FROM at)::int, 5)) AS metric, sum(value) AS value FROM load WHERE $__timeFilter(at) GROUP BY 2',
    false,
  ),
  sql('no groups', 'SELECT at AS time, value FROM load WHERE $__timeFilter(at) ORDER BY 1', false),
];

/** What is drawn: each value by its series and time. */
function drawn({ frames }: PanelData): Map<string, number> {
  const found = new Map<string, number>();
  for (const { fields, length } of frames) {
    const [time, ...series] = fields;
    for (const { name, labels, values, present } of series) {
      for (let row = 0; row < length; row++) {
        if (present?.[row] === 0) continue;
        found.set(
          `${name} ${JSON.stringify(labels ?? {})} ${new Date(Number(time?.values[row])).toISOString()}`,
          Number(values[row]),
        );
      }
    }
  }
  return found;
}

describe.each([
  { type: 'influxdb', cases: INFLUX, isThere: hasInfluxdb },
  { type: 'postgres', cases: POSTGRES, isThere: hasPostgres },
])('the newest part of an answer of $type', ({ type, cases, isThere }) => {
  const here = isThere();
  let made: TestApp;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    if (!here) return;
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-incremental-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    const settings = type === 'influxdb' ? await fillInflux(folder, ends) : await fillPostgres(folder, ends);
    made = await testApp({ until: (end) => ends.push(end) });
    const source = { uid: 's', name: 'S', type, isDefault: false, readOnly: false, updatedMs: 1, onlyTheseSecrets: true };
    await made.needs.documents.dataSources.save({ ...source, ...settings });
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  async function ask(spec: object, toMs: number, more: object = {}): Promise<PanelData> {
    const queries = [{ refId: 'A', source: { type, uid: 's' }, spec }];
    const draft = { panel: { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries }, variables: [] };
    const payload = { dashboard: '', panel: 1, fromMs: START + 5_000, toMs, widthPx: 60, draft, ...more };
    const answer = await made.app.inject({ method: 'POST', url: '/api/panel-data', headers: made.browser, payload });
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return decodePanelData(answer.rawPayload);
  }

  test.skipIf(!here).each(cases)(
    '$says: what is known with it is the whole, and it is asked alone: $grows',
    async ({ spec, grows }) => {
      const known = await ask(spec, KNOWN_TO, { widthPx: Math.round((KNOWN_TO - START) / STEP) });
      expect([known.growable, known.stepMs]).toEqual([grows, STEP]);
      const fresh = await ask(spec, END, { sinceMs: SINCE, stepMs: STEP });
      const whole = await ask(spec, END);
      expect(drawn(whole).size).toBeGreaterThan(6);
      expect(drawn(mergePanelData(known, fresh, START))).toEqual(drawn(whole));
      // Alone means that nothing older was read.
      if (grows) expect(drawn(fresh).size).toBeLessThan(drawn(whole).size / 2);
    },
  );
});

async function fillInflux(folder: string, ends: (() => Promise<void>)[]) {
  const url = await startInfluxdb(folder, ends);
  const post = async (path: string, body: string): Promise<void> => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body });
    expect(answer.ok, await answer.text()).toBe(true);
  };
  await post(`/query?q=${encodeURIComponent('CREATE DATABASE ml')}`, '');
  await post('/write?db=ml&precision=ms', ROWS.map(({ at, host, value }) => `load,host=${host} value=${value} ${at}`).join('\n'));
  return { url, settings: { jsonData: { dbName: 'ml' } }, secrets: {} };
}

async function fillPostgres(folder: string, ends: (() => Promise<void>)[]) {
  const { port, password } = await startPostgres(folder, ends);
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'admin', password, database: 'postgres' });
  await client.connect();
  await client.query('CREATE TABLE load (at timestamptz, host text, value float8)');
  const rows = ROWS.map(({ at, host, value }) => `('${new Date(at).toISOString()}', '${host}', ${value})`);
  await client.query(`INSERT INTO load VALUES ${rows.join(', ')}`);
  await client.end();
  const settings = { user: 'admin', jsonData: { database: 'postgres', sslmode: 'disable' } };
  return { url: `127.0.0.1:${port}`, settings, secrets: { password } };
}
