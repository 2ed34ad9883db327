import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Labels } from '@vitrine/model/labels.ts';
import { isStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { describe, expect, test } from 'vitest';
import { testApp, type TestApp } from '../testing/test-app.ts';

type Method = 'PUT' | 'POST' | 'DELETE' | 'GET';
const OPENMETRICS = { 'content-type': 'application/openmetrics-text; version=1.0.0' };

function send(
  { app }: TestApp,
  method: Method,
  url: string,
  payload: string | Buffer = '',
  headers: Record<string, string> = {},
) {
  return app.inject({ method, url, headers, payload });
}

/** What was stored since the last time, as `series value`, without the gateway's own series. */
function stored({ store }: TestApp): string[] {
  return store.appended.splice(0).flatMap(({ seriesKeys, seriesIndex, values }) => {
    const words = wordsOf(values);
    return Array.from(values, (value, i) => {
      const series = String(Labels.fromKey(seriesKeys[seriesIndex[i] as number] as string));
      return `${series} ${isStaleAt(words, i) ? 'stale' : value}`;
    }).filter((text) => !text.startsWith('push_'));
  });
}

/** The groups as Pushgateway's API tells them: their labels and the metrics in them. */
async function groups(made: TestApp): Promise<string[]> {
  const answer = (await send(made, 'GET', '/api/v1/metrics')).json<{ data: { labels: Record<string, string> }[] }>();
  return answer.data.map(({ labels, ...rest }) => {
    const metrics = Object.keys(rest).filter((name) => !name.startsWith('push_') && name !== 'last_push_successful');
    return `${JSON.stringify(labels)} ${metrics.join(' ')}`;
  });
}

async function tokenFor(made: TestApp, team: string): Promise<Record<string, string>> {
  const labels = Labels.from({ team });
  const { token } = await made.needs.tokens.create({ name: `of ${team}`, scopes: ['ingest'], labels, expiresMs: undefined });
  return { authorization: `Bearer ${token}` };
}

describe('a push', () => {
  test.each<[string, string, string, Record<string, string> | undefined, string[]]>([
    ['text', '/metrics/job/a', 'x 1\n', undefined, ['x{job="a"} 1']],
    ['text without a last line feed', '/metrics/job/a', 'x 1', undefined, ['x{job="a"} 1']],
    ['OpenMetrics', '/metrics/job/a', '# TYPE x counter\nx_total 1\n# EOF\n', OPENMETRICS, ['x_total{job="a"} 1']],
    ['an address with a slash at its end', '/metrics/job/a/', 'x 1\n', undefined, ['x{job="a"} 1']],
    ['more labels', '/metrics/job/a/run/7', 'x{b="c"} 1\n', undefined, ['x{b="c", job="a", run="7"} 1']],
    ['labels of its own under those names', '/metrics/job/a/b/c', 'x{job="z",b="z"} 1\n', undefined, ['x{b="c", job="a"} 1']],
    ['a percent-encoded value', '/metrics/job/a/l/x%20%C3%A9+', 'x 1\n', undefined, ['x{job="a", l="x é+"} 1']],
    ['a value in base64', '/metrics/job/a/p@base64/L3Zhci90bXA', 'x 1\n', undefined, ['x{job="a", p="/var/tmp"} 1']],
    ['a job in base64', '/metrics/job@base64/L2E=/b/c', 'x 1\n', undefined, ['x{b="c", job="/a"} 1']],
    ['an empty value', '/metrics/job/a/b@base64/=', 'x{b="c"} 1\n', undefined, ['x{job="a"} 1']],
    ['an empty value before another', '/metrics/job/a/b@base64/=/c/d', 'x 1\n', undefined, ['x{c="d", job="a"} 1']],
    ['a second job', '/metrics/job/a/job/b', 'x 1\n', undefined, ['x{job="a"} 1']],
    ['nothing', '/metrics/job/a', '', undefined, []],
    ['the gateway’s own names', '/metrics/job/a', 'push_time_seconds 1\nx 2\n', undefined, ['x{job="a"} 2']],
    ['numbers that are none', '/metrics/job/a', 'x NaN\ny +Inf\n', undefined, ['x{job="a"} NaN', 'y{job="a"} Infinity']],
  ])('of %s is stored at once', async (_, url, body, headers, want) => {
    const made = await testApp();
    const answer = await send(made, 'PUT', url, body, headers);
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(stored(made)).toEqual(want);
  });

  test.each([
    ['gzip', gzipSync('x 1\n')],
    ['identity', Buffer.from('x 1\n')],
  ])('in %s is unpacked', async (encoding, body) => {
    const made = await testApp();
    const answer = await send(made, 'POST', '/metrics/job/a', body, { 'content-encoding': encoding });
    expect([answer.statusCode, stored(made)]).toEqual([200, ['x{job="a"} 1']]);
  });

  test.each<[string, string, string, RegExp]>([
    ['a label without a value', '/metrics/job/a/b', 'x 1\n', /label "b" without a value/],
    ['no job', '/metrics/job@base64/=', 'x 1\n', /job’s name is empty/],
    ['a label that cannot be', '/metrics/job/a/b-c/d', 'x 1\n', /"b-c" in the address is not a name/],
    ['a label that is ours', '/metrics/job/a/__name__/d', 'x 1\n', /"__name__" in the address/],
    ['two slashes', '/metrics/job/a//b', 'x 1\n', /empty label name/],
    ['an encoded slash', '/metrics/job/a/p/x%2Fy', 'x 1\n', /holds a slash.*p@base64\/eC95/],
    ['broken base64', '/metrics/job/a/p@base64/a+b', 'x 1\n', /not base64/],
    ['base64 of no text', '/metrics/job/a/p@base64/_w', 'x 1\n', /not base64.*UTF-8/],
    ['a long value', `/metrics/job/a/p/${'x'.repeat(1_001)}`, 'x 1\n', /longer than 1000 bytes/],
    ['too many labels', `/metrics/job/a${'/l/v'.repeat(30)}`, 'x 1\n', /has 31 labels; at most 30/],
    ['a broken line', '/metrics/job/a', 'x\n', /line 1: expected a value/],
    ['a timestamp', '/metrics/job/a', 'x 1 1000\n', /x has a timestamp.*remote write/],
    ['a series twice', '/metrics/job/a', 'x 1\nx 2\n', /x\{job="a"\} stands twice/],
    ['a series twice by the address', '/metrics/job/a/b/c', 'x{b="1"} 1\nx{b="2"} 2\n', /stands twice/],
    ['a histogram’s name as a sample', '/metrics/job/a', '# TYPE h histogram\nh 1\n', /h is of type histogram/],
    ['names that clash', '/metrics/job/a', '# TYPE h summary\nh_count 1\n# TYPE h_sum gauge\nh_sum 2\n', /Rename one of them/],
    ['OpenMetrics without an end', '/metrics/job/om', '', /# EOF/],
  ])('with %s is refused with a sentence, and noted', async (_, url, body, sentence) => {
    const made = await testApp();
    const answer = await send(made, 'PUT', url, body, url.endsWith('om') ? OPENMETRICS : {});
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'text/plain; charset=utf-8']);
    expect(answer.body).toMatch(sentence);
    expect(stored(made)).toEqual([]);
    const [arrival] = made.needs.intake.arrivals();
    expect([arrival?.door, arrival?.refused, `${arrival?.reasons[0]?.sentence}\n`]).toEqual(['pushgateway', 1, answer.body]);
  });

  test.each<[string, string | Buffer, Record<string, string>, number]>([
    ['too large', 'x'.repeat(1_000_001), {}, 413],
    ['too large once unpacked', gzipSync(Buffer.alloc(1_000_001, 'x')), { 'content-encoding': 'gzip' }, 413],
    ['no gzip', 'x 1\n', { 'content-encoding': 'gzip' }, 400],
    ['packed otherwise', 'x 1\n', { 'content-encoding': 'br' }, 415],
    ['more lines than are read', 'x 1\n'.repeat(100_001), {}, 413],
    ['more samples than a group may have', Array.from({ length: 20_001 }, (_, i) => `x{i="${i}"} 1\n`).join(''), {}, 413],
  ])('that is %s is refused', async (_, body, headers, status) => {
    const made = await testApp();
    const answer = await send(made, 'PUT', '/metrics/job/a', body, headers);
    expect([answer.statusCode, answer.body]).toEqual([status, expect.stringMatching(/^[A-Z].*\.\n$/)]);
    expect(await groups(made)).toEqual([]);
  });

  test.each([
    [new StoreBusy('Too fast.', 3), 429, '3'],
    [new StoreReadOnly('The disk is full.'), 507, '30'],
  ])('that the store does not take (%s) leaves the group as it was', async (error, status, retryAfter) => {
    const made = await testApp();
    await send(made, 'PUT', '/metrics/job/a', 'x 1\n');
    made.store.append = () => Promise.reject(error);
    const answer = await send(made, 'PUT', '/metrics/job/a', 'y 1\n');
    expect([answer.statusCode, answer.headers['retry-after'], answer.body]).toEqual([status, retryAfter, `${error.message}\n`]);
    expect(await groups(made)).toEqual(['{"job":"a"} x']);
  });

  test('of which the store refuses a part is kept, and says so', async () => {
    const made = await testApp();
    const rejected = [{ reason: 'series limit', series: 'x', timestampMs: 0, count: 2 }] as const;
    made.store.append = () => Promise.resolve({ accepted: 1, rejected, rejectedCount: 2 });
    const answer = await send(made, 'PUT', '/metrics/job/a', 'x 1\n');
    expect([answer.statusCode, answer.body]).toEqual([
      400,
      'The group was kept, but the store refused 2 of its samples: series limit.\n',
    ]);
    expect(await groups(made)).toEqual(['{"job":"a"} x']);
    expect(made.needs.intake.arrivals()[0]?.refused).toBe(2);
  });
});

