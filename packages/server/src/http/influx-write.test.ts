import { gzipSync } from 'node:zlib';
import { Labels } from '@vitrine/model/labels.ts';
import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { describe, expect, test } from 'vitest';
import { createIntake } from '../ingest/intake.ts';
import { openMetrics } from '../self/metrics.ts';
import { FakeStore } from '../testing/fake-store.ts';
import { testApp, type TestApp } from '../testing/test-app.ts';

const V1 = '/write?db=lab&precision=ms';
const V2 = '/api/v2/write?org=o&bucket=lab&precision=ms';
const BOTH = [[V1], [V2]] as const;

function send({ app }: TestApp, url: string, payload: string | Buffer, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url, payload: Buffer.from(payload), headers });
}

function stored({ store }: TestApp): string[] {
  return store.appended.flatMap(({ seriesKeys, seriesIndex, values, timestampsMs }) =>
    Array.from(values, (value, i) => {
      const labels = Labels.fromKey(seriesKeys[seriesIndex[i] as number] as string);
      return `${String(labels)} ${value} @${timestampsMs[i]}`;
    }),
  );
}

describe('line protocol', () => {
  test.each<[string, string, string | Buffer, Record<string, string>, string[]]>([
    ['as version 1 sends it', V1, 'm,a=b x=1,y=2i 5', {}, ['m_x{a="b", db="lab"} 1 @5', 'm_y{a="b", db="lab"} 2 @5']],
    ['as version 2 sends it', V2, 'm,a=b x=1 5\n', { 'content-type': 'text/plain' }, ['m_x{a="b", db="lab"} 1 @5']],
    ['without a database', '/write?precision=s', 'm value=1 5', {}, ['m 1 @5000']],
    ['with a retention policy, which changes nothing', '/write?db=lab&rp=week', 'm value=1 5000000', {}, ['m{db="lab"} 1 @5']],
    ['in gzip', V2, gzipSync('m value=1 5'), { 'content-encoding': 'gzip' }, ['m{db="lab"} 1 @5']],
    ['that says it is JSON', V1, 'm value=1 5', { 'content-type': 'application/json' }, ['m{db="lab"} 1 @5']],
    ['with nothing in it', V1, '', {}, []],
  ])('%s is answered when the store has it', async (_, url, payload, headers, want) => {
    const made = await testApp();
    const answer = await send(made, url, payload, headers);
    expect([answer.statusCode, answer.body, answer.headers['x-influxdb-version']]).toEqual([204, '', '1.8.10']);
    expect(stored(made)).toEqual(want);
  });

  test('text among its fields is left out, and the answer says how much', async () => {
    const made = await testApp();
    const answer = await send(made, V1, 'm x=1,s="a",t="b" 5');
    expect([answer.statusCode, answer.headers['x-vitrine-refused']]).toEqual([204, '2 text fields']);
    expect(stored(made)).toEqual(['m_x{db="lab"} 1 @5']);
    expect(made.needs.intake.arrivals()).toMatchObject([
      { door: 'line protocol', accepted: 1, refused: 2, reasons: [{ reason: 'text field', count: 2 }] },
    ]);
  });

  test.each<[string, string, string, number, object]>([
    [
      'one bad line, to version 1',
      V1,
      'a x=1 5\nb x=\nc x=2 5',
      400,
      {
        error:
          "partial write: unable to parse 'b x=': line 2: the value of a field is neither a number nor true or false, nor text in quotes dropped=1",
      },
    ],
    [
      'one bad line, to version 2',
      V2,
      'a x=1 5\nb x=\nc x=2 5',
      400,
      {
        code: 'invalid',
        message:
          "partial write: unable to parse 'b x=': line 2: the value of a field is neither a number nor true or false, nor text in quotes dropped=1",
        line: 2,
      },
    ],
    [
      'nothing good, to version 1',
      V1,
      'b',
      400,
      { error: 'unable to parse \'b\': line 1: it has no field; a line is "measurement,tag=value field=value timestamp"' },
    ],
    [
      'nothing good, to version 2',
      V2,
      '\nb',
      400,
      {
        code: 'invalid',
        message: 'unable to parse \'b\': line 2: it has no field; a line is "measurement,tag=value field=value timestamp"',
        line: 2,
      },
    ],
    [
      'an unknown precision',
      '/write?precision=day',
      'b x=1',
      400,
      { error: 'The precision "day" is none of ns, us, ms, s, m and h.' },
    ],
  ])('with %s is told so in InfluxDB’s shape, and the good lines are stored', async (_, url, payload, status, body) => {
    const made = await testApp();
    const answer = await send(made, url, payload);
    expect([answer.statusCode, answer.json()]).toEqual([status, body]);
    expect(stored(made)).toEqual(payload.startsWith('a') ? ['a_x{db="lab"} 1 @5', 'c_x{db="lab"} 2 @5'] : []);
  });

  test.each([
    [V1, 400],
    [V2, 422],
  ])('that the store takes in part says so: %s', async (url, status) => {
    const made = await testApp();
    made.store.append = () =>
      Promise.resolve({
        accepted: 1,
        rejected: [{ reason: 'too old', series: 'a', timestampMs: 1, count: 2 }],
        rejectedCount: 2,
      });
    const answer = await send(made, url, 'a x=1');
    expect([answer.statusCode, answer.body]).toEqual([
      status,
      expect.stringContaining(
        'partial write: 2 samples of a were refused: too old (1970-01-01T00:00:00.001Z is longer ago than samples are kept; raise retention.time first) dropped=2',
      ),
    ]);
  });

  test.each<[string, string | Buffer, Record<string, string>, number, RegExp]>([
    ['another encoding', 'm x=1', { 'content-encoding': 'br' }, 415, /"br" is not supported/],
    ['no gzip', 'm x=1', { 'content-encoding': 'gzip' }, 400, /not gzip, or is cut off/],
    ['half a gzip', gzipSync('m x=1').subarray(0, 15), { 'content-encoding': 'gzip' }, 400, /not gzip, or is cut off/],
    ['a bomb', gzipSync(Buffer.alloc(50_000_000, '\n')), { 'content-encoding': 'gzip' }, 413, /more than 1000000 bytes/],
    ['more than the limit', Buffer.alloc(1_000_001, '\n'), {}, 413, /more than 1000000 bytes/],
  ])('of %s is refused whole, counted, with a sentence', async (_, payload, headers, status, sentence) => {
    const made = await testApp();
    for (const [url] of BOTH) {
      const answer = await send(made, url, payload, headers);
      const body = answer.json<{ error?: string; message?: string; code?: string }>();
      expect([answer.statusCode, body.error ?? body.message]).toEqual([status, expect.stringMatching(sentence)]);
      expect(body.code !== undefined).toBe(url === V2);
    }
    expect(stored(made)).toEqual([]);
    expect(made.needs.intake.arrivals()[0]?.refused).toBe(2);
  });

  test.each<[string, Error, number, string | undefined]>([
    ['busy', new StoreBusy('wait', 3), 429, '3'],
    ['full', new StoreReadOnly('disk full'), 503, '30'],
    ['broken', new Error('secret'), 500, undefined],
  ])('while the store is %s', async (_, error, status, retryAfter) => {
    const made = await testApp();
    made.store.append = () => Promise.reject(error);
    for (const [url] of BOTH) {
      const answer = await send(made, url, 'm x=1');
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([status, retryAfter]);
      expect(answer.body).not.toContain('secret');
    }
  });

  test('faster than its sender may is answered 429', async () => {
    const store = new FakeStore();
    const intake = createIntake({ append: (batch) => store.append(batch), metrics: openMetrics('1.2.3'), samplesPerSecond: 1 });
    const made = await testApp({ intake });
    const eightValues = 'm a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1';
    const answers = [await send(made, V1, eightValues), await send(made, V1, eightValues), await send(made, V1, eightValues)];
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers['retry-after']])).toEqual([
      [204, undefined],
      [204, undefined],
      [429, '6'],
    ]);
  });
});

