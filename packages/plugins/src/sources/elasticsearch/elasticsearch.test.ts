import { BadRequest, LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { describe, expect, test } from 'vitest';

import type { QueryContext } from '../../contract.ts';
import { indexNames } from './index-names.ts';
import { elasticsearch } from './server.ts';
import { elasticsearchSpec } from './spec.ts';

const START = Date.UTC(2026, 11, 31, 23);
const HOUR = 3_600_000;
const CONTEXT: QueryContext = {
  fromMs: START,
  toMs: START + HOUR,
  stepMs: HOUR / 2,
  shown: { fromMs: START, toMs: START + HOUR },
  maxPoints: 100,
  limits: { maxSamples: 1_000, maxSeries: 3, timeoutMs: 1_000 },
  signal: new AbortController().signal,
  replace: (text, _, macros = {}) => text.replace(/\$(\w+)/g, (whole, name: string) => macros[name] ?? whole),
  filters: [],
};

interface Asked {
  readonly path: string;
  readonly lines: readonly Record<string, unknown>[];
}

/** A source whose server answers so; tells what it was asked. */
function source(answer: (path: string) => Response, settings: object = {}) {
  const asked: Asked[] = [];
  const fetchFrom = (async (input: URL, init: RequestInit = {}) => {
    const lines = typeof init.body === 'string' ? init.body.trim().split('\n') : [];
    asked.push({ path: input.pathname, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) });
    return answer(input.pathname);
  }) as typeof fetch;
  const none = (): never => expect.fail('asked of the own store');
  const samples = { evaluate: none, watch: none, series: none, labelNames: none, labelValues: none, exemplars: none };
  const parsed = elasticsearchSpec.parseSettings({ url: 'http://es:9200/', name: 'Logs', ...settings });
  return { asked, source: elasticsearch.connect(parsed, { samples, fetch: fetchFrom, dial: none }) };
}
const found =
  (aggregations: object, more: object = {}) =>
  () =>
    Response.json({ responses: [{ hits: { total: { value: 3, relation: 'eq' }, hits: [] }, aggregations, ...more }] });
const ask = (made: ReturnType<typeof source>, spec: object, context: Partial<QueryContext> = {}) =>
  made.source.query('A', elasticsearchSpec.parseQuery(spec), { ...CONTEXT, ...context });
const bodyOf = ({ asked }: ReturnType<typeof source>): Record<string, unknown> => asked[0]?.lines[1] ?? {};
const columns = ({ fields }: Frame): [string, unknown[]][] =>
  fields.map(({ name, values, present }) => [
    name,
    Array.from(values as ArrayLike<unknown>, (value, row) => (present?.[row] === 0 ? null : value)),
  ]);

describe('the settings', () => {
  test.each<[string, object, object]>([
    ['nothing but an address', {}, { index: '*', timeField: undefined, indexInterval: undefined, minIntervalMs: 0 }],
    ['an index of older files', { database: 'logs-*' }, { index: 'logs-*' }],
    [
      'all of them',
      {
        jsonData: { index: '[logs-]YYYY.MM.DD', interval: 'Daily', timeField: 'ts', timeInterval: '10s', logMessageField: 'msg' },
      },
      { index: '[logs-]YYYY.MM.DD', indexInterval: 'Daily', timeField: 'ts', minIntervalMs: 10_000, logMessageField: 'msg' },
    ],
  ])('with %s are read', (_, more, want) => {
    expect(elasticsearchSpec.parseSettings({ url: 'http://es:9200', ...more })).toMatchObject(want);
  });

  test.each<[object, RegExp]>([
    [{ jsonData: { interval: 'Often' } }, /^jsonData\.interval: expected one of Hourly, Daily/],
    [{ jsonData: { timeInterval: 'often' } }, /^jsonData\.timeInterval: "often" is not a duration/],
  ])('%j are refused', (more, sentence) => {
    expect(() => elasticsearchSpec.parseSettings({ url: 'http://es:9200', ...more })).toThrow(sentence);
  });
});

