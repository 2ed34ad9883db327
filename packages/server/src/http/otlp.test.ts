import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Labels } from '@vitrine/model/labels.ts';
import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { describe, expect, test } from 'vitest';
import { encodeOtlp, type Sent } from '../ingest/otlp/encode-otlp.ts';
import { testApp, type TestApp } from '../testing/test-app.ts';

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };
const NOW = `${Date.now()}000000`;
const gauge = (name: string, point: Sent): Sent => ({ name, gauge: { dataPoints: [point] } });
const GOOD = gauge('a', { timeUnixNano: NOW, asDouble: 1.5 });
const request = (...metrics: Sent[]): Sent => ({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
const BODY = encodeOtlp(request(GOOD));
const TRACES = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'x' }] }] }] };

function send({ app }: TestApp, payload: Buffer = BODY, headers: Record<string, string> = PROTOBUF, url = '/v1/metrics') {
  return app.inject({ method: 'POST', url, headers, payload });
}

describe('OTLP over HTTP', () => {
  test.each<[string, Buffer, Record<string, string>, string]>([
    ['protobuf', BODY, PROTOBUF, '/v1/metrics'],
    ['protobuf in gzip', gzipSync(BODY), { ...PROTOBUF, 'content-encoding': 'gzip' }, '/v1/metrics'],
    ['JSON', Buffer.from(JSON.stringify(request(GOOD))), JSON_TYPE, '/v1/metrics'],
    [
      'JSON with a charset',
      Buffer.from(JSON.stringify(request(GOOD))),
      { 'content-type': 'application/json; charset=utf-8' },
      '/v1/metrics',
    ],
    ['protobuf where Prometheus has it', BODY, PROTOBUF, '/api/v1/otlp/v1/metrics'],
  ])('in %s is answered in the same format when the store has it', async (_, payload, headers, url) => {
    const made = await testApp();
    const answer = await send(made, payload, headers, url);
    expect([answer.statusCode, answer.headers['content-type']?.split(';')[0]]).toEqual([
      200,
      headers['content-type']?.split(';')[0],
    ]);
    expect(answer.body).toBe(headers['content-type']?.startsWith('application/json') === true ? '{}' : '');
    expect(
      made.store.appended.map(({ seriesKeys, values }) => [seriesKeys.map((key) => String(Labels.fromKey(key))), [...values]]),
    ).toEqual([[['a'], [1.5]]]);
  });

  test('of which a part is wrong says how much and why, and keeps the rest', async () => {
    const made = await testApp();
    const sent = request(GOOD, gauge('b', { timeUnixNano: NOW }));
    const answer = await send(made, Buffer.from(JSON.stringify(sent)), JSON_TYPE);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        partialSuccess: {
          rejectedDataPoints: '1',
          errorMessage: 'A point of b has no value. 1 data point was refused for that.',
        },
      },
    ]);
    const protobuf = await send(made, encodeOtlp(sent));
    // partial_success is field 1, the count field 1 in it.
    expect([...protobuf.rawPayload.subarray(0, 1), ...protobuf.rawPayload.subarray(2, 4)]).toEqual([0x0a, 0x08, 1]);
    expect(protobuf.body).toContain('A point of b has no value.');
    expect(made.store.appended.map(({ values }) => values.length)).toEqual([1, 1]);
  });

  test('that the store takes in part says so', async () => {
    const made = await testApp();
    made.store.append = () =>
      Promise.resolve({
        accepted: 0,
        rejected: [{ reason: 'too old', series: 'a', timestampMs: 1, count: 1 }],
        rejectedCount: 1,
      });
    const answer = await send(made, Buffer.from(JSON.stringify(request(GOOD))), JSON_TYPE);
    expect(answer.json()).toMatchObject({
      partialSuccess: { rejectedDataPoints: '1', errorMessage: expect.stringContaining('too old') },
    });
  });

  test.each<[string, Buffer, Record<string, string>, number, RegExp]>([
    ['half a body', BODY.subarray(0, BODY.length - 3), PROTOBUF, 400, /breaks off or goes wrong at byte/],
    ['no protobuf', Buffer.from('hello'), PROTOBUF, 400, /not the protobuf message/],
    ['no JSON', Buffer.from('{'), JSON_TYPE, 400, /is not JSON/],
    ['another type', BODY, { 'content-type': 'text/plain' }, 415, /"text\/plain" is not supported/],
    ['another encoding', BODY, { ...PROTOBUF, 'content-encoding': 'br' }, 415, /"br" is not supported/],
    ['no gzip', BODY, { ...PROTOBUF, 'content-encoding': 'gzip' }, 400, /not gzip, or is cut off/],
    ['half a gzip', gzipSync(BODY).subarray(0, 20), { ...PROTOBUF, 'content-encoding': 'gzip' }, 400, /not gzip, or is cut off/],
    ['a bomb', gzipSync(Buffer.alloc(50_000_000)), { ...PROTOBUF, 'content-encoding': 'gzip' }, 413, /more than 1000000 bytes/],
    ['more than the limit', Buffer.alloc(1_000_001), PROTOBUF, 413, /more than 1000000 bytes/],
  ])('of %s is refused with a sentence in the format of OTLP', async (_, payload, headers, status, sentence) => {
    const made = await testApp();
    const answer = await send(made, payload, headers);
    expect([answer.statusCode, answer.body]).toEqual([status, expect.stringMatching(sentence)]);
    expect(answer.headers['content-type']).toMatch(headers === JSON_TYPE ? /json/ : /x-protobuf/);
    expect(made.store.appended).toEqual([]);
  });

  test('of nothing is fine', async () => {
    const made = await testApp();
    expect((await send(made, Buffer.alloc(0))).statusCode).toBe(200);
    expect(made.store.appended).toEqual([]);
  });

  test.each<[string, Sent, string, string]>([
    ['traces', TRACES, 'rejectedSpans', '1'],
    ['logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }] }] }, 'rejectedLogRecords', '2'],
  ])('of %s is refused with a count, not swallowed', async (signal, sent, name, count) => {
    const made = await testApp();
    const answer = await send(made, Buffer.from(JSON.stringify(sent)), JSON_TYPE, `/v1/${signal}`);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { partialSuccess: { [name]: count, errorMessage: expect.stringContaining(`does not keep ${signal} yet`) } },
    ]);
  });

  test.each<[string, Error, number, string | undefined]>([
    ['busy', new StoreBusy('wait', 3), 429, '3'],
    ['full', new StoreReadOnly('disk full'), 503, '30'],
    ['broken', new Error('secret'), 500, undefined],
  ])('into a store that is %s says when to come back', async (_, error, status, retryAfter) => {
    const made = await testApp();
    made.store.append = () => Promise.reject(error);
    const answer = await send(made);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([status, retryAfter]);
    expect(answer.body).not.toContain('secret');
  });

  test('on an open address needs a token that ingests', async () => {
    const made = await testApp({ loopback: false });
    const token = async (scope: 'ingest' | 'read'): Promise<string> =>
      (await made.needs.tokens.create({ name: '', scopes: [scope], expiresMs: undefined })).token;
    const statuses = [undefined, 'wrong', await token('read'), await token('ingest')].map(async (text) => {
      const headers = { ...PROTOBUF, ...(text === undefined ? {} : { authorization: `Bearer ${text}` }) };
      return (await send(made, BODY, headers)).statusCode;
    });
    expect(await Promise.all(statuses)).toEqual([401, 401, 403, 200]);
  });
});

test('the curl of docs/ingest-otlp.md stores what the page says', async () => {
  const page = readFileSync(new URL('../../../../docs/ingest-otlp.md', import.meta.url), 'utf8');
  const command = /^```bash\n([\s\S]*?)^```/m.exec(page)?.[1] ?? '';
  const body = / -d '(.*)'$/m.exec(command)?.[1]?.replace("'$(date +%s)'", '1700000000') ?? '';
  const made = await testApp();
  const answer = await send(made, Buffer.from(body), JSON_TYPE, new URL(/http\S+/.exec(command)?.[0] ?? '').pathname);
  expect([answer.statusCode, answer.body]).toEqual([200, '{}']);
  const [batch] = made.store.appended;
  expect([batch?.seriesKeys.map((key) => String(Labels.fromKey(key))), batch?.timestampsMs[0], batch?.values[0]]).toEqual([
    ['backup_size_bytes{job="nightly"}'],
    1_700_000_000_000,
    12_345,
  ]);
});