describe('who may write', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  test.each<[string, boolean, (token: string) => { url?: string; authorization?: string; origin?: string }, number]>([
    ['a token in the header', false, (token) => ({ authorization: `Bearer ${token}` }), 204],
    ['as InfluxDB 2’s clients write it', false, (token) => ({ authorization: `Token ${token}` }), 204],
    ['as they write it to InfluxDB 1', false, (token) => ({ authorization: `Token me:${token}` }), 204],
    ['as the password of a user', false, (token) => ({ authorization: basic(`me:${token}`) }), 204],
    ['as the password in the address', false, (token) => ({ url: `${V1}&u=me&p=${token}` }), 204],
    [
      'the same from a page of another site',
      false,
      (token) => ({ url: `${V1}&u=me&p=${token}`, origin: 'http://evil.example' }),
      403,
    ],
    ['nobody', false, () => ({}), 401],
    ['a token that is none', false, (token) => ({ authorization: `Token ${token}x` }), 401],
    ['the user and password that clients send unasked', false, () => ({ authorization: basic('root:root') }), 401],
    ['the same, on this machine', true, () => ({ authorization: basic('root:root') }), 204],
    ['a made-up token, on this machine', true, () => ({ authorization: 'Token anything' }), 204],
    ['a token of ours that is none, on this machine', true, (token) => ({ authorization: `Token ${token}x` }), 401],
    ['a page of another site, on this machine', true, () => ({ origin: 'http://evil.example' }), 403],
  ])('%s', async (_, loopback, of, status) => {
    const made = await testApp({ loopback });
    const { token } = await made.needs.tokens.create({ name: '', scopes: ['ingest'], expiresMs: undefined });
    const { url = V1, ...headers } = of(token);
    const answer = await send(made, url, 'm x=1', { host: loopback ? 'localhost' : 'vitrine.example', ...headers });
    expect(answer.statusCode).toBe(status);
    if (status !== 204) expect(answer.json()).toEqual({ error: expect.any(String) });
  });

  test('a password in the address opens nothing else', async () => {
    const { app, needs } = await testApp({ loopback: false });
    const { token } = await needs.tokens.create({ name: '', scopes: ['admin'], expiresMs: undefined });
    expect((await app.inject({ url: `/metrics?p=${token}`, headers: { host: 'vitrine.example' } })).statusCode).toBe(401);
  });

  test('a token that only reads may not, and its labels stand on all that one writes', async () => {
    const made = await testApp({ loopback: false });
    const { tokens } = made.needs;
    const reader = await tokens.create({ name: '', scopes: ['read'], expiresMs: undefined });
    const labels = Labels.from({ team: 'red' });
    const writer = await tokens.create({ name: '', scopes: ['ingest'], labels, expiresMs: undefined });
    const host = 'vitrine.example';
    expect((await send(made, V2, 'm value=1 5', { host, authorization: `Token ${reader.token}` })).json()).toMatchObject({
      code: 'forbidden',
    });
    await send(made, V2, 'm,team=blue value=1 5', { host, authorization: `Token ${writer.token}` });
    expect(stored(made)).toEqual(['m{db="lab", team="red"} 1 @5']);
  });
});

