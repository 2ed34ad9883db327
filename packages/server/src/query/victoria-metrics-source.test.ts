import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWriteRequest, packSnappy } from '../ingest/remote-write/encode-remote-write.ts';
import { hasVictoriaMetrics, startVictoriaMetrics } from '../testing/start-victoria-metrics.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const END = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
const START = END - 3_600_000;

/** Counters and gauges of two jobs, every 15 s over the hour. */
const SERIES = ['api', 'db'].flatMap((job, j) =>
  ['requests_total', 'load'].map((name, n) => ({
    labels: Object.entries({ __name__: name, instance: String(j), job }),
    samples: Array.from({ length: 241 }, (_, at): readonly [number, number] => [
      n === 0 ? at * (j + 1) * 15 : j + 1,
      START + at * 15_000,
    ]),
  })),
);

/** Each column with its name, and the value at its end. */
function lastOf({ frames }: PanelData): unknown[] {
  return frames.flatMap(({ fields, length }) =>
    fields.slice(1).map(({ name, values, present }) => [name, present?.[length - 1] === 0 ? undefined : values[length - 1]]),
  );
}

describe.skipIf(!hasVictoriaMetrics())('VictoriaMetrics as a data source', () => {
  let made: TestApp;
  const ends: (() => Promise<void>)[] = [];
  /** What the server was asked, as it read it. */
  const asked: URLSearchParams[] = [];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-victoria-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    const server = await startVictoriaMetrics(folder, ends);
    const body = Buffer.from(packSnappy(encodeWriteRequest(SERIES)));
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
    expect((await fetch(`${server}/api/v1/write`, { method: 'POST', headers, body })).status).toBe(204);
    // What was written is found once it is written out.
    expect((await fetch(`${server}/internal/force_flush`)).status).toBe(200);
    const url = await listenBefore(server, (parameters) => asked.push(parameters), ends);
    made = await testApp({ until: (end) => ends.push(end) });
    for (const [uid, type] of [
      ['vm', 'victoriametrics-metrics-datasource'],
      ['prom', 'prometheus'],
    ] as const) {
      const source = { uid, name: `The ${uid}`, type, url, settings: {}, isDefault: false, readOnly: false, updatedMs: 1 };
      await made.needs.documents.dataSources.save({ ...source, secrets: {}, onlyTheseSecrets: true });
    }
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  async function ask(spec: object, filters: readonly AdhocFilter[] = [], uid = 'vm'): Promise<PanelData> {
    const source = { type: uid === 'vm' ? 'victoriametrics-metrics-datasource' : 'prometheus', uid };
    const queries = [{ refId: 'A', source, spec }];
    const draft = {
      panel: { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries },
      variables: [{ kind: 'adhoc', name: 'filters', source, filters: [] }],
    };
    const payload = { dashboard: '', panel: 1, fromMs: START, toMs: END, widthPx: 120, draft, filters: { filters } };
    asked.length = 0;
    const answer = await made.app.inject({ method: 'POST', url: '/api/panel-data', headers: made.browser, payload });
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return decodePanelData(answer.rawPayload);
  }

  test('is told apart from Prometheus, whichever it is set up as', async () => {
    for (const uid of ['vm', 'prom']) {
      const answer = await made.app.inject({ url: `/api/datasources/uid/${uid}/health`, headers: made.browser });
      // Debian builds it without a version.
      expect(answer.json(), uid).toMatchObject({ status: 'OK', details: { product: 'VictoriaMetrics' } });
    }
  });

  test.each<[string, object, unknown]>([
    [
      'PromQL',
      { expr: 'sum by (job) (rate(requests_total[5m]))', legendFormat: '{{job}}' },
      [
        ['api', 1],
        ['db', 2],
      ],
    ],
    ['an instant', { expr: 'sum(load)', instant: true }, [['sum(load)', 3]]],
    ['a template', { expr: 'WITH (cf = {job="db"}, twice(x) = x * 2) twice(load{cf})', legendFormat: 'x' }, [['x', 4]]],
    [
      'a rollup without a window',
      { expr: 'max_over_time(load) keep_metric_names', legendFormat: '{{__name__}} {{job}}' },
      [
        ['load api', 1],
        ['load db', 2],
      ],
    ],
    [
      'all of a rollup',
      { expr: 'rollup(load{job="db"}[5m])', legendFormat: '{{rollup}}' },
      expect.arrayContaining([
        ['avg', 2],
        ['max', 2],
        ['min', 2],
      ]),
    ],
    ['what is there otherwise', { expr: 'nothing default 5', legendFormat: 'x' }, [['x', 5]]],
    ['a window in steps', { expr: 'sum(count_over_time(load{job="db"}[2i]))', legendFormat: 'x' }, [['x', 4]]],
    ['numbers with units', { expr: 'sum(load) * 1Ki', legendFormat: 'x' }, [['x', 3_072]]],
    ['a text of two', { expr: 'load{job="a"+"pi"}', legendFormat: '{{job}}' }, [['api', 1]]],
    [
      'a union',
      { expr: 'union(alias(sum(load), "all"), alias(max(load), "most"))', legendFormat: '{{__name__}}' },
      [
        ['all', 3],
        ['most', 2],
      ],
    ],
  ])('answers %s, asked as it is written', async (_, spec, want) => {
    for (const uid of ['vm', 'prom']) {
      expect(lastOf(await ask(spec, [], uid)), uid).toEqual(want);
      expect(asked.map((parameters) => parameters.get('query'))).toEqual([(spec as { readonly expr: string }).expr]);
    }
  });

  test('fills in what is Vitrine’s and leaves all else', async () => {
    const { traces } = await ask({ expr: 'label_set(rate(requests_total[$__rate_interval]), "a", "$1") default 0 # $x' });
    const executed = traces[0]?.executed ?? '';
    expect(executed).toMatch(/^label_set\(rate\(requests_total\[[0-9a-z]+\]\), "a", "\$1"\) default 0 # \$x$/);
    expect(asked[0]?.get('query')).toBe(executed);
  });

  test.each<[string, string, readonly AdhocFilter[], unknown]>([
    ['PromQL', 'count(load)', [{ key: 'job', operator: '=', value: 'db' }], [['x', 1]]],
    ['a template', 'WITH (x = load) sum(x)', [{ key: 'job', operator: '=', value: 'db' }], [['x', 2]]],
    [
      'one of several',
      'sum(abs(load) keep_metric_names)',
      [{ key: 'job', operator: '=|', value: 'db', values: ['db', 'api'] }],
      [['x', 3]],
    ],
    [
      'two at once',
      'sum(load default 1)',
      [
        { key: 'job', operator: '!=', value: 'db' },
        { key: 'instance', operator: '=~', value: '[0-9]' },
      ],
      [['x', 1]],
    ],
  ])('narrows %s by the dashboard’s filters', async (_, expr, filters, want) => {
    expect(lastOf(await ask({ expr, legendFormat: 'x' }, filters))).toEqual(want);
  });

  test('refuses a filter that labels cannot be compared by', async () => {
    await expect(ask({ expr: 'load default 1' }, [{ key: 'job', operator: '<', value: '3' }])).rejects.toThrow(
      /compared with =, !=/,
    );
  });

  test('says where a query does not parse, in the server’s words', async () => {
    await expect(ask({ expr: 'sum(' })).rejects.toThrow(/sum\(/);
  });

  test.each<[string, string[]]>([
    ['label_values(load, job)', ['api', 'db']],
    ['label_values(load{job="d"+"b"}, job)', ['db']],
    ['label_values({job="d"+"b"}, __name__)', ['load', 'requests_total']],
    ['label_names(load)', ['__name__', 'instance', 'job']],
    ['metrics(requests)', ['requests_total']],
    ['query_result(WITH (x = load) count(x))', [`{} 2 ${END}`]],
  ])('finds the values of a variable: %s', async (query, want) => {
    const draft = { kind: 'query', name: 'x', source: { type: 'prometheus', uid: 'prom' }, spec: { query } };
    const payload = { dashboard: '', variable: 'x', fromMs: START, toMs: END, drafts: [draft] };
    const answer = await made.app.inject({ method: 'POST', url: '/api/variable-options', headers: made.browser, payload });
    expect(
      answer.json().options?.map(({ text }: { text: string }) => text),
      answer.body,
    ).toEqual(want);
  });

  test('helps to write: what it reads, names, labels and values', async () => {
    const suggest = async (path: string): Promise<unknown> => {
      const answer = await made.app.inject({ url: `/api/datasources/uid/vm/suggest${encodeURI(path)}`, headers: made.browser });
      return answer.json();
    };
    expect(await suggest('/dialect')).toEqual({ dialect: 'MetricsQL' });
    expect(await suggest('/api/v1/label/__name__/values?match[]={__name__=~"(?i).*req.*"}&limit=500')).toMatchObject({
      data: ['requests_total'],
    });
    expect(await suggest('/api/v1/labels?match[]=load{}')).toMatchObject({ data: ['__name__', 'instance', 'job'] });
    expect(await suggest('/api/v1/label/job/values?match[]=load{}')).toMatchObject({ data: ['api', 'db'] });
  });
});

/** A way to a server that tells the parameters of each query on it. */
async function listenBefore(
  server: string,
  tell: (parameters: URLSearchParams) => void,
  ends: (() => Promise<void>)[],
): Promise<string> {
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (/\/query(_range)?$/.test(request.url ?? '')) tell(new URLSearchParams(body.toString()));
    const { method = 'GET' } = request;
    const type = request.headers['content-type'];
    const answer = await fetch(`${server}${request.url}`, {
      method,
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
      ...(method === 'GET' ? {} : { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
  const proxy = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
