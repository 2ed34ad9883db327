import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runSearchServer, whyNoSearchServer } from '../../../../scripts/peers/search-server.ts';
import { matrix } from '../testing/fake-store.ts';
import { type Mood, type Network, network } from '../testing/network.ts';
import { hasInfluxdb, runInfluxdb } from '../testing/start-influxdb.ts';
import { hasPostgres, startPostgres } from '../testing/start-postgres.ts';
import { freePort, hasPrometheus, runPrometheus } from '../testing/start-prometheus.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const FROM = 1_700_000_000_000;
const TO = FROM + 600_000;
type Stops = (() => Promise<void>)[];

/** A server that can be hurt. */
interface Victim {
  port: number;
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  /** Anew, with what it had. It may listen at another port. */
  restart(): Promise<void>;
}

interface Source {
  readonly type: string;
  readonly missing: () => string | undefined;
  start(folder: string, stops: Stops): Promise<Victim>;
  /** Its data source behind the network. */
  saved(port: number): { readonly url: string; readonly settings: object; readonly secrets?: Readonly<Record<string, string>> };
  /** A query that answers, another for each number: none is answered by an answer to another. */
  query(number: number): object;
  /** What is said where it does not answer in time, and where the connection breaks; absent is what sources behind HTTP say. */
  readonly late?: RegExp;
  readonly gone?: RegExp;
}

let password = '';

const SOURCES: Readonly<Record<string, Source>> = {
  Prometheus: {
    type: 'prometheus',
    missing: () => (hasPrometheus() ? undefined : 'not installed'),
    async start(folder, stops) {
      const port = await freePort();
      let running = await runPrometheus(folder, port);
      stops.push(() => running.kill());
      return {
        port,
        pause: () => running.signal('SIGSTOP'),
        resume: () => running.signal('SIGCONT'),
        kill: () => running.kill(),
        async restart() {
          running = await runPrometheus(folder, port);
        },
      };
    },
    saved: (port) => ({ url: `http://127.0.0.1:${port}`, settings: { jsonData: { timeout: 1 } } }),
    query: (number) => ({ expr: `vector(${number})` }),
  },
  InfluxDB: {
    type: 'influxdb',
    missing: () => (hasInfluxdb() ? undefined : 'not installed'),
    async start(folder, stops) {
      let running = await runInfluxdb(folder, stops);
      for (const [path, body] of [
        [`/query?q=${encodeURIComponent('CREATE DATABASE ml')}`, ''],
        ['/write?db=ml&precision=ms', `load value=1 ${FROM + 60_000}`],
      ] as const)
        expect((await fetch(`${running.url}${path}`, { method: 'POST', body })).ok).toBe(true);
      const made: Victim = {
        port: portOf(running.url),
        pause: () => running.signal('SIGSTOP'),
        resume: () => running.signal('SIGCONT'),
        kill: () => running.kill(),
        async restart() {
          running = await runInfluxdb(folder, stops);
          made.port = portOf(running.url);
        },
      };
      return made;
    },
    saved: (port) => ({ url: `http://127.0.0.1:${port}`, settings: { jsonData: { dbName: 'ml', timeout: 1 } } }),
    query: (number) => ({ rawQuery: true, query: `SELECT "value" * ${number} FROM "load" WHERE $timeFilter` }),
  },
  OpenSearch: {
    type: 'elasticsearch',
    missing: () => whyNoSearchServer('opensearch'),
    async start(folder, stops) {
      let running = await runSearchServer('opensearch', folder, stops);
      const body = JSON.stringify({ '@timestamp': FROM + 60_000 });
      const headers = { 'content-type': 'application/json' };
      const mappings = JSON.stringify({
        settings: { number_of_replicas: 0 },
        mappings: { properties: { '@timestamp': { type: 'date' } } },
      });
      expect((await fetch(`${running.url}/logs`, { method: 'PUT', body: mappings, headers })).ok).toBe(true);
      expect((await fetch(`${running.url}/logs/_doc?refresh=true`, { method: 'POST', body, headers })).ok).toBe(true);
      const made: Victim = {
        port: portOf(running.url),
        pause: () => running.signal('SIGSTOP'),
        resume: () => running.signal('SIGCONT'),
        kill: () => running.kill(),
        async restart() {
          running = await runSearchServer('opensearch', folder, stops);
          made.port = portOf(running.url);
        },
      };
      return made;
    },
    saved: (port) => ({ url: `http://127.0.0.1:${port}`, settings: { jsonData: { index: 'logs', timeout: 1 } } }),
    query: (number) => ({ query: `NOT number:${number}`, metrics: [{ id: '1', type: 'count' }] }),
  },
  PostgreSQL: {
    type: 'postgres',
    missing: () => (hasPostgres() ? undefined : 'not installed'),
    async start(folder, stops) {
      const running = await startPostgres(folder, stops);
      ({ password } = running);
      return {
        port: running.port,
        pause: running.pause,
        resume: running.resume,
        kill: running.kill,
        restart: () => running.start(),
      };
    },
    saved: (port) => ({
      url: `127.0.0.1:${port}`,
      settings: { user: 'admin', jsonData: { database: 'postgres', sslmode: 'disable', timeout: 1 } },
      secrets: { password },
    }),
    query: (number) => ({ rawSql: `SELECT $__timeFrom() AS time, ${number} AS value`, format: 'time_series' }),
    // The limit is the server's too: it ends a session in which the answer is not taken, and may be the first to.
    late: /The data source "Far" (did not (answer|let the user in) within 1 s\.|closed the connection: .*)$/,
    gone: /The data source "Far" (cannot be reached|closed the connection): ./,
  },
};

