import { describe, expect, test } from 'vitest';
import type { QueryContext } from '../../contract.ts';
import { prometheus } from './server.ts';
import { prometheusSpec } from './spec.ts';

const URL_ = 'http://prometheus:9090/prom';

describe('the settings', () => {
  test.each<[string, object, object]>([
    ['nothing but an address', {}, { method: 'POST', headers: {}, scrapeIntervalMs: 15_000, timeoutMs: 30_000, parameters: [] }],
    [
      'an interval',
      { jsonData: { timeInterval: '30s', queryTimeout: '60', httpMethod: 'GET' } },
      { scrapeIntervalMs: 30_000, timeoutMs: 60_000, method: 'GET' },
    ],
    [
      'a name and a password',
      { basicAuth: true, basicAuthUser: 'ü', secrets: { basicAuthPassword: 'p' } },
      { headers: { authorization: 'Basic w7w6cA==' } },
    ],
    [
      'a token',
      { jsonData: { httpHeaderName1: 'Authorization' }, secrets: { httpHeaderValue1: 'Bearer x' } },
      { headers: { authorization: 'Bearer x' } },
    ],
    [
      'several headers, one of them taken back',
      {
        jsonData: { httpHeaderName1: 'Authorization', httpHeaderName2: '', httpHeaderName3: 'X-Scope-OrgID' },
        secrets: { httpHeaderValue1: 'Bearer x', httpHeaderValue2: 'y', httpHeaderValue3: 'team' },
      },
      { headers: { authorization: 'Bearer x', 'x-scope-orgid': 'team' } },
    ],
    [
      'parameters',
      { jsonData: { customQueryParameters: 'tenant=a&max_source_resolution=5m' } },
      {
        parameters: [
          ['tenant', 'a'],
          ['max_source_resolution', '5m'],
        ],
      },
    ],
  ])('with %s are read', (_, more, want) => {
    const settings = prometheusSpec.parseSettings({ url: URL_, ...more });
    expect(settings).toMatchObject(want);
    expect(settings.url.href).toBe('http://prometheus:9090/prom/');
  });

  test.each<[object, RegExp]>([
    [{}, /^url: is empty; give an address such as/],
    [{ url: 'javascript:alert(1)' }, /^url: begins with http/],
    [{ url: URL_, jsonData: { timeInterval: 'often' } }, /^jsonData\.timeInterval: "often" is not a duration/],
    [{ url: URL_, jsonData: { httpHeaderName1: 'a b' } }, /is not the name of an HTTP header/],
    [{ url: URL_, jsonData: { httpHeaderName1: 'a' }, secrets: { httpHeaderValue1: 'a\r\nb: c' } }, /holds characters/],
  ])('%j are refused', (settings, sentence) => {
    expect(() => prometheusSpec.parseSettings(settings)).toThrow(sentence);
  });
});

test.each<[Readonly<Record<string, string>>, number[]]>([
  [{}, [1]],
  [{ 'jsonData.httpHeaderName1': 'A' }, [1, 2]],
  [{ 'jsonData.httpHeaderName1': 'A', 'jsonData.httpHeaderName2': 'B' }, [1, 2, 3]],
  [{ 'jsonData.httpHeaderName4': 'A' }, [1, 4, 5]],
])('where %j is saved the form offers headers %j', (saved, want) => {
  const shown = prometheusSpec.controls.filter(({ when }) => when?.((path) => saved[path]) ?? true).map(({ path }) => path);
  expect(shown.filter((path) => path.startsWith('jsonData.httpHeaderName'))).toEqual(
    want.map((number) => `jsonData.httpHeaderName${number}`),
  );
  const values = shown.filter((path) => path.startsWith('secureJsonData.httpHeaderValue'));
  expect(values).toEqual(
    Object.keys(saved).map((path) => path.replace('jsonData.httpHeaderName', 'secureJsonData.httpHeaderValue')),
  );
});

const CONTEXT: QueryContext = {
  fromMs: 0,
  toMs: 20_000,
  stepMs: 10_000,
  shown: { fromMs: 0, toMs: 20_000 },
  maxPoints: 100,
  limits: { maxSamples: 1, maxSeries: 2, timeoutMs: 1_000 },
  signal: new AbortController().signal,
  replace: (text) => text,
  filters: [],
};

