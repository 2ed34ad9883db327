import { Labels } from '@vitrine/model/labels.ts';
import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { describe, expect, test } from 'vitest';
import { encodeWriteRequest, packSnappy } from '../../ingest/remote-write/encode-remote-write.ts';
import { testApp, type TestApp } from '../../testing/test-app.ts';

const HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};
const BODY = Buffer.from(packSnappy(encodeWriteRequest([{ labels: [['__name__', 'up']], samples: [[1, 1_000]] }])));

function write({ app }: TestApp, payload: Buffer = BODY, headers: Record<string, string> = HEADERS) {
  return app.inject({ method: 'POST', url: '/api/v1/write', headers, payload });
}

describe('remote write', () => {
  test('is answered when the store has it', async () => {
    const made = await testApp();
    const answer = await write(made);
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect([...(made.store.appended[0]?.values ?? [])]).toEqual([1]);
  });

  test.each<[string, Buffer, Record<string, string>, number, RegExp]>([
    ['half a body', BODY.subarray(0, 5), HEADERS, 400, /./],
    ['no body', Buffer.alloc(0), HEADERS, 400, /./],
    ['JSON', Buffer.from('{}'), { 'content-type': 'application/json' }, 415, /application\/x-protobuf/],
    ['gzip', BODY, { ...HEADERS, 'content-encoding': 'gzip' }, 415, /"gzip" is not supported/],
    [
      'more than the limit',
      Buffer.alloc(1_000_001),
      HEADERS,
      413,
      /has 1,000,001 bytes; the limit is 1,000,000 \(limits\.ingest\.body\)\. Send less in one request/,
    ],
    ['a bomb', Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04, 0x00]), HEADERS, 400, /the limit is 1000000/],
  ])('of %s is refused with a sentence', async (_, payload, headers, status, sentence) => {
    const made = await testApp();
    const answer = await write(made, payload, headers);
    expect([answer.statusCode, answer.body]).toEqual([status, expect.stringMatching(sentence)]);
    expect(made.store.appended).toEqual([]);
  });

  test('of nothing at all is refused with a sentence', async () => {
    const { app } = await testApp();
    const answer = await app.inject({ method: 'POST', url: '/api/v1/write' });
    expect([answer.statusCode, answer.body]).toEqual([400, expect.stringMatching(/Snappy/i)]);
  });

  test.each<[string, Error, number, string | undefined]>([
    ['busy', new StoreBusy('wait', 3), 429, '3'],
    ['full', new StoreReadOnly('disk full'), 503, '30'],
    ['broken', new Error('secret'), 500, undefined],
  ])('into a store that is %s says when to come back', async (_, error, status, retryAfter) => {
    const made = await testApp();
    made.store.append = () => Promise.reject(error);
    const answer = await write(made);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([status, retryAfter]);
    expect(answer.body).not.toContain('secret');
  });

  test('a token’s labels stand on what is sent with it, and the sender is told of by its name', async () => {
    const listening = { statsd: { host: '0.0.0.0', port: 8125 } };
    const made = await testApp({ loopback: false, startedMs: 5, listening });
    const create = { method: 'POST', url: '/api/tokens', headers: made.browser } as const;
    const bad = await made.app.inject({ ...create, payload: { name: 'x', scopes: ['ingest'], labels: { 'a-b': 'c' } } });
    expect([bad.statusCode, bad.json()]).toMatchObject([400, { error: { field: 'labels' } }]);
    const labels = { tenant: 'vision' };
    const made201 = await made.app.inject({ ...create, payload: { name: 'vision', scopes: ['ingest'], labels } });
    const { token } = made201.json<{ token: string }>();
    expect((await write(made, BODY, { ...HEADERS, authorization: `Bearer ${token}` })).statusCode).toBe(204);
    expect(made.store.appended[0]?.seriesKeys.map((key) => Labels.fromKey(key).get('tenant'))).toEqual(['vision']);
    const arrivals = await made.app.inject({ url: '/api/ingest/arrivals', headers: made.browser });
    expect(arrivals.json()).toMatchObject({
      arrivals: [{ door: 'remote write', name: 'vision', labels, accepted: 1 }],
      startedMs: 5,
      listening,
    });
  });

  test('on an open address needs a token that ingests', async () => {
    const made = await testApp({ loopback: false });
    const { token } = await made.needs.tokens.create({ name: '', scopes: ['ingest'], expiresMs: undefined });
    expect((await write(made)).statusCode).toBe(401);
    expect((await write(made, BODY, { ...HEADERS, authorization: `Bearer ${token}` })).statusCode).toBe(204);
  });
});