function portOf(url: string): number {
  return Number(new URL(url).port);
}

describe.each(Object.entries(SOURCES))('where %s fails', (name, source) => {
  const missing = source.missing();
  const ends: Stops = [];
  let t: TestApp;
  let victim: Victim;
  let between: Network;
  let asked = 1;

  beforeAll(async () => {
    if (missing !== undefined) return;
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-outages-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    victim = await source.start(folder, ends);
    between = await network(victim.port);
    ends.push(() => between.close());
    t = await testApp({ until: (end) => ends.push(end) });
    t.store.answer = (request) => matrix(request, [[{}, () => 7]]);
    const { url, settings, secrets = {} } = source.saved(between.port);
    await t.needs.documents.dataSources.save({
      uid: 'far',
      name: 'Far',
      type: source.type,
      url,
      settings: { ...settings },
      secrets,
      isDefault: false,
      readOnly: false,
      updatedMs: 1,
      onlyTheseSecrets: true,
    });
    await t.app.listen({ host: '127.0.0.1', port: 0 });
  }, 300_000);
  afterEach(() => {
    if (missing === undefined) between.mood = 'pass';
    for (const socket of between?.stalled ?? []) socket.destroy();
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  function send(uids: readonly string[], signal?: AbortSignal): Promise<Response> {
    const { port } = t.app.server.address() as AddressInfo;
    const own = `localhost:${port}`;
    const queries = uids.map((uid, at) => ({
      refId: 'AB'[at],
      source: { type: uid === 'far' ? source.type : 'builtin', uid },
      spec: uid === 'far' ? source.query(asked++) : { expr: `vector(${asked++})` },
    }));
    const panel = { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries };
    return fetch(`http://${own}/api/panel-data`, {
      method: 'POST',
      headers: { ...t.browser, host: own, origin: `http://${own}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        dashboard: '',
        panel: 1,
        fromMs: FROM,
        toMs: TO,
        widthPx: 120,
        draft: { panel, variables: [] },
      }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async function ask(...uids: string[]): Promise<PanelData | string> {
    const answer = await send(uids);
    return answer.ok
      ? decodePanelData(Buffer.from(await answer.arrayBuffer()))
      : ((await answer.json()) as { error: { message: string } }).error.message;
  }

  const answers = { frames: [{ refId: 'A' }], notices: [] };
  const { late = /The data source "Far" did not answer within 1 s\.$/ } = source;
  const { gone = /The data source "Far" cannot be reached: ./ } = source;

  const outages: readonly [string, RegExp, () => Promise<void> | void, () => Promise<void> | void][] = [
    ['is paused', late, () => victim.pause(), () => victim.resume()],
    [
      'is killed',
      gone,
      () => victim.kill(),
      async () => {
        await victim.restart();
        between.serverPort = victim.port;
      },
    ],
    ...(
      [
        ['stall', late],
        ['drip', late],
        ['cut', gone],
      ] as const
    ).map(([mood, sentence]): (typeof outages)[number] => [
      `answers as through a network in the mood to ${mood}`,
      sentence,
      () => setMood(mood),
      () => setMood('pass'),
    ]),
  ];
  function setMood(mood: Mood): void {
    between.mood = mood;
  }

  describe.skipIf(missing !== undefined)('as it', () => {
    test.each(outages)(
      '%s: the panel says so, the others live, and it is as before when that is over',
      async (_, sentence, begin, end) => {
        await expect.poll(() => ask('far'), { timeout: 30_000 }).toMatchObject(answers);
        await begin();
        const [alone, mixed, other] = await Promise.all([ask('far'), ask('far', 'builtin'), ask('builtin')]);
        await end();
        expect(alone).toMatch(sentence);
        expect(mixed).toMatchObject({
          frames: [{ refId: 'B' }],
          notices: [{ level: 'error', text: expect.stringMatching(sentence) as unknown }],
        });
        expect(other).toMatchObject(answers);
        await expect.poll(() => ask('far'), { timeout: 60_000 }).toMatchObject(answers);
      },
      120_000,
    );

    test('is asked by somebody who leaves: the question ends with them', async () => {
      await expect.poll(() => ask('far'), { timeout: 30_000 }).toMatchObject(answers);
      between.mood = 'stall';
      const page = new AbortController();
      const answer = send(['far'], page.signal);
      await expect.poll(() => between.stalled.size, { interval: 5 }).toBeGreaterThan(0);
      page.abort();
      await expect(answer).rejects.toThrow(/abort/i);
      await expect.poll(() => between.stalled.size).toBe(0);
    });
  });

  test.skipIf(missing !== undefined)(`${name} is said to be silent, and since when`, async () => {
    const answer = await t.app.inject({ url: '/api/datasources/uid/far', headers: t.browser });
    expect(answer.json().health).toMatchObject({
      answeredMs: expect.any(Number) as unknown,
      silentMs: expect.any(Number) as unknown,
      sentence: expect.stringMatching(/"Far"/) as unknown,
    });
  });
});