describe('a query', () => {
  test.each<[object, RegExp]>([
    [{ metrics: [{ id: '1', type: 'mode' }] }, /^metrics\[0\]\.type: expected one of count, avg/],
    [{ metrics: [{ id: 'a>b', type: 'avg' }] }, /^metrics\[0\]\.id: names an aggregation/],
    [{ bucketAggs: [{ id: '1', type: 'ranges' }] }, /^bucketAggs\[0\]\.type: expected one of date_histogram/],
    [{ metrics: Array.from({ length: 51 }, (_, id) => ({ id: String(id), type: 'count' })) }, /51 metrics, and at most 50 fit/],
  ])('%j is refused', (spec, sentence) => {
    expect(() => elasticsearchSpec.parseQuery(spec)).toThrow(sentence);
  });

  test.each<[string, object, RegExp, typeof BadRequest | typeof LimitExceeded]>([
    ['a metric without its field', { metrics: [{ id: '1', type: 'avg' }] }, /^metrics\.1\.field: is missing/, BadRequest],
    [
      'a pipeline of nothing',
      { metrics: [{ id: '1', type: 'derivative', pipelineAgg: '7' }] },
      /"7" is no metric of this query/,
      BadRequest,
    ],
    ['terms without their field', { bucketAggs: [{ id: '2', type: 'terms' }] }, /^bucketAggs\.2\.field: is missing/, BadRequest],
    [
      'an interval that is none',
      { bucketAggs: [{ id: '2', type: 'date_histogram', settings: { interval: 'x' } }] },
      /^interval: "x" is not "auto"/,
      BadRequest,
    ],
    [
      'too many groups of time',
      { bucketAggs: [{ id: '2', type: 'date_histogram', settings: { interval: '1ms' } }] },
      /3,600,000 groups of time/,
      LimitExceeded,
    ],
    [
      'too many documents',
      { metrics: [{ id: '1', type: 'logs', settings: { limit: '10001' } }] },
      /^settings\.size: 10001 is not a number of documents from 1 to 10000/,
      BadRequest,
    ],
    ['metrics that are all hidden', { metrics: [{ id: '1', type: 'count', hide: true }] }, /all hidden/, BadRequest],
  ])('with %s asks nobody', async (_, spec, sentence, kind) => {
    const made = source(() => expect.fail('asked'));
    const failure = await ask(made, spec).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect((failure as Error).message).toMatch(sentence);
    expect(made.asked).toEqual([]);
  });

  test('with nothing counts over time, from end to end', async () => {
    const made = source(
      found({
        2: {
          buckets: [
            { key: START, doc_count: 3 },
            { key: START + HOUR / 2, doc_count: 0 },
          ],
        },
      }),
    );
    const { frames, growable } = await ask(made, {});
    expect(made.asked[0]?.lines[0]).toEqual({ ignore_unavailable: true, index: ['*'] });
    expect(bodyOf(made)).toMatchObject({
      size: 0,
      query: { bool: { filter: [{ range: { '@timestamp': { gte: START, lt: START + HOUR, format: 'epoch_millis' } } }] } },
      aggs: {
        2: {
          date_histogram: {
            field: '@timestamp',
            fixed_interval: '30m',
            min_doc_count: 0,
            extended_bounds: { min: START, max: START + HOUR - 1 },
            format: 'epoch_millis',
          },
        },
      },
    });
    expect(columns(frames[0] as Frame)).toEqual([
      ['Time', [START, START + HOUR / 2]],
      ['Count', [3, 0]],
    ]);
    expect(growable).toBe(true);
  });

  test.each<[string, object, boolean]>([
    ['groups as long as the step', { interval: 'auto' }, true],
    ['groups of a length of their own', { interval: '1h' }, false],
    ['groups without their edges', { interval: 'auto', trimEdges: '1' }, false],
  ])('of %s says whether it can grow', async (_, settings, want) => {
    const bucketAggs = [{ id: '2', type: 'date_histogram', settings }];
    expect((await ask(source(found({ 2: { buckets: [] } })), { bucketAggs })).growable).toBe(want);
  });

  test.each<[object, string]>([
    [{ luceneQueryType: 'Logs', metrics: [{ id: '1', type: 'count' }] }, 'logs'],
    [{ luceneQueryType: 'RawData' }, 'raw_data'],
    [{ luceneQueryType: 'Metric', metrics: [{ id: '1', type: 'count' }] }, 'count'],
  ])('of OpenSearch’s own words %j', (spec, want) => {
    expect(elasticsearchSpec.parseQuery(spec).metrics.map(({ type }) => type)).toEqual([want]);
  });

  test('missing is not zero: an average of nothing has no value', async () => {
    const buckets = [
      { key: START, doc_count: 2, 1: { value: 0 } },
      { key: START + HOUR / 2, doc_count: 0, 1: { value: null } },
    ];
    const { frames } = await ask(source(found({ 2: { buckets } })), { metrics: [{ id: '1', type: 'avg', field: 'x' }] });
    expect(columns(frames[0] as Frame)[1]).toEqual(['Average x', [0, null]]);
  });

  // As Elasticsearch documents it; OpenSearch has neither.
  test('rates and top metrics are read as documented', async () => {
    const buckets = [{ key: START, doc_count: 2, 1: { value: 2.5 }, 3: { top: [{ sort: [1], metrics: { v: 7, name: 'x' } }] } }];
    const made = source(found({ 2: { buckets } }));
    const metrics = [
      { id: '1', type: 'rate', field: 'bytes', settings: { unit: 'minute', mode: 'sum' } },
      { id: '3', type: 'top_metrics', settings: { metrics: ['v', 'name'], orderBy: 'ts', order: 'desc' } },
    ];
    const { frames } = await ask(made, { metrics });
    expect(bodyOf(made)['aggs']).toMatchObject({
      2: {
        aggs: {
          1: { rate: { unit: 'minute', field: 'bytes', mode: 'sum' } },
          3: { top_metrics: { metrics: [{ field: 'v' }, { field: 'name' }], size: 1, sort: [{ ts: 'desc' }] } },
        },
      },
    });
    expect(columns(frames[0] as Frame)).toEqual([
      ['Time', [START]],
      ['Rate bytes', [2.5]],
      ['Top Metrics v', [7]],
      ['Top Metrics name', [null]],
    ]);
  });

  test('of more series than the limit is refused with what to do', async () => {
    const times = { buckets: [{ key: START, doc_count: 1 }] };
    const buckets = ['a', 'b', 'c', 'd'].map((key) => ({ key, doc_count: 1, 2: times }));
    const bucketAggs = [
      { id: '5', type: 'terms', field: 'pod' },
      { id: '2', type: 'date_histogram' },
    ];
    await expect(ask(source(found({ 5: { buckets } })), { bucketAggs })).rejects.toThrow(/more than 3 series; lower the sizes/);
  });

  test('tells of what is missing from an answer that came all the same', async () => {
    const shards = { total: 5, failed: 1, failures: [{ reason: { reason: 'no room' } }] };
    const { notices } = await ask(source(found({ 2: { buckets: [] } }, { timed_out: true, _shards: shards })), {});
    expect(notices.map(({ text }) => text)).toEqual([
      'Query A: the server ran out of time and answered with what it had.',
      'Query A: 1 of 5 shards failed: no room.',
    ]);
  });

  test.each<[string, number, unknown, RegExp]>([
    ['a password that is wrong', 401, { error: {} }, /refuses the user or the password/],
    [
      'what a user may not',
      403,
      { error: { type: 'security_exception', reason: 'no permissions for [search]' }, status: 403 },
      /does not let this user ask that/,
    ],
    ['no JSON', 200, undefined, /something else than JSON/],
    [
      'a cause within causes',
      400,
      { error: { root_cause: [{ type: 'x', reason: 'the root of it' }], type: 'y', reason: 'all shards failed' }, status: 400 },
      /^The data source "Logs" refuses: the root of it\.$/,
    ],
    [
      'too many requests',
      429,
      { error: { root_cause: [{ type: 'es_rejected_execution_exception', reason: 'queue is full' }] } },
      /queue is full\. The server has more questions/,
    ],
  ])('answered with %s fails with a sentence', async (_, status, body, sentence) => {
    const made = source(() => (body === undefined ? new Response('<html>', { status }) : Response.json(body, { status })));
    await expect(ask(made, {})).rejects.toThrow(sentence);
  });
});