describe('a group', () => {
  test.each<[string, [Method, string, string][], string[], string[]]>([
    [
      'that is put again has what was put last, and the rest ends',
      [
        ['PUT', 'a', 'x 1\ny{b="1"} 2\n'],
        ['PUT', 'a', 'x 3\n'],
      ],
      ['{"job":"a"} x'],
      ['x{job="a"} 3', 'y{b="1", job="a"} stale'],
    ],
    [
      'that is posted to keeps metrics of other names',
      [
        ['PUT', 'a', 'x 1\ny{b="1"} 2\ny{b="2"} 2\n'],
        ['POST', 'a', 'y{b="1"} 3\n'],
      ],
      ['{"job":"a"} x y'],
      ['y{b="1", job="a"} 3', 'y{b="2", job="a"} stale'],
    ],
    [
      'that nothing is posted to stays',
      [
        ['PUT', 'a', 'x 1\n'],
        ['POST', 'a', ''],
      ],
      ['{"job":"a"} x'],
      [],
    ],
    [
      'that nothing is put into is empty',
      [
        ['PUT', 'a', 'x 1\n'],
        ['PUT', 'a', ''],
      ],
      ['{"job":"a"} '],
      ['x{job="a"} stale'],
    ],
    [
      'that is deleted ends at once',
      [
        ['PUT', 'a', 'x 1\n'],
        ['DELETE', 'a', ''],
      ],
      [],
      ['x{job="a"} stale'],
    ],
    [
      'is not its neighbour with a label more',
      [
        ['PUT', 'a', 'x 1\n'],
        ['PUT', 'a/b/c', 'x 2\n'],
        ['DELETE', 'a', ''],
      ],
      ['{"b":"c","job":"a"} x'],
      ['x{job="a"} stale'],
    ],
    [
      'is the same whatever the order of its labels',
      [
        ['PUT', 'a/b/1/c/2', 'x 1\n'],
        ['PUT', 'a/c/2/b/1', 'x 2\n'],
      ],
      ['{"b":"1","c":"2","job":"a"} x'],
      ['x{b="1", c="2", job="a"} 2'],
    ],
    ['with an empty label is told with it', [['PUT', 'a/b@base64/=', 'x 1\n']], ['{"b":"","job":"a"} x'], ['x{job="a"} 1']],
  ])('%s', async (_, requests, want, last) => {
    const made = await testApp();
    for (const [i, [method, path, body]] of requests.entries()) {
      if (i === requests.length - 1) stored(made);
      const answer = await send(made, method, `/metrics/job/${path}`, body);
      expect(answer.statusCode).toBe(method === 'DELETE' ? 202 : 200);
    }
    expect(await groups(made)).toEqual(want);
    expect(stored(made)).toEqual(last);
  });

  test.each<[string, string, string, RegExp]>([
    ['a metric of another type', 'b', '# TYPE x counter\nx 1\n', /x is counter here and gauge in another group/],
    ['a metric without the type', 'b', 'x 1\n', /x is untyped here and gauge/],
    ['a series that it has', 'a', 'x{c="d"} 1\n', /x\{c="d", job="a"\} is in the group \{c="d", job="a"\} already/],
    ['a metric called as a part of its histogram', 'b', 'h_count 1\n', /h_count is a metric by itself/],
    ['a histogram whose part is its metric', 'b', '# TYPE s histogram\ns_sum 1\n', /s_sum is a metric by itself/],
  ])('refuses another with %s', async (_, job, body, sentence) => {
    const made = await testApp();
    const first = '# TYPE x gauge\nx 1\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\ns_sum 1\n';
    expect((await send(made, 'PUT', '/metrics/job/a/c/d', first)).statusCode).toBe(200);
    const answer = await send(made, 'PUT', `/metrics/job/${job}`, `# TYPE x gauge\n`.repeat(job === 'a' ? 1 : 0) + body);
    expect([answer.statusCode, answer.body]).toEqual([400, expect.stringMatching(sentence)]);
  });

  test('may change a type that nobody else has', async () => {
    const made = await testApp();
    await send(made, 'PUT', '/metrics/job/a', '# TYPE x gauge\nx 1\n');
    expect((await send(made, 'POST', '/metrics/job/a', '# TYPE x counter\nx 1\n')).statusCode).toBe(200);
    expect((await send(made, 'POST', '/metrics/job/b', '# TYPE x counter\nx 1\n')).statusCode).toBe(200);
  });

  test('tells by a metric when a push failed, until one succeeds', async () => {
    const made = await testApp();
    const last = async () => {
      const { data } = (await send(made, 'GET', '/api/v1/metrics')).json<{
        data: { last_push_successful: boolean; push_failure_time_seconds: { metrics: { value: string }[] } }[];
      }>();
      return data.map((group) => [group.last_push_successful, Number(group.push_failure_time_seconds.metrics[0]?.value) > 0]);
    };
    await send(made, 'PUT', '/metrics/job/a', 'x 1\nx 2\n');
    expect(await last()).toEqual([[false, true]]);
    const names = made.store.appended.flatMap(({ seriesKeys }) => seriesKeys.map((key) => String(Labels.fromKey(key))));
    expect(names).toEqual(['push_time_seconds{job="a"}', 'push_failure_time_seconds{job="a"}']);
    await send(made, 'PUT', '/metrics/job/a', 'x 1\n');
    expect(await last()).toEqual([[true, true]]);
  });
});

