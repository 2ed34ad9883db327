import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PbfReader, PbfWriter } from 'pbf';
import { uncompressSync } from 'snappy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../config/read-config.ts';
import { encodeWriteRequest, packSnappy, type SentSeries } from '../../../ingest/remote-write/encode-remote-write.ts';
import { type RunningServer, startServer } from '../../../start-server.ts';
import { hasPrometheus, startPrometheus } from '../../../testing/start-prometheus.ts';
import { decodeChunkedResponse } from './decode-for-tests.ts';

const STALE = 0x7f_f0_00_00_00_00_00_02n;
const newestMs = Math.floor(Date.now() / 15_000) * 15_000;
const firstMs = newestMs - 299 * 15_000;

/** Steady, restless and ending series over an hour and a quarter. */
const SERIES: readonly SentSeries[] = ['a', 'b', 'c', 'ended'].map((job, n) => ({
  labels: [
    ['__name__', 'requests_total'],
    ['job', job],
    ['place', 'Zürich "🚆"'],
  ],
  samples: Array.from({ length: 300 }, (_, i) => {
    const value = job === 'c' ? Math.sin(i) * 10 ** (i % 9) : i * (n + 1);
    const late = job === 'b' ? (i * 7_919) % 3_000 : 0;
    return [job === 'ended' && i === 299 ? STALE : value, firstMs + i * 15_000 - late] as const;
  }),
}));

/** A native histogram beside them: buckets (1, 2] and (2, 4]. */
const NATIVE: SentSeries = {
  labels: [
    ['__name__', 'latency_seconds'],
    ['job', 'b'],
  ],
  histograms: [
    {
      count: 3,
      sum: 7.5,
      schema: 0,
      zeroThreshold: 0.001,
      zeroCount: 0,
      positive: { spans: [[1, 2]], counts: [1, 2] },
      timestampMs: newestMs,
    },
  ],
};

let server: RunningServer;
let folder: string;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-read-'));
  const flags = { data: join(folder, 'data'), listen: '127.0.0.1:0', 'log.level': 'silent', 'scrape.self': 'false' };
  server = await startServer(readConfig({ flags, env: {}, file: undefined, folder }));
  await writeTo(server.url, [...SERIES, NATIVE]);
});

afterAll(async () => {
  for (const stop of stops) await stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function writeTo(url: string, series = SERIES): Promise<void> {
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: Buffer.from(packSnappy(encodeWriteRequest(series))),
  });
  expect([answer.status, await answer.text()]).toEqual([204, '']);
}

function readFrom(url: string, accepts: readonly number[], type = 0): Promise<Response> {
  const request = new PbfWriter();
  request.writeMessage(
    1,
    (_, query) => {
      query.writeVarintField(1, firstMs - 60_000);
      query.writeVarintField(2, newestMs);
      query.writeMessage(
        3,
        (__, matcher) => {
          matcher.writeVarintField(1, type);
          matcher.writeStringField(2, '__name__');
          matcher.writeStringField(3, 'requests_total');
        },
        null,
      );
    },
    null,
  );
  request.writePackedVarint(2, [...accepts]);
  return fetch(`${url}/api/v1/read`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: Buffer.from(packSnappy(request.finish())),
  });
}

/** Each series' samples, by its job, as chunks hold them. */
async function chunksOf(url: string): Promise<Record<string, unknown[]>> {
  const answer = await readFrom(url, [1, 0]);
  expect(answer.headers.get('content-type')).toBe('application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse');
  const byJob: Record<string, unknown[]> = {};
  for (const { labels, chunks } of decodeChunkedResponse(new Uint8Array(await answer.arrayBuffer()))) {
    (byJob[`${labels['job']} in ${labels['place']}`] ??= []).push(...chunks.flatMap(({ samples }) => samples));
  }
  return byJob;
}

async function ask(url: string, path: string): Promise<unknown> {
  const answer = (await (await fetch(`${url}/api/v1/${path}`)).json()) as { readonly data: unknown; readonly error?: string };
  expect(answer.error).toBeUndefined();
  return answer.data;
}

