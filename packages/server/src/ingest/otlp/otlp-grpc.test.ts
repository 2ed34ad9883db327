import { Labels } from '@vitrine/model/labels.ts';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { StoreBusy } from '@vitrine/model/sample-store.ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../self/log.ts';
import { openMetrics } from '../../self/metrics.ts';
import { FakeStore } from '../../testing/fake-store.ts';
import { encodeOtlp, type Sent } from './encode-otlp.ts';
import { listenOtlpGrpc, type OtlpGrpcNeeds } from './otlp-grpc.ts';
import { createIntake } from '../intake.ts';
import { createOtlpReceiver } from './otlp-receiver.ts';

const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const request = (point: Sent): Sent => ({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', gauge: { dataPoints: [point] } }] }] }],
});
const BODY = encodeOtlp(request({ timeUnixNano: `${Date.now()}000000`, asDouble: 1.5 }));

const OWNER = { id: 1, name: 'owner', role: 'admin' } as const;
const SCOPES = new Map([
  ['good', 'ingest'],
  ['reads', 'read'],
] as const) as ReadonlyMap<string, 'ingest' | 'read'>;

function framed(message: Buffer, packed = false): Buffer {
  const header = Buffer.alloc(5);
  header[0] = packed ? 1 : 0;
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

async function server(changes: Partial<OtlpGrpcNeeds> = {}) {
  const store = new FakeStore();
  const metrics = openMetrics('1');
  const intake = createIntake({ append: (batch) => store.append(batch), metrics, samplesPerSecond: 0 });
  const otlp = createOtlpReceiver({
    intake,
    onMetadata: () => {},
    metrics,
    scopeLabels: false,
  });
  const grpc = await listenOtlpGrpc({
    otlp,
    intake,
    tokens: {
      bearer: (token) => {
        const scope = SCOPES.get(token);
        return Promise.resolve(
          scope === undefined ? undefined : { id: token, name: token, user: OWNER, scopes: [scope], labels: Labels.empty },
        );
      },
    },
    limits: { bodyBytes: 100_000 },
    log: openLog('silent', 'json'),
    address: { host: '127.0.0.1', port: 0 },
    loopback: true,
    ...changes,
  });
  const client = connect(`http://127.0.0.1:${grpc.port}`);
  client.on('error', () => {});
  onTestFinished(async () => {
    client.destroy();
    await grpc.stop();
  });
  return { store, client, grpc, intake };
}

interface Answer {
  readonly status: string;
  readonly message: string;
  readonly details: string;
  readonly body: Buffer;
}

function call(client: ClientHttp2Session, body: Buffer, path = METRICS, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = client.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let last: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    const learn = (told: IncomingHttpHeaders): void => void (last = { ...last, ...told });
    stream.on('response', learn);
    stream.on('trailers', learn);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      resolve({
        status: String(last['grpc-status'] ?? last[':status']),
        message: decodeURIComponent(String(last['grpc-message'] ?? '')),
        details: Buffer.from(String(last['grpc-status-details-bin'] ?? ''), 'base64').toString(),
        body: Buffer.concat(chunks),
      });
    });
    stream.end(body);
  });
}