describe('tenants', () => {
  test('have groups of their own, under the labels of their tokens', async () => {
    const made = await testApp({ loopback: false });
    const [red, blue] = [await tokenFor(made, 'red'), await tokenFor(made, 'blue')];
    await send(made, 'PUT', '/metrics/job/a', '# TYPE x gauge\nx{team="blue"} 1\n', red);
    // Neither another's type nor its name of the team keeps this one out, or lets it in.
    await send(made, 'PUT', '/metrics/job/a/team/red', '# TYPE x counter\nx 2\n', blue);
    expect(stored(made)).toEqual(['x{job="a", team="red"} 1', 'x{job="a", team="blue"} 2']);
    await send(made, 'DELETE', '/metrics/job/a/team/red', '', blue);
    expect(stored(made)).toEqual(['x{job="a", team="blue"} stale']);
    expect(Array.from(made.needs.pushgateway.groups(), ({ labels }) => Object.fromEntries(labels))).toEqual([
      { job: 'a', team: 'red' },
    ]);
    expect(made.needs.intake.arrivals().map(({ name, labels, accepted }) => [name, labels, accepted])).toEqual([
      ['of blue', { team: 'blue' }, 1],
      ['of red', { team: 'red' }, 1],
    ]);
  });

  test.each<[string, (made: TestApp) => Promise<Record<string, string>> | Record<string, string>, number]>([
    ['no token', () => ({}), 401],
    ['an unknown token', () => ({ authorization: 'Bearer nothing' }), 401],
    [
      'a token that may only read',
      async ({ needs }) => {
        const { token } = await needs.tokens.create({ name: 'r', scopes: ['read'], expiresMs: undefined });
        return { authorization: `Bearer ${token}` };
      },
      403,
    ],
    [
      'a token as a password',
      async (made) => {
        const [, token] = ((await tokenFor(made, 'red'))['authorization'] as string).split(' ');
        return { authorization: `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}` };
      },
      200,
    ],
  ])('who push with %s are let in or told why not', async (_, headers, status) => {
    const made = await testApp({ loopback: false });
    const answer = await send(made, 'PUT', '/metrics/job/a', 'x 1\n', await headers(made));
    expect([answer.statusCode, answer.statusCode === 200 || /^[A-Z].*\.\n$/.test(answer.body)]).toEqual([status, true]);
  });
});