test.each<[string, string | undefined, number, string]>([
  ['logs-*', undefined, START + HOUR, 'logs-*'],
  ['[logs-]YYYY.MM.DD', 'Daily', START + HOUR, 'logs-2026.12.31,logs-2027.01.01'],
  ['[logs-]YYYY.MM.DD.HH', 'Hourly', START + HOUR, 'logs-2026.12.31.23,logs-2027.01.01.00'],
  ['[logs-]YYYY.MM', 'Monthly', START + HOUR, 'logs-2026.12,logs-2027.01'],
  ['[logs-]YYYY', 'Yearly', START + HOUR, 'logs-2026,logs-2027'],
  ['[logs-]GGGG.WW', 'Weekly', START + 7 * 24 * HOUR, 'logs-2026.53,logs-2027.01'],
  ['[logs-]YYYY.MM.DD.HH', 'Hourly', START + 600 * HOUR, 'logs-*'],
])('the indices of %s by %s', (index, indexInterval, toMs, want) => {
  const settings = elasticsearchSpec.parseSettings({ url: 'http://es', jsonData: { index, interval: indexInterval } });
  expect(indexNames(settings, START, toMs)).toBe(want);
});

describe('a check', () => {
  const server = (version: object, fields: object) =>
    source((path) => Response.json(path === '/' ? { version, tagline: '' } : { indices: ['logs'], fields })).source.check(
      new AbortController().signal,
    );
  const time = { '@timestamp': { date: { searchable: true, aggregatable: true } } };

  test.each<[string, object, string, string]>([
    ['Elasticsearch', { number: '9.2.1' }, 'Elasticsearch', '9.2.1'],
    ['OpenSearch', { number: '3.1.0', distribution: 'opensearch' }, 'OpenSearch', '3.1.0'],
    ['the oldest', { number: '7.10.2' }, 'Elasticsearch', '7.10.2'],
  ])('knows %s', async (_, version, product, number) => {
    expect(await server(version, time)).toMatchObject({ product, version: number });
  });

  test.each<[string, object, object, RegExp]>([
    ['one too old', { number: '6.8.23' }, time, /^Elasticsearch 6\.8\.23 is too old/],
    ['another product', {}, time, /is neither Elasticsearch nor OpenSearch/],
    ['no time field', { number: '8.1.0' }, { ts: { date: {} } }, /time field "@timestamp"\. Fields that hold times are ts\./],
    ['a time field of words', { number: '8.1.0' }, { '@timestamp': { keyword: {} } }, /must be a date/],
  ])('says what is wrong with %s', async (_, version, fields, sentence) => {
    await expect(server(version, fields)).rejects.toThrow(sentence);
  });
});
