import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PbfWriter } from 'pbf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packSnappy } from '../ingest/remote-write/encode-remote-write.ts';
import { hasPrometheus, startPrometheus } from '../testing/start-prometheus.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const NOW = Math.floor(Date.now() / 60_000) * 60_000;
const START = NOW - 600_000;

/** A native histogram of schema 0, whose bounds are powers of two: how many fell between 2^i-1 and 2^i, from `first` on. */
interface Sent {
  readonly labels: Readonly<Record<string, string>>;
  readonly first: number;
  readonly counts: readonly number[];
  readonly zeros: number;
  readonly exemplar?: { readonly traceId: string; readonly value: number };
  /** How many samples. */
  readonly length: number;
}

/** prometheus.WriteRequest with histograms that grow by the same counts every 15 s. */
function encode(series: readonly Sent[]): Uint8Array {
  const writer = new PbfWriter();
  for (const one of series) writer.writeMessage(1, writeSeries, one);
  return packSnappy(writer.finish());
}

function writeSeries({ labels, first, counts, zeros, exemplar, length }: Sent, writer: PbfWriter): void {
  for (const pair of Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))) writer.writeMessage(1, writeLabel, pair);
  if (exemplar !== undefined) {
    writer.writeMessage(
      3,
      ({ traceId, value }, inner) => {
        inner.writeMessage(1, writeLabel, ['trace_id', traceId] as const);
        inner.writeDoubleField(2, value);
        inner.writeVarintField(3, NOW - 30_000);
      },
      exemplar,
    );
  }
  for (let at = 0; at < length; at++) {
    const times = at + 1;
    writer.writeMessage(
      4,
      (_, inner) => {
        inner.writeVarintField(1, times * (counts.reduce((sum, count) => sum + count, 0) + zeros));
        inner.writeDoubleField(3, times * 10);
        inner.writeSVarintField(4, 0);
        inner.writeDoubleField(5, 0.001);
        inner.writeVarintField(6, times * zeros);
        inner.writeMessage(
          11,
          (__, span) => {
            span.writeSVarintField(1, first);
            span.writeVarintField(2, counts.length);
          },
          null,
        );
        inner.writePackedSVarint(
          12,
          counts.map((count, index) => times * (count - (counts[index - 1] ?? 0))),
        );
        inner.writeVarintField(15, START + at * 15_000);
      },
      null,
    );
  }
}

function writeLabel([name, value]: readonly [string, string], writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeStringField(2, value);
}

/** The name of each column, and its values. */
function columns({ frames }: Pick<PanelData, 'frames'>): (readonly [name: string, values: unknown[]])[] {
  return (frames[0]?.fields ?? []).map(({ name, values }) => [name, Array.from(values as ArrayLike<unknown>)]);
}