describe('the API', () => {
  test('tells metrics as Pushgateway does', async () => {
    const made = await testApp();
    const body =
      '# HELP x Some.\n# TYPE x gauge\nx{b="1"} 1234567\n# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_bucket{le="+Inf"} 2\nh_sum 1e-7\nh_count 2\n# TYPE s summary\ns{quantile="0.9"} 3\ns_sum 4\ns_count 5\n';
    await send(made, 'PUT', '/metrics/job/a', body);
    const { data } = (await send(made, 'GET', '/api/v1/metrics')).json<{ data: unknown[] }>();
    const labels = { instance: '', job: 'a' };
    const time = expect.stringMatching(/^\d{4}-.*Z$/) as unknown;
    expect(data).toMatchObject([
      {
        labels: { job: 'a' },
        last_push_successful: true,
        x: {
          time_stamp: time,
          type: 'GAUGE',
          help: 'Some.',
          metrics: [{ labels: { ...labels, b: '1' }, value: '1.234567e+06' }],
        },
        h: { type: 'HISTOGRAM', metrics: [{ labels, buckets: { '0.5': '1', '+Inf': '2' }, sum: '1e-07', count: '2' }] },
        s: { type: 'SUMMARY', metrics: [{ labels, quantiles: { '0.9': '3' }, sum: '4', count: '5' }] },
        push_time_seconds: { type: 'GAUGE', metrics: [{ labels }] },
        push_failure_time_seconds: { type: 'GAUGE', metrics: [{ labels, value: '0' }] },
      },
    ]);
  });

  test('tells what runs', async () => {
    const made = await testApp();
    expect((await send(made, 'GET', '/api/v1/status')).json()).toMatchObject({
      status: 'success',
      data: { build_information: { version: '1.2.3' }, flags: { listen: '127.0.0.1:0' }, start_time: '1970-01-01T00:00:00.000Z' },
    });
  });

  test('wipes everything for an admin only', async () => {
    const made = await testApp();
    for (const job of ['a', 'b', 'c']) await send(made, 'PUT', `/metrics/job/${job}`, 'x 1\n');
    const wipe = (headers: Record<string, string>) => made.app.inject({ method: 'PUT', url: '/api/v1/admin/wipe', headers });
    expect((await wipe({})).statusCode).toBe(401);
    expect(await groups(made)).toHaveLength(3);
    expect((await wipe(made.browser)).statusCode).toBe(202);
    expect(await groups(made)).toEqual([]);
  });

  test('leaves /metrics and Prometheus’ API as they are', async () => {
    const made = await testApp();
    await send(made, 'PUT', '/metrics/job/a', 'pushed_thing 1\n');
    const own = await send(made, 'GET', '/metrics');
    expect([own.statusCode, own.body.includes('vitrine_build_info'), own.body.includes('pushed_thing')]).toEqual([
      200,
      true,
      false,
    ]);
    expect((await send(made, 'GET', '/api/v1/status/buildinfo')).json()).toMatchObject({ data: { version: '3.0.0' } });
    expect((await send(made, 'GET', '/metrics/job/a')).statusCode).toBe(405);
  });

  test('lists groups for the page and deletes one', async () => {
    const made = await testApp();
    await send(made, 'PUT', '/metrics/job/a', 'x 1\ny 2\ny{b="c"} 3\n');
    const list = async (q = '') => {
      const answer = await made.app.inject({ url: `/api/ingest/groups?q=${q}`, headers: made.browser });
      return answer.json<{ total: number; groups: { id: string }[] }>();
    };
    const [group] = (await list('JOB+a')).groups;
    expect([(await list()).total, await list('zzz')]).toEqual([1, { total: 1, found: 0, groups: [] }]);
    expect(group).toEqual({
      id: expect.any(String) as unknown,
      labels: { job: 'a' },
      sender: '',
      pushedMs: expect.any(Number) as unknown,
      failedMs: null,
      failure: '',
      metrics: 2,
      samples: 3,
    });
    const remove = () => made.app.inject({ method: 'DELETE', url: `/api/ingest/groups/${group?.id}`, headers: made.browser });
    expect([(await remove()).statusCode, (await remove()).statusCode, (await list()).groups]).toEqual([204, 404, []]);
  });
});

