import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import { LocalStore } from '@vitrine/tsdb/local-store.ts';
import type { InjectOptions } from 'fastify';
import { PbfWriter } from 'pbf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packSnappy } from '../ingest/remote-write/encode-remote-write.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';
import { decodeChunkedResponse } from '../http/prometheus/remote-read/decode-for-tests.ts';

const nowMs = Date.now();
let own: TestApp;
let store: LocalStore;
let folder: string;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-own-'));
  store = LocalStore.open({ folder, retention: { timeMs: 1e12, sizeBytes: 0 }, maxSeries: 1_000, maxExemplars: 1_000 });
  own = await testApp({
    samples: store,
    adminApi: true,
    metadata: {
      metadata: (labels) =>
        (labels.get('team') === 'red' ? ['requests_total'] : ['requests_total', 'secret_total']).map((metric) => ({
          metric,
          type: 'counter',
          help: '',
          unit: '',
        })),
    },
    until: (end) => (close = end),
  });
  await fill();
});

afterAll(async () => {
  await close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Two teams, the second with a metric that the first has not. */
async function fill(): Promise<void> {
  const series = [
    { __name__: 'requests_total', team: 'red', job: 'a' },
    { __name__: 'requests_total', team: 'blue', job: 'b' },
    { __name__: 'secret_total', team: 'blue', job: 'b' },
  ].map((labels) => Labels.from(labels));
  const result = await store.append({
    seriesKeys: series.map(({ key }) => key),
    seriesIndex: Uint32Array.of(0, 1, 2),
    timestampsMs: Float64Array.of(nowMs, nowMs, nowMs),
    values: Float64Array.of(1, 2, 3),
    exemplars: series.map((labels, seriesIndex) => ({
      seriesIndex,
      exemplar: { labels: Labels.from({ trace_id: `of ${labels.get('team')}` }), value: 0.5, timestampMs: nowMs },
    })),
  });
  expect([result.accepted, result.exemplars?.accepted]).toEqual([3, 3]);
}

async function tokenOf(team: string | undefined, scope: 'read' | 'admin'): Promise<string> {
  const labels = Labels.from(team === undefined ? {} : { team });
  return (await own.needs.tokens.create({ name: 'x', scopes: [scope], labels, expiresMs: undefined })).token;
}

async function ask(token: string, url: string, more: InjectOptions = {}) {
  return own.app.inject({ url, ...more, headers: { ...more.headers, authorization: `Bearer ${token}` } });
}

function readRequest(): InjectOptions {
  const request = new PbfWriter();
  request.writeMessage(
    1,
    (_, query) => {
      query.writeVarintField(1, nowMs - 1_000);
      query.writeVarintField(2, nowMs);
    },
    null,
  );
  request.writePackedVarint(2, [1]);
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    payload: Buffer.from(packSnappy(request.finish())),
  };
}

const AT = `time=${nowMs / 1_000}`;

describe('a token with labels sees what has them, and one without all', () => {
  test.each<[url: string, read: (body: string) => unknown, red: unknown, all: unknown]>([
    [`query?query=sum(requests_total)&${AT}`, ofResult, ['1'], ['3']],
    [`query?query=sum({team="blue"})&${AT}`, ofResult, [], ['5']],
    [`query?query=max_over_time(secret_total[5m])&${AT}`, ofResult, [], ['3']],
    ['series?match[]=requests_total', (body) => data(body).length, 1, 2],
    ['series?match[]={team="blue"}', (body) => data(body).length, 0, 2],
    ['label/team/values', data, ['red'], ['blue', 'red']],
    ['label/__name__/values?match[]={job=~"a|b"}', data, ['requests_total'], ['requests_total', 'secret_total']],
    ['labels?match[]=secret_total', data, [], ['__name__', 'job', 'team']],
    ['search/label_values?label=team', lines, ['red'], ['blue', 'red']],
    ['search/metric_names?search[]=total', lines, ['requests_total'], ['requests_total', 'secret_total']],
    ['metadata', (body) => Object.keys(data(body)), ['requests_total'], ['requests_total', 'secret_total']],
    ['query_exemplars?query=requests_total', traces, ['of red'], ['of blue', 'of red']],
    ['query_exemplars?query=secret_total', traces, [], ['of blue']],
  ])('/api/v1/%s', async (url, read, red, all) => {
    for (const [team, wanted] of [
      ['red', red],
      [undefined, all],
    ] as const) {
      const answer = await ask(await tokenOf(team, 'read'), `/api/v1/${url}`);
      expect([answer.statusCode, read(answer.body)]).toEqual([200, wanted]);
    }
  });

  test('/federate', async () => {
    const url = '/federate?match[]={__name__=~".%2B"}';
    expect((await ask(await tokenOf('red', 'read'), url)).body).toBe(
      `# TYPE requests_total untyped\nrequests_total{job="a",team="red",instance=""} 1 ${nowMs}\n`,
    );
    expect((await ask(await tokenOf(undefined, 'read'), url)).body.split('\n')).toHaveLength(6);
  });

  test('/api/v1/read', async () => {
    const teams = async (team: string | undefined): Promise<unknown[]> => {
      const answer = await ask(await tokenOf(team, 'read'), '/api/v1/read', readRequest());
      return decodeChunkedResponse(answer.rawPayload).map(({ labels }) => labels['team']);
    };
    expect(await teams('red')).toEqual(['red']);
    expect(await teams(undefined)).toEqual(['red', 'blue', 'blue']);
  });

  test.each([
    '/api/v1/status/tsdb',
    '/api/v1/status/self_metrics',
    '/api/v1/scrape_pools',
    '/api/v1/scrape_pools/config?scrapePool=a',
    '/metrics',
  ])('%s tells of all, and so nothing to such a token', async (url) => {
    expect((await ask(await tokenOf('red', 'read'), url)).statusCode).toBe(403);
  });
});

describe('deleting', () => {
  const remove = (token: string, match: string) =>
    ask(token, `/api/v1/admin/tsdb/delete_series?match[]=${encodeURIComponent(match)}`, { method: 'POST' });
  const left = async () =>
    data((await ask(await tokenOf(undefined, 'read'), `/api/v1/query?query=count(requests_total)&${AT}`)).body);

  test('is for admins', async () => {
    expect((await remove(await tokenOf(undefined, 'read'), 'requests_total')).statusCode).toBe(403);
    expect((await own.app.inject({ method: 'POST', url: '/api/v1/admin/tsdb/delete_series' })).statusCode).toBe(401);
  });

  test('takes what the token may see', async () => {
    expect((await remove(await tokenOf('green', 'admin'), 'requests_total')).statusCode).toBe(204);
    expect(await left()).toMatchObject({ result: [{ value: [expect.anything(), '2'] }] });
    expect((await remove(await tokenOf('red', 'admin'), 'requests_total')).statusCode).toBe(204);
    expect(await left()).toMatchObject({ result: [{ value: [expect.anything(), '1'] }] });
    expect((await remove(await tokenOf(undefined, 'admin'), '{team="blue"}')).statusCode).toBe(204);
    expect(await left()).toMatchObject({ result: [] });
  });

  test('is refused where it is off', async () => {
    const { app, needs } = await testApp();
    const { token } = await needs.tokens.create({ name: 'x', scopes: ['admin'], expiresMs: undefined });
    const answer = await app.inject({
      method: 'PUT',
      url: '/api/v1/admin/tsdb/delete_series?match[]=up',
      headers: { authorization: `Bearer ${token}` },
    });
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { status: 'error', errorType: 'unavailable', error: expect.stringContaining('query.admin-api') },
    ]);
  });
});

function data(body: string) {
  return JSON.parse(body).data;
}

function ofResult(body: string): unknown {
  return data(body).result.map(({ value }: { value: [number, string] }) => value[1]);
}

function traces(body: string): unknown {
  return data(body)
    .flatMap(({ exemplars }: { exemplars: { labels: { trace_id: string } }[] }) => exemplars.map(({ labels }) => labels.trace_id))
    .toSorted();
}

function lines(body: string): unknown {
  const { results } = JSON.parse(body.split('\n')[0] ?? '');
  return results.map((found: object) => Object.values(found)[0]);
}