test('samples are read as they were written, to the bit', async () => {
  const answer = await readFrom(server.url, []);
  expect(answer.headers.get('content-encoding')).toBe('snappy');
  const reader = new PbfReader(uncompressSync(Buffer.from(await answer.arrayBuffer())) as Buffer);
  const found: [bigint, number][][] = [];
  const readSeries = (tag: number): void => {
    if (tag !== 1) return;
    const samples: [bigint, number][] = [];
    reader.readMessage((part) => {
      if (part !== 2) return;
      const sample: [bigint, number] = [0n, 0];
      reader.readMessage((one) => {
        if (one === 1) sample[0] = BigInt(reader.readFixed32()) | (BigInt(reader.readFixed32()) << 32n);
        else sample[1] = reader.readVarint(true);
      }, null);
      samples.push(sample);
    }, null);
    found.push(samples);
  };
  reader.readFields((tag) => void (tag === 1 && reader.readMessage(readSeries, null)), null);
  const bitsOf = (value: number | bigint): bigint =>
    typeof value === 'bigint' ? value : new BigUint64Array(Float64Array.of(value).buffer)[0]!;
  expect(found).toEqual(SERIES.map(({ samples }) => (samples ?? []).map(([value, timeMs]) => [bitsOf(value), timeMs])));
});

test.each([
  ['what is no request', () => fetch(`${server.url}/api/v1/read`, { method: 'POST', body: 'hello' }), 400],
  ['a kind of answer that is not known', () => readFrom(server.url, [7]), 400],
  ['a comparison that is not known', () => readFrom(server.url, [0], 9), 400],
])('%s is refused', async (_, send, status) => {
  const answer = await send();
  expect([answer.status, await answer.json()]).toEqual([
    status,
    { status: 'error', errorType: 'bad_data', error: expect.any(String) },
  ]);
});

describe.skipIf(!hasPrometheus())('Debian’s Prometheus [needs prometheus]', () => {
  let url: string;

  beforeAll(async () => {
    const data = join(folder, 'reading');
    mkdirSync(data);
    url = await startPrometheus(
      data,
      stops,
      ['--enable-feature=native-histograms'],
      `
global: { scrape_interval: 1s }
remote_read: [{ url: '${server.url}/api/v1/read', read_recent: true, required_matchers: { job: a } }]
scrape_configs:
  - job_name: federated
    honor_labels: true
    metrics_path: /federate
    params: { 'match[]': ['requests_total{job=~"b|c|ended"}', 'latency_seconds'] }
    static_configs: [{ targets: ['${new URL(server.url).host}'] }]
`,
    );
  });

  test('reads samples from here', async () => {
    const range = `start=${firstMs / 1_000}&end=${newestMs / 1_000}&step=15`;
    for (const query of ['requests_total{job="a"}', 'sum(requests_total{job="a"})']) {
      const path = `query_range?query=${encodeURIComponent(query)}&${range}`;
      const own = await ask(server.url, path);
      expect(own).toMatchObject({ result: [{ values: { length: 300 } }] });
      expect(await ask(url, path)).toEqual(own);
    }
  });

  test('scrapes the newest samples from here, with their times, and none of what has ended', async () => {
    const path = `query?query=${encodeURIComponent('requests_total{job=~"b|c|ended"}[10m]')}`;
    const read = async () => ((await ask(url, path)) as { result: { metric: object; values: unknown[] }[] }).result;
    while ((await read()).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    const newest = SERIES.slice(1, 3).map(({ labels, samples }) => {
      const [value, timeMs] = samples!.at(-1)!;
      return { metric: Object.fromEntries(labels), values: [[timeMs / 1_000, String(value)]] };
    });
    expect(await read()).toEqual(newest);
  });

  test('scrapes native histograms whole', async () => {
    const read = (expr: string) => ask(url, `query?query=${encodeURIComponent(expr)}`) as Promise<{ result: object[] }>;
    while ((await read('latency_seconds')).result.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    const buckets = [
      [0, '1', '2', '1'],
      [0, '2', '4', '2'],
    ];
    expect((await read('latency_seconds')).result).toMatchObject([{ histogram: [{}, { count: '3', sum: '7.5', buckets }] }]);
  });

  test('has the same samples in its chunks', async () => {
    const data = join(folder, 'chunks');
    mkdirSync(data);
    const peer = await startPrometheus(data, stops);
    await writeTo(peer);
    const own = await chunksOf(server.url);
    expect(Object.values(own).map((samples) => samples.length)).toEqual([300, 300, 300, 300]);
    expect(await chunksOf(peer)).toEqual(own);
  });
});