/** A source whose server answers so; tells what it was asked. */
function source(answer: (url: URL, init: RequestInit) => Response | Promise<Response>, settings: object = {}) {
  const asked: string[] = [];
  const fetchFrom = (async (input: URL, init: RequestInit = {}) => {
    const body =
      init.body instanceof URLSearchParams ? `?${decodeURIComponent(init.body.toString())}` : decodeURIComponent(input.search);
    asked.push(`${init.method} ${input.pathname}${body}`);
    return answer(input, init);
  }) as typeof fetch;
  const none = (): never => expect.fail('asked of the own store');
  const samples = { evaluate: none, watch: none, series: none, labelNames: none, labelValues: none, exemplars: none };
  const parsed = prometheusSpec.parseSettings({ url: URL_, name: 'Prod', ...settings });
  return { asked, source: prometheus.connect(parsed, { samples, fetch: fetchFrom, dial: none }) };
}
const success = (data: unknown, more: object = {}): Response => Response.json({ status: 'success', data, ...more });
const ask = (made: ReturnType<typeof source>, spec: object, context: Partial<QueryContext> = {}) =>
  made.source.query('A', prometheusSpec.parseQuery({ expr: 'up', ...spec }), { ...CONTEXT, ...context });

describe('a query', () => {
  test('puts the server’s values on its grid', async () => {
    const made = source(() =>
      success(
        {
          resultType: 'matrix',
          result: [
            {
              metric: { job: 'a' },
              values: [
                [0, '1'],
                [20, 'NaN'],
              ],
            },
            {
              metric: { job: 'b' },
              values: [
                [0, '+Inf'],
                [10, '2'],
                [20, '-3e2'],
              ],
            },
          ],
        },
        { warnings: ['careful'] },
      ),
    );
    const { frames, notices, trace } = await ask(made, { legendFormat: '{{job}}' });
    expect(frames[0]?.fields.map(({ name, values, present }) => [name, [...values], present && [...present]])).toEqual([
      ['Time', [0, 10_000, 20_000], undefined],
      ['a', [1, 0, NaN], [1, 0, 1]],
      ['b', [Infinity, 2, -300], undefined],
    ]);
    expect(notices).toEqual([{ level: 'warning', text: 'Query A: careful' }]);
    expect(trace).toMatchObject({ source: 'Prod', executed: 'up', samplesRead: 5, seriesRead: 2 });
    expect(made.asked).toEqual(['POST /prom/api/v1/query_range?query=up&start=0&end=20&step=10&timeout=30s']);
  });

  test('at an instant, with filters and parameters of the source', async () => {
    const made = source(() => success({ resultType: 'vector', result: [{ metric: {}, value: [20, '7'] }] }), {
      jsonData: { customQueryParameters: 'tenant=x', httpMethod: 'GET' },
    });
    const { frames } = await ask(made, { instant: true }, { filters: [{ key: 'job', operator: '=', value: 'a' }] });
    expect(frames[0]?.fields[1]?.values).toEqual(Float64Array.of(7));
    expect(made.asked).toEqual(['GET /prom/api/v1/query?tenant=x&query=up{job="a"}&time=20&timeout=30s']);
  });

  test('in a dialect of its own passes through', async () => {
    const made = source(() => success({ resultType: 'matrix', result: [] }));
    const far = Math.ceil(Date.now() / 10_000) * 10_000 + 10_000;
    await ask(made, { expr: 'WITH (x = up) x default 0' }, { fromMs: far - 20_000, toMs: far });
    expect(made.asked).toHaveLength(2);
  });

  test.each<[string, string, readonly string[] | RegExp]>([
    [
      'MetricsQL',
      'sum(up) default 0',
      [
        'POST /prom/api/v1/query?query=WITH+(x+=+2)+40+++x',
        'POST /prom/api/v1/query_range?query=sum(up)+default+0&start=0&end=20&step=10&timeout=30s&extra_filters[]={job="a"}',
      ],
    ],
    [
      'PromQL',
      'sum(up) default 0',
      /^The filters of the dashboard \(job\) cannot be put into the query, because it does not parse: /,
    ],
  ])('with filters that have no place in it, to a server of %s', async (dialect, expr, want) => {
    const made = source((_, { body }) =>
      dialect === 'PromQL' && body instanceof URLSearchParams && body.toString().includes('WITH')
        ? Response.json({ status: 'error', errorType: 'bad_data', error: 'unexpected "="' }, { status: 400 })
        : success({ resultType: 'matrix', result: [{ metric: {}, values: [[0, '42']] }] }),
    );
    const answer = ask(made, { expr }, { filters: [{ key: 'job', operator: '=', value: 'a' }] });
    if (want instanceof RegExp) await expect(answer).rejects.toThrow(want);
    else {
      await answer;
      expect(made.asked).toEqual(want);
    }
  });

  test.each([
    ['sum(rate(up[5m]))', true],
    ['up{path="range_sum(x)"}', true],
    ['up - up @ start()', false],
    ['up @end ()', false],
    ['running_sum(up)', false],
    ['range_normalize(up)', false],
    ['topk_max(3, up)', false],
    ['topk(3, up)', true],
  ])('%s can grow is %s', async (expr, want) => {
    const { growable } = await ask(
      source(() => success({ resultType: 'matrix', result: [] })),
      { expr },
    );
    expect(growable).toBe(want);
  });

  test('is sent to no other address than that of the source', async () => {
    const made = source((_, { redirect }) => {
      expect(redirect).toBe('manual');
      return new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } });
    });
    await expect(ask(made, {})).rejects.toThrow(/status 302 and sends on to "http:\/\/169.*not followed/);
    expect(made.asked).toHaveLength(1);
  });

  test('brings exemplars beside the series, and goes without them where there are none', async () => {
    const exemplars = [{ seriesLabels: {}, exemplars: [{ labels: { trace_id: 't' }, value: '6', timestamp: 1.5 }] }];
    const answer = (url: URL) =>
      url.pathname.endsWith('exemplars') ? success(exemplars) : success({ resultType: 'matrix', result: [] });
    const { frames } = await ask(source(answer), { exemplar: true });
    expect(frames[1]).toMatchObject({
      shape: 'exemplars',
      length: 1,
      fields: [{ values: Float64Array.of(1_500) }, { values: Float64Array.of(6) }, { name: 'trace_id', values: ['t'] }],
    });
    const without = source((url) =>
      url.pathname.endsWith('exemplars') ? new Response('', { status: 404 }) : success({ resultType: 'matrix', result: [] }),
    );
    expect((await ask(without, { exemplar: true })).notices).toMatchObject([
      { level: 'info', text: expect.stringContaining('without exemplars') },
    ]);
  });

  test('asks with GET where POST is not let through', async () => {
    const made = source((_, { method }) =>
      method === 'POST' ? new Response('', { status: 405 }) : success({ resultType: 'matrix', result: [] }),
    );
    await ask(made, {});
    expect(made.asked.map((each) => each.split(' ')[0])).toEqual(['POST', 'GET']);
  });

  test.each<[string, (url: URL) => Response | Promise<Response>, object]>([
    [
      'a query that does not parse',
      () => Response.json({ status: 'error', errorType: 'bad_data', error: '1:5: parse error' }, { status: 400 }),
      { code: 'bad_data', message: '1:5: parse error' },
    ],
    [
      'a page',
      () => new Response('<html>', { status: 502 }),
      { code: 'execution', message: expect.stringMatching(/"Prod" answered HTTP status 502 with something else than JSON/) },
    ],
    ['a login', () => new Response('', { status: 302 }), { message: expect.stringContaining('302') }],
    [
      'nothing',
      () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })),
      { message: 'The data source "Prod" cannot be reached: connect ECONNREFUSED.' },
    ],
    [
      'another thing',
      () => success({ resultType: 'table' }),
      { message: expect.stringContaining('something else than a Prometheus result') },
    ],
    [
      'too many series',
      () => success({ resultType: 'matrix', result: [1, 2, 3].map((i) => ({ metric: { i: `${i}` }, values: [] })) }),
      { message: expect.stringMatching(/3 series, and the limit is 2/) },
    ],
    ['null', () => Response.json(null), { message: expect.stringContaining('HTTP status 200') }],
  ])('answered with %s fails with a sentence', async (_, answer, want) => {
    await expect(ask(source(answer), {})).rejects.toMatchObject(want);
  });

  test('that takes too long is given up', async () => {
    const made = source(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
      { jsonData: { queryTimeout: '20ms' } },
    );
    await expect(ask(made, {})).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('did not answer within 0.02 s'),
    });
  });

  test('that nobody waits for is stopped', async () => {
    const stop = new AbortController();
    const made = source(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    const answer = ask(made, {}, { signal: stop.signal });
    stop.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test.each<[string, string]>([
  [
    'label_values(up{job="a"}, instance)',
    'GET /prom/api/v1/label/instance/values?match[]={__name__="up",job="a"}&start=0&end=20&limit=200001',
  ],
  ['label_values("k8s.pod")', 'GET /prom/api/v1/label/U__k8s_2e_pod/values?start=0&end=20&limit=200001'],
  ['label_names()', 'POST /prom/api/v1/labels?start=0&end=20&limit=200001'],
])('%s asks %s', async (query, want) => {
  const made = source(() => success(['x']));
  expect(await made.source.options?.({ query }, CONTEXT)).toEqual([{ text: 'x', value: 'x' }]);
  expect(made.asked).toEqual([want]);
});

test.each([
  ['/api/v1/label/job/values', 'GET /prom/api/v1/label/job/values'],
  ['/api/v1/label/a.b/values', 'GET /prom/api/v1/label/U__a_2e_b/values'],
  [String.raw`/api/v1/label/..\..\..\admin/values`, 'GET /prom/api/v1/label/U___2e__2e__5c__2e__2e__5c__2e__2e__5c_admin/values'],
  ['/api/v1/label/%2e%2e%2f%2e%2e%3f/values', 'GET /prom/api/v1/label/U___2e__2e__2f__2e__2e__3f_/values'],
])('%s is asked as %s, whatever stands for the label', async (path, wanted) => {
  const { asked, source: made } = source(() => success([]));
  await made.suggest?.(path, new URLSearchParams(), new AbortController().signal);
  expect(asked).toEqual([wanted]);
});

test('an address whose user holds a broken escape is refused with a sentence', () => {
  expect(() => prometheusSpec.parseSettings({ url: 'http://%zz@prometheus:9090' })).toThrow('write it %25');
});

test.each<[string, (path: string, query: string) => Response, object]>([
  [
    'Prometheus',
    (path, query) =>
      path.endsWith('buildinfo')
        ? success({ version: '2.42.0' })
        : query.includes('WITH')
          ? Response.json({ status: 'error', errorType: 'bad_data', error: 'no' }, { status: 400 })
          : success({ resultType: 'scalar', result: [0, '2'] }),
    { product: 'Prometheus', version: '2.42.0', notes: [] },
  ],
  [
    'VictoriaMetrics on one node',
    (path) =>
      path.endsWith('/metrics')
        ? new Response(
            'go_threads 1\nvm_app_version{version="victoria-metrics-20240101-tags-v1.97.0-0", short_version="v1.97.0"} 1\n',
          )
        : success({ version: '2.24.0', result: [0, '42'] }),
    { product: 'VictoriaMetrics', version: '1.97.0', notes: [] },
  ],
  [
    'VictoriaMetrics behind a proxy',
    (path) => (path.endsWith('/metrics') ? new Response('', { status: 403 }) : success({ version: '2.24.0', result: [0, '42'] })),
    { product: 'VictoriaMetrics', version: '', notes: ['It does not tell its version.'] },
  ],
  [
    'a server that names itself',
    (path, query) =>
      path.endsWith('buildinfo')
        ? success({ version: '2.1', application: 'Grafana Mimir' })
        : query.includes('WITH')
          ? new Response('{"status":"error","error":"bad"}', { status: 422 })
          : success({}),
    { product: 'Grafana Mimir', version: '2.1', notes: [] },
  ],
])('checks %s', async (_, answer, want) => {
  const { source: made } = source(({ pathname }, { body }) =>
    answer(pathname, body instanceof URLSearchParams ? body.toString() : ''),
  );
  expect(await made.check(new AbortController().signal)).toEqual(want);
});
