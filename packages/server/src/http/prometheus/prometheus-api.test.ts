import { QueryError } from '@vitrine/model/sample-store.ts';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../testing/fake-store.ts';
import { testApp } from '../../testing/test-app.ts';
import { formatNumber } from '@vitrine/promql/json/write-number.ts';
import { formatTime } from '@vitrine/promql/json/write-result.ts';
import { readTimeMs } from './params.ts';
import { unescapeLabelName } from './series.ts';

describe('values and times are written as Prometheus writes them', () => {
  test.each<[number, string]>([
    [1, '1'],
    [-0, '-0'],
    [0.1, '0.1'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [1.5e-7, '1.5e-07'],
    [1e-6, '0.000001'],
    [5e-324, '5e-324'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test.each<[number, string]>([
    [1_435_781_430_781, '1435781430.781'],
    [1_435_781_430_000, '1435781430'],
    [1_500, '1.500'],
    [-1, '-0.001'],
  ])('%d ms is %s s', (ms, text) => {
    expect(formatTime(ms)).toBe(text);
  });
});

test.each<[string, number | undefined]>([
  ['1435781430.781', 1_435_781_430_781],
  ['2015-07-01T20:10:30.781Z', 1_435_781_430_781],
  ['2015-07-01T22:10:30+02:00', 1_435_781_430_000],
  ['1e9', 1e12],
  ['yesterday', undefined],
  ['2015-07-01', undefined],
  ['', undefined],
  ['Infinity', undefined],
  ['1e300', undefined],
])('the time "%s"', (text, want) => {
  expect(readTimeMs(text)).toBe(want);
});

test.each<[string, string]>([
  ['job', 'job'],
  ['U__http_2E_status', 'http.status'],
  ['U__a__b', 'a_b'],
  ['U__broken_', 'U__broken_'],
  ['U___1F600_', '😀'],
])('the label %s in a path is %s', (escaped, name) => {
  expect(unescapeLabelName(escaped)).toBe(name);
});

describe('a query', () => {
  test('over a range answers a matrix, leaving out what is missing', async () => {
    const { app, store } = await testApp();
    store.answer = (request) =>
      matrix(request, [[{ __name__: 'up', job: 'a' }, (timeMs) => (timeMs === 15_000 ? undefined : timeMs / 1_000)]]);
    const answer = await app.inject('/api/v1/query_range?query=up&start=0&end=30&step=15s');
    expect(answer.json()).toEqual({
      status: 'success',
      data: {
        resultType: 'matrix',
        result: [
          {
            metric: { __name__: 'up', job: 'a' },
            values: [
              [0, '0'],
              [30, '30'],
            ],
          },
        ],
      },
    });
  });

  test('by form answers a vector with warnings and infos', async () => {
    const { app, store } = await testApp();
    store.answer = (request) => ({
      ...matrix(request, [
        [{ job: 'a' }, () => 1],
        [{ job: 'b' }, () => Number.NaN],
      ]),
      annotations: [{ level: 'info', text: 'PromQL info: metric might not be a counter' }],
    });
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/query',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'query=up&time=1.5&limit=1',
    });
    expect(answer.json()).toEqual({
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: { job: 'a' }, value: [1.5, '1'] }] },
      warnings: ['results truncated due to limit'],
      infos: ['PromQL info: metric might not be a counter'],
    });
    expect(store.evaluated).toMatchObject([{ expr: 'up', startMs: 1_500, endMs: 1_500, stepMs: 0 }]);
  });

  test.each<[string, object]>([
    ['scalar', { resultType: 'scalar', result: [2, '3'] }],
    ['string', { resultType: 'string', result: [2, 'a"b'] }],
  ])('answers a %s', async (kind, data) => {
    const { app, store } = await testApp();
    const rest = { annotations: [], stats: { seriesRead: 0, samplesRead: 0, elapsedMs: 0 } };
    store.answer = () =>
      kind === 'scalar'
        ? { kind: 'scalar', timeMs: 2_000, value: 3, ...rest }
        : { kind: 'string', timeMs: 2_000, value: 'a"b', ...rest };
    expect((await app.inject('/api/v1/query?query=3&time=2')).json()).toEqual({ status: 'success', data });
  });

  test.each<[string, string, number, string, RegExp]>([
    [
      'without text',
      '/api/v1/query?query=',
      400,
      'bad_data',
      /^invalid parameter "query": 1:1: parse error: no expression found/,
    ],
    ['that does not parse', '/api/v1/query?query=sum(', 400, 'bad_data', /^invalid parameter "query": 1:\d+: parse error: /],
    [
      'at no time',
      '/api/v1/query?query=up&time=x',
      400,
      'bad_data',
      /^invalid parameter "time": cannot parse "x" to a valid timestamp$/,
    ],
    [
      'without a start',
      '/api/v1/query_range?query=up&end=1&step=1',
      400,
      'bad_data',
      /^invalid parameter "start": cannot parse ""/,
    ],
    [
      'that ends before it starts',
      '/api/v1/query_range?query=up&start=2&end=1&step=1',
      400,
      'bad_data',
      /end timestamp must not be before start/,
    ],
    ['of step 0', '/api/v1/query_range?query=up&start=0&end=1&step=0', 400, 'bad_data', /zero or negative query resolution/],
    [
      'of too many points',
      '/api/v1/query_range?query=up&start=0&end=11001&step=1',
      400,
      'bad_data',
      /^exceeded maximum resolution of 11,000 points/,
    ],
    ['with a bad limit', '/api/v1/query?query=up&limit=-1', 400, 'bad_data', /limit must be non-negative/],
    ['for series of nothing', '/api/v1/series', 400, 'bad_data', /^no match\[\] parameter provided$/],
    ['for series of everything', '/api/v1/series?match[]={a=~".*"}', 400, 'bad_data', /at least one non-empty matcher/],
  ])('%s is refused as Prometheus refuses it', async (_, url, status, errorType, error) => {
    const { app } = await testApp();
    const answer = await app.inject(url);
    expect([answer.statusCode, answer.json()]).toEqual([
      status,
      { status: 'error', errorType, error: expect.stringMatching(error) },
    ]);
  });

  test.each<[QueryError['code'], number, string]>([
    ['execution', 422, 'execution'],
    ['limit', 422, 'execution'],
    ['unsupported', 422, 'execution'],
    ['timeout', 503, 'timeout'],
  ])('stopped by %s answers %i %s', async (code, status, errorType) => {
    const { app, store } = await testApp();
    store.answer = () => Promise.reject(new QueryError(code, 'why'));
    const answer = await app.inject('/api/v1/query?query=up');
    expect([answer.statusCode, answer.json()]).toEqual([status, { status: 'error', errorType, error: 'why' }]);
  });

  test('in a form that is too long is told how long it may be', async () => {
    const { app, browser } = await testApp();
    const headers = { ...browser, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await app.inject({ method: 'POST', url: '/api/v1/query', headers, payload: `query=${'x'.repeat(2_000_000)}` });
    expect([answer.statusCode, answer.json()]).toEqual([
      413,
      {
        status: 'error',
        errorType: 'bad_data',
        error: 'The request’s body has 2,000,006 bytes; the limit is 1,048,576. Send less in one request.',
      },
    ]);
  });

  test('that makes the server fail says so without its insides', async () => {
    const { app, store } = await testApp();
    store.answer = () => Promise.reject(new TypeError('secret detail'));
    const answer = await app.inject('/api/v1/query?query=up');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret detail');
  });
});