describe('what clients ask before they write', () => {
  test.each<[string, string, string, number, unknown]>([
    ['GET', '/ping', '', 204, ''],
    ['HEAD', '/ping', '', 204, ''],
    ['GET', '/health', '', 200, expect.stringContaining('"status":"pass"')],
    ['POST', '/query?q=CREATE%20DATABASE%20%22lab%22', '', 200, '{"results":[{"statement_id":0}]}'],
    [
      'POST',
      '/query',
      'q=CREATE+DATABASE+lab%3B+CREATE+RETENTION+POLICY+a+ON+lab',
      200,
      '{"results":[{"statement_id":0},{"statement_id":1}]}',
    ],
    [
      'GET',
      '/query?q=SHOW+DATABASES',
      '',
      200,
      '{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"]}]}]}',
    ],
    ['GET', '/query?q=SHOW+RETENTION+POLICIES+ON+lab', '', 200, expect.stringContaining('autogen')],
    ['GET', '/query?q=SELECT+*+FROM+cpu', '', 400, expect.stringContaining('PromQL')],
    ['POST', '/query', 'q=DROP+DATABASE+lab', 400, expect.stringContaining('CREATE DATABASE')],
    ['GET', '/query', '', 400, expect.stringContaining('error')],
  ])('%s %s %s', async (method, url, payload, status, body) => {
    const { app } = await testApp();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await app.inject({ method: method as 'GET', url, ...(payload === '' ? {} : { payload, headers }) });
    expect([answer.statusCode, answer.body, answer.headers['x-influxdb-version']]).toEqual([status, body, '1.8.10']);
  });

  test('a database that a sender made is there for it, and for no other', async () => {
    const { app, needs } = await testApp({ loopback: false });
    const ask = async (q: string, token: string) =>
      (await app.inject({ url: '/query', query: { q }, headers: { host: 'vitrine.example', authorization: `Token ${token}` } }))
        .body;
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (name) => (await needs.tokens.create({ name, scopes: ['ingest'], expiresMs: undefined })).token),
    );
    await ask('CREATE DATABASE "my lab"', one as string);
    expect(await ask('SHOW DATABASES', one as string)).toContain('my lab');
    expect(await ask('SHOW DATABASES', two as string)).not.toContain('my lab');
  });
});