describe.skipIf(!hasPrometheus())('native histograms of a Prometheus server', () => {
  let made: TestApp;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-histograms-'));
    ends.push(async () => rmSync(folder, { recursive: true, force: true }));
    const url = await startPrometheus(folder, ends, ['--enable-feature=native-histograms,exemplar-storage']);
    const a: Sent = { labels: { __name__: 'latency', job: 'a' }, first: 1, counts: [15, 30], zeros: 3, length: 41 };
    const b: Sent = { labels: { __name__: 'latency', job: 'b' }, first: 2, counts: [15, 0, 45], zeros: 0, length: 41 };
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
    // An exemplar is taken of a series that is known.
    for (const series of [[a, b], [{ ...a, length: 0, exemplar: { traceId: 'abc', value: 1.5 } }]]) {
      const sent = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body: Buffer.from(encode(series)) });
      expect(await sent.text()).toBe('');
    }
    made = await testApp({ until: (end) => ends.push(end) });
    const exemplarTraceIdDestinations = [{ name: 'trace_id', url: 'https://traces/${__value.raw}', urlDisplayLabel: 'Trace' }];
    await made.needs.documents.dataSources.save({
      uid: 'prom',
      name: 'Prod',
      type: 'prometheus',
      url,
      settings: { jsonData: { exemplarTraceIdDestinations } },
      isDefault: false,
      readOnly: false,
      updatedMs: 1,
      secrets: {},
      onlyTheseSecrets: true,
    });
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  async function ask(spec: object): Promise<PanelData> {
    const queries = [{ refId: 'A', source: { type: 'prometheus', uid: 'prom' }, spec }];
    const draft = { panel: { id: 1, kind: 'heatmap', grid: { x: 0, y: 0, w: 12, h: 8 }, queries }, variables: [] };
    const payload = { dashboard: '', panel: 1, fromMs: START + 300_000, toMs: NOW, widthPx: 6, draft };
    const answer = await made.app.inject({ method: 'POST', url: '/api/panel-data', headers: made.browser, payload });
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return decodePanelData(answer.rawPayload);
  }

  test.each(['heatmap', 'time_series'])('over time are buckets whose bounds close, as %s', async (format) => {
    const data = await ask({ expr: 'increase(latency{job="a"}[1m])', format, interval: '1m' });
    expect(data.frames).toMatchObject([{ shape: 'buckets' }]);
    expect(data.growable).toBe(false);
    const [time, ...buckets] = columns(data);
    expect(time?.[1].length).toBeGreaterThan(3);
    expect(buckets.map(([name]) => name)).toEqual(['-0.001', '0.001', '1', '2', '4']);
    // 15 in 15 s are 60 in a minute; between the zero bucket and the first bound nothing was counted.
    expect(buckets.map(([, values]) => Math.round(Number(values[1])))).toEqual([0, 12, 0, 60, 120]);
  });

  test('of several series are added up, and it is said', async () => {
    const data = await ask({ expr: 'latency', instant: true, format: 'heatmap' });
    expect(Object.fromEntries(columns(data))).toMatchObject({ '2': [41 * 15], '4': [41 * 45], '8': [0], '16': [41 * 45] });
    expect(data.notices).toEqual([
      { level: 'info', text: expect.stringMatching(/^Query A: 2 native histograms are shown added up/) },
    ]);
  });

  test('at an instant are rows of a table', async () => {
    const data = await ask({ expr: 'latency', instant: true, format: 'table' });
    expect(Object.fromEntries(columns(data))).toMatchObject({
      job: ['a', 'b'],
      Count: [41 * 48, 41 * 60],
      Sum: [410, 410],
      Average: [410 / (41 * 48), 410 / (41 * 60)],
    });
  });

  test.each([
    ['histogram_count(latency{job="a"})', 41 * 48],
    ['histogram_quantile(1, latency{job="b"})', 16],
    ['histogram_sum(sum(latency))', 820],
  ])('%s is a number, reckoned by the server', async (expr, want) => {
    const [, ...numbers] = columns(await ask({ expr, instant: true }));
    expect(numbers.map(([, values]) => values)).toEqual([[want]]);
  });

  test('beside numbers are a frame of their own', async () => {
    const { frames } = await ask({ expr: 'latency{job="a"} or vector(7)', instant: true });
    expect(frames.map(({ shape }) => shape)).toEqual(['buckets', 'series']);
  });

  test('bring their exemplars, which lead to the trace', async () => {
    const { frames } = await ask({ expr: 'histogram_quantile(0.9, latency)', exemplar: true });
    expect(frames[1]).toMatchObject({
      shape: 'exemplars',
      length: 1,
      fields: [
        { name: 'Time', values: Float64Array.of(NOW - 30_000) },
        { name: 'Value', values: Float64Array.of(1.5) },
        {
          name: 'trace_id',
          values: ['abc'],
          config: { links: [{ title: 'Trace', url: 'https://traces/${__value.raw}', targetBlank: true }] },
        },
      ],
    });
  });
});