describe('labels and series', () => {
  test.each<[string, unknown]>([
    ['/api/v1/labels', ['__name__', 'job']],
    ['/api/v1/label/job/values', ['value of job']],
    ['/api/v1/label/U__http_2E_code/values', ['value of http.code']],
    [
      '/api/v1/series?match[]=up',
      [
        { __name__: 'up', job: 'a' },
        { __name__: 'up', job: 'b' },
      ],
    ],
  ])('%s', async (url, data) => {
    const { app } = await testApp();
    expect((await app.inject(url)).json()).toEqual({ status: 'success', data });
  });

  test('say where they are cut', async () => {
    const { app } = await testApp();
    const answer = (await app.inject('/api/v1/labels?limit=1')).json();
    expect(answer).toEqual({ status: 'success', data: ['__name__'], warnings: ['results truncated due to limit'] });
  });
});

test('metadata is cut where asked, each text of a metric once', async () => {
  const up = { metric: 'up', type: 'gauge', help: 'Up.', unit: '' } as const;
  const { app } = await testApp({ metadata: { metadata: () => [up, up, { ...up, help: 'Is it up?' }, { ...up, metric: 'b' }] } });
  const { data } = (await app.inject('/api/v1/metadata')).json();
  expect(data).toEqual({
    up: [
      { type: 'gauge', help: 'Up.', unit: '' },
      { type: 'gauge', help: 'Is it up?', unit: '' },
    ],
    b: [{ type: 'gauge', help: 'Up.', unit: '' }],
  });
  expect(Object.keys((await app.inject('/api/v1/metadata?limit=1')).json().data)).toEqual(['up']);
  expect((await app.inject('/api/v1/metadata?metric=up&limit_per_metric=1')).json().data.up).toHaveLength(1);
  expect((await app.inject('/api/v1/metadata?limit=abc')).json()).toMatchObject({
    errorType: 'bad_data',
    error: 'limit must be a number',
  });
});