test('the address may be a whole one, as clients send it to a proxy', async () => {
  const made = await testApp();
  await made.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = made.app.server.address() as AddressInfo;
  const sent = request({ host: '127.0.0.1', port, method: 'PUT', path: 'http://localhost/metrics/job/a' }).end('x 1\n');
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  expect([answer.statusCode, stored(made)]).toEqual([200, ['x{job="a"} 1']]);
});

test('the examples of docs/ingest-pushgateway.md push what the page says, one after the other', async () => {
  const page = readFileSync(new URL('../../../../docs/ingest-pushgateway.md', import.meta.url), 'utf8');
  const [, body = '', path = ''] = /^echo '([^']+)' \| curl --data-binary @- http:\/\/127\.0\.0\.1:9470(\S+)$/m.exec(page) ?? [];
  const [, series = '', labels = ''] = /^is `(\w+)\{(.+)\}`/m.exec(page) ?? [];
  const made = await testApp();
  expect((await send(made, 'POST', path, `${body}\n`, { 'content-type': 'application/x-www-form-urlencoded' })).statusCode).toBe(
    200,
  );
  expect(stored(made)).toEqual([`${series}{${labels.replaceAll(',', ', ')}} 42`]);
  // The page's next example, as Python's client writes it.
  const [, gauge = ''] = /^Gauge\("(\w+)"/m.exec(page) ?? [];
  const [, job = ''] = /^push_to_gateway\(.*job="(\w+)"/m.exec(page) ?? [];
  const pushed = await send(made, 'PUT', `/metrics/job/${job}`, `# HELP ${gauge} x\n# TYPE ${gauge} gauge\n${gauge} 1.0\n`);
  expect([pushed.statusCode, pushed.body]).toEqual([200, '']);
});
