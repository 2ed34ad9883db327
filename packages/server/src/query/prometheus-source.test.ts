import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { Frame, PanelData } from '@vitrine/model/frame.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { openStore } from '@vitrine/tsdb/open-store.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWriteRequest, packSnappy } from '../ingest/remote-write/encode-remote-write.ts';
import { hasPrometheus, startPrometheus } from '../testing/start-prometheus.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const END = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
const START = END - 3_600_000;

/** Counters and gauges of two jobs, every 15 s over the hour. */
const SERIES = ['api', 'db'].flatMap((job, j) =>
  ['1', '2'].flatMap((instance, i) =>
    ['requests_total', 'load'].map((name, n) => ({
      labels: { __name__: name, job, instance },
      samples: Array.from({ length: 241 }, (_, at): readonly [number, number] => [
        n === 0 ? at * (j + 1) * (i + 2) : at % 7,
        START + at * 15_000,
      ]),
    })),
  ),
);

/** What is there; under a missing value anything may lie. */
function plain({ fields, ...frame }: Frame): unknown {
  const columns = fields.map(({ values, present, ...field }) => ({
    ...field,
    values: Array.from(values as ArrayLike<unknown>, (value, row) => (present?.[row] === 0 ? undefined : value)),
  }));
  return { ...frame, columns };
}

describe.skipIf(!hasPrometheus())('a Prometheus server as a data source', () => {
  let made: TestApp;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-remote-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    const url = await startPrometheus(folder, ends);
    const body = packSnappy(
      encodeWriteRequest(
        SERIES.map(({ labels, samples }) => ({
          labels: Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)),
          samples,
        })),
      ),
    );
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
    expect((await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body: Buffer.from(body) })).status).toBe(204);
    const samples = await openStore({ folder: join(folder, 'own'), retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1_000 });
    ends.push(() => samples.close());
    await samples.append({
      seriesKeys: SERIES.map(({ labels }) => Labels.from(labels).key),
      seriesIndex: Uint32Array.from(SERIES.flatMap(({ samples: all }, index) => all.map(() => index))),
      timestampsMs: Float64Array.from(SERIES.flatMap(({ samples: all }) => all.map(([, timeMs]) => timeMs))),
      values: Float64Array.from(SERIES.flatMap(({ samples: all }) => all.map(([value]) => value))),
    });
    made = await testApp({ samples, until: (end) => ends.push(end) });
    const source = {
      uid: 'prom',
      name: 'Prod',
      type: 'prometheus',
      url,
      settings: {},
      isDefault: false,
      readOnly: false,
      updatedMs: 1,
      secrets: {},
      onlyTheseSecrets: true,
    };
    await made.needs.documents.dataSources.save(source);
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  async function ask(uid: string, spec: object): Promise<PanelData> {
    const queries = [{ refId: 'A', source: { type: uid === 'prom' ? 'prometheus' : 'builtin', uid }, spec }];
    const draft = { panel: { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, queries }, variables: [] };
    const payload = { dashboard: '', panel: 1, fromMs: START, toMs: END, widthPx: 120, draft };
    const answer = await made.app.inject({ method: 'POST', url: '/api/panel-data', headers: made.browser, payload });
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return decodePanelData(answer.rawPayload);
  }

  test.each<object>([
    { expr: 'load' },
    { expr: 'sum by (job) (rate(requests_total[$__rate_interval]))', legendFormat: '{{job}}' },
    { expr: 'load{job="api"} > 4' },
    { expr: 'sum by (job) (requests_total)', instant: true, format: 'table' },
    { expr: 'scalar(sum(load))' },
    { expr: 'absent(nothing)', interval: '5m' },
  ])('answers %j as the own store does', async (spec) => {
    const [own, remote] = await Promise.all([ask('builtin', spec), ask('prom', spec)]);
    expect(own.frames[0]?.length).toBeGreaterThan(0);
    expect(remote.frames.map(plain)).toEqual(own.frames.map(plain));
    expect(remote.traces).toMatchObject([{ source: 'Prod', executed: own.traces[0]?.executed }]);
  });

  test.each<[string, string[]]>([
    ['label_values(load, job)', ['api', 'db']],
    ['label_values(load{job="db"}, instance)', ['1', '2']],
    ['label_names(load)', ['__name__', 'instance', 'job']],
    ['metrics(requests)', ['requests_total']],
    ['load{job="api"}', ['load{instance="1",job="api"}', 'load{instance="2",job="api"}']],
    ['query_result(count(load))', [`{} 4 ${END}`]],
  ])('finds the values of a variable: %s', async (query, want) => {
    const draft = { kind: 'query', name: 'x', source: { type: 'prometheus', uid: 'prom' }, spec: { query } };
    const payload = { dashboard: '', variable: 'x', fromMs: START, toMs: END, drafts: [draft] };
    const answer = await made.app.inject({ method: 'POST', url: '/api/variable-options', headers: made.browser, payload });
    expect(answer.json().options.map(({ text }: { text: string }) => text)).toEqual(want);
  });

  test('says where a query does not parse', async () => {
    await expect(ask('prom', { expr: 'sum(' })).rejects.toThrow(/bad_query.*parse error/);
  });
});