test.each([
  '/api/v1/status/buildinfo',
  '/api/v1/status/flags',
  '/api/v1/status/runtimeinfo',
  '/api/v1/status/tsdb',
  '/api/v1/targets',
  '/api/v1/metadata',
  '/api/v1/rules',
])('%s answers in the envelope', async (url) => {
  const { app } = await testApp();
  const answer = await app.inject(url);
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'success', data: expect.anything() }]);
});

describe('a query’s text', () => {
  const selector = (name: string, more: object = {}) => ({
    type: 'vectorSelector',
    name,
    matchers: [{ name: '__name__', type: '=', value: name }],
    offset: 0,
    startOrEnd: null,
    timestamp: null,
    anchored: false,
    smoothed: false,
    ...more,
  });
  const matching = { card: 'one-to-one', include: [], labels: [], on: false, fillValues: { lhs: null, rhs: null } };

  test.each<[query: string, tree: object]>([
    ['foo/bar', { type: 'binaryExpr', op: '/', bool: false, matching, lhs: selector('foo'), rhs: selector('bar') }],
    ['1 + 2', { type: 'binaryExpr', op: '+', bool: false, matching: null, lhs: { type: 'numberLiteral', val: '1' } }],
    ['foo @ end() offset 1m', selector('foo', { offset: 60_000, startOrEnd: 'end' })],
    ['foo @ 1.5 offset -1s', selector('foo', { offset: -1_000, timestamp: 1_500 })],
    ['foo[5m] smoothed', { ...selector('foo', { smoothed: true }), type: 'matrixSelector', range: 300_000 }],
    ['(-foo)[1h:1m]', { type: 'subquery', range: 3_600_000, step: 60_000, expr: { type: 'parenExpr', expr: { op: '-' } } }],
    [
      'topk without (a) (3, foo)',
      { type: 'aggregation', op: 'topk', without: true, grouping: ['a'], param: { val: '3' }, expr: selector('foo') },
    ],
    [
      'label_join(foo, "a", ",")',
      {
        type: 'call',
        func: { name: 'label_join', argTypes: ['vector', 'string', 'string', 'string'], variadic: -1, returnType: 'vector' },
        args: [selector('foo'), { type: 'stringLiteral', val: 'a' }, { type: 'stringLiteral', val: ',' }],
      },
    ],
    [
      'a + on (x) group_left (y) fill (0) b',
      {
        op: '+',
        matching: { card: 'many-to-one', on: true, labels: ['x'], include: ['y'], fillValues: { lhs: 0, rhs: 0 } },
      },
    ],
  ])('%s as a tree', async (query, tree) => {
    const { app } = await testApp();
    const answer = await app.inject(`/api/v1/parse_query?query=${encodeURIComponent(query)}`);
    expect(answer.json()).toMatchObject({ status: 'success', data: tree });
  });

  test('that is long is set out over lines', async () => {
    const { app } = await testApp();
    const query = `sum by (job) (rate(${'long_'.repeat(20)}total[5m]))`;
    const { data } = (await app.inject(`/api/v1/format_query?query=${encodeURIComponent(query)}`)).json();
    expect(data).toBe(`sum by (job) (\n  rate(\n    ${'long_'.repeat(20)}total[5m]\n  )\n)`);
  });
});

test.each(['/-/reload', '/-/quit'])('%s is refused as where Prometheus’ life cycle API is off', async (url) => {
  const { app } = await testApp();
  const answer = await app.inject({ method: 'POST', url });
  expect([answer.statusCode, answer.body]).toEqual([403, expect.stringMatching(/^Lifecycle API is not enabled\./)]);
});