describe('OTLP over gRPC', () => {
  test.each<[string, Buffer, OutgoingHttpHeaders]>([
    ['plain', framed(BODY), {}],
    ['in gzip', framed(gzipSync(BODY), true), { 'grpc-encoding': 'gzip' }],
  ])('%s is answered when the store has it', async (_, body, headers) => {
    const { store, client } = await server();
    expect(await call(client, body, METRICS, headers)).toMatchObject({ status: '0', body: framed(Buffer.alloc(0)) });
    expect(store.appended.map(({ values }) => [...values])).toEqual([[1.5]]);
  });

  test('answers many calls of one connection at a time', async () => {
    const { store, client } = await server();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(client, framed(BODY))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['0']));
    expect(store.appended.length).toBe(50);
  });

  test('tells of what was refused in a call that went well', async () => {
    const { client } = await server();
    const timeless = await call(client, framed(encodeOtlp(request({ asDouble: 1 }))));
    expect([timeless.status, timeless.body.toString()]).toEqual(['0', expect.stringContaining('has no time')]);
    const traces = await call(client, framed(encodeOtlp({ resourceSpans: [{ scopeSpans: [{ spans: [{}] }] }] })), TRACES);
    expect([traces.status, traces.body.toString()]).toEqual(['0', expect.stringContaining('does not keep traces yet')]);
  });

  test.each<[string, Buffer, string, OutgoingHttpHeaders, string, RegExp]>([
    ['half a message', framed(BODY).subarray(0, 20), METRICS, {}, '3', /one whole gRPC message/],
    ['nothing at all', Buffer.alloc(0), METRICS, {}, '3', /one whole gRPC message/],
    ['no protobuf', framed(Buffer.from('hello')), METRICS, {}, '3', /not the protobuf message/],
    [
      'a bomb',
      framed(gzipSync(Buffer.alloc(10_000_000)), true),
      METRICS,
      { 'grpc-encoding': 'gzip' },
      '8',
      /more than 100000 bytes/,
    ],
    ['more than the limit', framed(Buffer.alloc(200_000)), METRICS, {}, '8', /more than 100000 bytes/],
    ['another encoding', framed(BODY, true), METRICS, { 'grpc-encoding': 'snappy' }, '3', /"snappy" is not supported/],
    ['another method', framed(BODY), '/a.B/C', {}, '12', /Export of metrics, traces and logs only/],
    ['a wrong token', framed(BODY), METRICS, { authorization: 'Bearer bad' }, '16', /unknown, revoked or too old/],
    ['a token that reads', framed(BODY), METRICS, { authorization: 'Bearer reads' }, '7', /needs ingest/],
    ['no token through a proxy', framed(BODY), METRICS, { 'x-forwarded-for': '10.0.0.1' }, '16', /token is needed/],
    ['another content type', framed(BODY), METRICS, { 'content-type': 'application/json' }, '415', /^$/],
  ])('of %s fails with a sentence', async (_, body, path, headers, status, sentence) => {
    const { store, client } = await server();
    const answer = await call(client, body, path, headers);
    expect([answer.status, answer.message]).toEqual([status, expect.stringMatching(sentence)]);
    expect(store.appended).toEqual([]);
    expect(await call(client, framed(BODY))).toMatchObject({ status: '0' });
  });

  test('into a store that is busy says when to come back', async () => {
    const { store, client } = await server();
    store.append = () => Promise.reject(new StoreBusy('More waits than fits.', 3));
    expect(await call(client, framed(BODY))).toMatchObject({
      status: '14',
      message: 'More waits than fits.',
      details: expect.stringContaining('RetryInfo'),
    });
  });

  test('on an open address needs a token that ingests', async () => {
    const { client } = await server({ loopback: false });
    expect((await call(client, framed(BODY))).status).toBe('16');
    expect((await call(client, framed(BODY), METRICS, { authorization: 'Bearer good' })).status).toBe('0');
  });

  test('that fills the memory set aside for it is told to come back, and then is answered', async () => {
    const { client } = await server();
    const held = Array.from({ length: 9 }, () => {
      const stream = client.request({ ':method': 'POST', ':path': METRICS, 'content-type': 'application/grpc' });
      const answered = new Promise<string>((resolve) => {
        stream.on('response', (headers) => resolve(String(headers['grpc-status'])));
      });
      stream.on('error', () => {});
      stream.write(Buffer.alloc(95_000));
      return { stream, answered };
    });
    expect(await Promise.race(held.map(({ answered }) => answered))).toBe('14');
    for (const { stream } of held) stream.destroy();
    await expect.poll(async () => (await call(client, framed(BODY))).status).toBe('0');
  });

  test('stops while a caller is still there', async () => {
    const { client, grpc } = await server();
    await call(client, framed(BODY));
    await grpc.stop();
    await expect.poll(() => client.closed).toBe(true);
  });
});
