import { mergePanelData } from '@vitrine/compute/merge.ts';
import type { Frame, PanelData } from '@vitrine/model/frame.ts';
import { VOLUME_FRAME } from '@vitrine/compute/log-volume.ts';
import { logLines } from '@vitrine/compute/log-lines.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type SearchServer, startSearchServer, whyNoSearchServer } from '../../../../../scripts/peers/search-server.ts';
import type { Datasource, QueryContext } from '../../contract.ts';
import { elasticsearch } from './server.ts';
import { type ElasticsearchQuery, elasticsearchSpec } from './spec.ts';

const START = Date.UTC(2026, 0, 5, 10);
const HOUR = 3_600_000;
const STEP = 600_000;
const COUNT = 360;

/** An inference service's log: a line every 10 s for an hour. */
const DOCUMENTS = Array.from({ length: COUNT }, (_, i) => ({
  '@timestamp': new Date(START + i * 10_000).toISOString(),
  model: i % 3 === 0 ? 'bert' : 'llama',
  level: i % 20 === 0 ? 'error' : 'info',
  latency: (i % 7) + 1,
  tokens: i,
  cached: i % 2 === 0,
  message: i % 20 === 0 ? `request ${i} failed: "out of memory"` : `request ${i} answered`,
  place: { lat: i % 2 === 0 ? 52.5 : 48.1, lon: i % 2 === 0 ? 13.4 : 11.6 },
  spans: [
    { name: 'tokenize', ms: 1 },
    { name: 'decode', ms: i % 5 },
  ],
}));

const MAPPINGS = {
  properties: {
    '@timestamp': { type: 'date' },
    model: { type: 'keyword' },
    level: { type: 'keyword' },
    latency: { type: 'double' },
    tokens: { type: 'long' },
    cached: { type: 'boolean' },
    message: { type: 'text' },
    place: { type: 'geo_point' },
    spans: { type: 'nested', properties: { name: { type: 'keyword' }, ms: { type: 'long' } } },
  },
};

const CONTEXT: QueryContext = {
  fromMs: START,
  toMs: START + HOUR,
  stepMs: STEP,
  shown: { fromMs: START, toMs: START + HOUR },
  maxPoints: 100,
  limits: { maxSamples: 1_000_000, maxSeries: 1_000, timeoutMs: 30_000 },
  signal: new AbortController().signal,
  replace: (text, _, macros = {}) => text.replace(/\$(\w+)/g, (whole, name: string) => macros[name] ?? whole),
  filters: [],
};

const byTime = { id: 't', type: 'date_histogram', field: '@timestamp', settings: { interval: 'auto' } };
const byModel = { id: 'm', type: 'terms', field: 'model', settings: { size: '10', orderBy: '_key', order: 'asc' } };

/** What stands in a frame by column; null where there is none. */
function columns({ fields }: Frame): Record<string, unknown[]> {
  return Object.fromEntries(
    fields.map(({ name, values, present }) => [
      name,
      Array.from(values as ArrayLike<unknown>, (value, row) => (present?.[row] === 0 ? null : value)),
    ]),
  );
}

/** The documents of each ten minutes. */
const spans = Array.from({ length: 6 }, (_, i) => DOCUMENTS.slice(i * 60, i * 60 + 60));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each<SearchServer>(['opensearch', 'elasticsearch'])('%s', (server) => {
  const missing = whyNoSearchServer(server);
  // Elasticsearch's scripts are not on Maven Central.
  const hasScripts = server === 'opensearch';
  const stops: (() => Promise<void>)[] = [];
  let url = '';
  let source: Datasource<ElasticsearchQuery>;
  const asked: string[] = [];

  const connect = (settings: object = {}): Datasource<ElasticsearchQuery> => {
    const none = (): never => expect.fail('asked of the own store');
    const samples = { evaluate: none, watch: none, series: none, labelNames: none, labelValues: none, exemplars: none };
    const counting = (async (input: URL, init: RequestInit) => {
      asked.push(`${init.method} ${input.pathname}`);
      return fetch(input, init);
    }) as typeof fetch;
    const jsonData = { index: 'inference', logMessageField: 'message', logLevelField: 'level' };
    return elasticsearch.connect(
      elasticsearchSpec.parseSettings({
        name: 'Logs',
        url,
        ...settings,
        jsonData: { ...jsonData, ...(settings as { jsonData?: object }).jsonData },
      }),
      { samples, fetch: counting, dial: none },
    );
  };
  const ask = async (spec: object, context: Partial<QueryContext> = {}) =>
    source.query('A', elasticsearchSpec.parseQuery(spec), { ...CONTEXT, ...context });
  const frameOf = async (spec: object, context: Partial<QueryContext> = {}): Promise<Frame> => {
    const { frames } = await ask(spec, context);
    return frames[0] as Frame;
  };

  beforeAll(async () => {
    if (missing !== undefined) return;
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-search-'));
    stops.push(async () => rmSync(folder, { recursive: true, force: true }));
    url = await startSearchServer(server, folder, stops);
    const send = async (method: string, path: string, body: string, type = 'application/json') => {
      const response = await fetch(`${url}/${path}`, { method, body, headers: { 'content-type': type } });
      expect(response.status, await response.clone().text()).toBeLessThan(300);
    };
    const settings = { number_of_shards: 1, number_of_replicas: 0 };
    await send('PUT', 'inference', JSON.stringify({ settings, mappings: MAPPINGS }));
    await send('PUT', 'daily-2026.01.05', JSON.stringify({ settings, mappings: MAPPINGS }));
    const lines = DOCUMENTS.map((document, i) => `{"index":{"_id":"${i}"}}\n${JSON.stringify(document)}\n`);
    await send('POST', 'inference/_bulk?refresh=true', lines.join(''), 'application/x-ndjson');
    await send('POST', 'daily-2026.01.05/_bulk?refresh=true', lines.slice(0, 12).join(''), 'application/x-ndjson');
    await send('PUT', encodeURIComponent('<hourly-{now/d}>'), JSON.stringify({ settings, mappings: MAPPINGS }));
    await send(
      'POST',
      `${encodeURIComponent('<hourly-{now/d}>')}/_bulk?refresh=true`,
      lines.slice(0, 7).join(''),
      'application/x-ndjson',
    );
    if (hasScripts) {
      const template = { index_patterns: ['logs-*'], data_stream: {}, template: { settings, mappings: MAPPINGS } };
      await send('PUT', '_index_template/logs', JSON.stringify(template));
      const created = DOCUMENTS.slice(0, 12).map((document) => `{"create":{}}\n${JSON.stringify(document)}\n`);
      await send('POST', 'logs-inference-default/_bulk?refresh=true', created.join(''), 'application/x-ndjson');
    }
    source = connect();
  }, 300_000);
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  describe.skipIf(missing !== undefined)('for real', () => {
    test('says what it is', async () => {
      const { product, version, notes } = await source.check(new AbortController().signal);
      expect([product, version.split('.')[0], notes[0]]).toEqual([
        server === 'opensearch' ? 'OpenSearch' : 'Elasticsearch',
        server === 'opensearch' ? '2' : '7',
        'Finds the index inference.',
      ]);
    });

    test.each<[object, RegExp]>([
      [{ timeField: 'ts' }, /has the time field "ts"\. Fields that hold times are @timestamp\./],
      [{ timeField: 'model' }, /The time field "model" is of the type keyword, and must be a date\./],
      [{ index: 'nothing' }, /has no index "nothing"|No index "nothing" holds documents/],
    ])('a check of %j says what is wrong', async (jsonData, sentence) => {
      const said = await connect({ jsonData })
        .check(new AbortController().signal)
        .then(
          ({ notes }) => notes.join(' '),
          (error: Error) => error.message,
        );
      expect(said).toMatch(sentence);
    });

    const perSpan = (reduce: (documents: typeof DOCUMENTS) => number): number[] => spans.map(reduce);
    test.each<[string, object, Record<string, readonly unknown[]>]>([
      ['counts', { type: 'count' }, { Count: perSpan((span) => span.length) }],
      [
        'averages',
        { type: 'avg', field: 'latency' },
        { 'Average latency': perSpan((span) => mean(span.map((it) => it.latency))) },
      ],
      [
        'sums',
        { type: 'sum', field: 'tokens' },
        { 'Sum tokens': perSpan((span) => span.reduce((sum, it) => sum + it.tokens, 0)) },
      ],
      ['the least', { type: 'min', field: 'tokens' }, { 'Min tokens': [0, 60, 120, 180, 240, 300] }],
      ['the most', { type: 'max', field: 'tokens' }, { 'Max tokens': [59, 119, 179, 239, 299, 359] }],
      ['distinct values', { type: 'cardinality', field: 'model' }, { 'Unique Count model': [2, 2, 2, 2, 2, 2] }],
      [
        'percentiles',
        { type: 'percentiles', field: 'latency', settings: { percents: ['0', '100'] } },
        { 'p0.0 latency': [1, 1, 1, 1, 1, 1], 'p100.0 latency': [7, 7, 7, 7, 7, 7] },
      ],
      [
        'statistics',
        { type: 'extended_stats', field: 'tokens', meta: { min: true, std_deviation: true, avg: false } },
        {
          'Min tokens': [0, 60, 120, 180, 240, 300],
          'Std Dev tokens': perSpan(() => expect.closeTo(Math.sqrt((60 * 60 - 1) / 12), 6) as number),
        },
      ],
    ])('%s over time', async (_, metric, want) => {
      const frame = await frameOf({ metrics: [{ id: '1', ...metric }], bucketAggs: [byTime] });
      const { Time, ...rest } = columns(frame);
      expect(frame.shape).toBe('series');
      expect(Time).toEqual(spans.map((_, i) => START + i * STEP));
      const close = Object.fromEntries(
        Object.entries(want).map(([name, values]) => [
          name,
          values.map((value) => (typeof value === 'number' ? (expect.closeTo(value, 6) as unknown) : value)),
        ]),
      );
      expect(rest).toEqual(close);
    });

    test.each<[string, object, unknown[]]>([
      ['a derivative', { type: 'derivative', pipelineAgg: '1' }, [null, 60, 60, 60, 60, 60]],
      ['a running sum', { type: 'cumulative_sum', pipelineAgg: '1' }, [59, 178, 357, 596, 895, 1254]],
      ['a difference', { type: 'serial_diff', pipelineAgg: '1', settings: { lag: '2' } }, [null, null, 120, 120, 120, 120]],
    ])('%s of a hidden metric', async (_, metric, want) => {
      const { Time: _time, ...rest } = columns(
        await frameOf({
          metrics: [
            { id: '1', type: 'max', field: 'tokens', hide: true },
            { id: '2', ...metric },
          ],
          bucketAggs: [byTime],
        }),
      );
      expect(Object.values(rest)).toEqual([want]);
    });

    test.skipIf(!hasScripts).each<[string, object, unknown[]]>([
      [
        'a moving function',
        { type: 'moving_fn', pipelineAgg: '1', settings: { window: '2', script: 'MovingFunctions.max(values)' } },
        [null, 59, 119, 179, 239, 299],
      ],
      [
        'a moving average of older files',
        { type: 'moving_avg', field: '1', settings: { model: 'simple', window: 2 } },
        [59, 89, 149, 209, 269, 329],
      ],
      [
        'a script over buckets',
        {
          type: 'bucket_script',
          pipelineVariables: [
            { name: 'a', pipelineAgg: '1' },
            { name: 'n', pipelineAgg: '3' },
          ],
          settings: { script: 'params.a / params.n' },
        },
        [59 / 60, 119 / 60, 179 / 60, 239 / 60, 299 / 60, 359 / 60],
      ],
    ])('%s', async (_, metric, want) => {
      const metrics = [
        { id: '1', type: 'max', field: 'tokens', hide: true },
        { id: '3', type: 'count', hide: true },
        { id: '2', ...metric },
      ];
      const { Time: _time, ...rest } = columns(await frameOf({ metrics, bucketAggs: [byTime] }));
      expect(Object.values(rest)).toEqual([want]);
    });

    test.each<[string, object, boolean]>([
      ['a count', { metrics: [{ id: '1', type: 'count' }], bucketAggs: [byTime] }, true],
      [
        'an average and percentiles',
        {
          metrics: [
            { id: '1', type: 'avg', field: 'latency' },
            { id: '2', type: 'percentiles', field: 'tokens' },
          ],
          bucketAggs: [byTime],
        },
        true,
      ],
      ['groups by a term', { metrics: [{ id: '1', type: 'count' }], bucketAggs: [byModel, byTime] }, false],
      [
        'a derivative',
        {
          metrics: [
            { id: '1', type: 'max', field: 'tokens' },
            { id: '2', type: 'derivative', pipelineAgg: '1' },
          ],
          bucketAggs: [byTime],
        },
        false,
      ],
      [
        'a sum of all before',
        {
          metrics: [
            { id: '1', type: 'count' },
            { id: '2', type: 'cumulative_sum', pipelineAgg: '1' },
          ],
          bucketAggs: [byTime],
        },
        false,
      ],
      [
        'groups of their own length',
        { metrics: [{ id: '1', type: 'count' }], bucketAggs: [{ ...byTime, settings: { interval: '7m' } }] },
        false,
      ],
    ])('the newest part of %s, with what is known, is the whole', async (_, spec, grows) => {
      const part = async (fromMs: number, toMs: number): Promise<PanelData> => {
        const shown = { fromMs: START, toMs };
        const { frames, growable = true } = await ask(spec, { fromMs, toMs, shown });
        return { frames, notices: [], traces: [], fromMs, toMs, stepMs: STEP, growable };
      };
      const known = await part(START, START + HOUR - 2 * STEP - 5_000);
      const fresh = await part(START + HOUR - 5 * STEP, START + HOUR);
      const whole = await part(START, START + HOUR);
      expect(known.growable).toBe(grows);
      const merged = mergePanelData(known, fresh, START).frames[0] as Frame;
      expect(columns(merged)).toEqual(columns(whole.frames[0] as Frame));
      if (grows) expect(fresh.frames[0]?.length).toBe(5);
    });

    test('names by an alias, with labels to tell series apart', async () => {
      const frame = await frameOf({
        alias: '{{term model}} {{metric}} {{field}}',
        metrics: [{ id: '1', type: 'avg', field: 'tokens' }],
        bucketAggs: [byModel, byTime],
      });
      expect(frame.fields.slice(1).map(({ name, labels }) => [name, labels])).toEqual([
        ['bert Average tokens tokens', { model: 'bert' }],
        ['llama Average tokens tokens', { model: 'llama' }],
      ]);
    });

    test.each<[string, object[], Record<string, readonly unknown[]>]>([
      ['terms', [byModel], { model: ['bert', 'llama'], Count: [120, 240] }],
      [
        'terms by their number',
        [{ ...byModel, settings: { orderBy: '_count', order: 'desc', size: '1' } }],
        { model: ['llama'], Count: [240] },
      ],
      [
        'terms by a metric',
        [{ ...byModel, settings: { orderBy: '1', order: 'desc' } }],
        { model: ['llama', 'bert'], Count: [240, 120] },
      ],
      [
        'terms that are booleans',
        [{ id: 'c', type: 'terms', field: 'cached', settings: { orderBy: '_term', order: 'asc' } }],
        { cached: ['false', 'true'], Count: [180, 180] },
      ],
      [
        'filters',
        [
          {
            id: 'f',
            type: 'filters',
            settings: {
              filters: [
                { query: 'level:error', label: 'bad' },
                { query: 'model:bert', label: '' },
              ],
            },
          },
        ],
        { filter: ['bad', 'model:bert'], Count: [18, 120] },
      ],
      [
        'a histogram',
        [{ id: 'h', type: 'histogram', field: 'tokens', settings: { interval: '180' } }],
        { tokens: [0, 180], Count: [180, 180] },
      ],
      [
        'places',
        [{ id: 'g', type: 'geohash_grid', field: 'place', settings: { precision: '2' } }],
        { place: ['u3', 'u2'], Count: [180, 180] },
      ],
      [
        'documents inside',
        [
          { id: 'n', type: 'nested', field: 'spans' },
          { id: 's', type: 'terms', field: 'spans.name', settings: { orderBy: '_key', order: 'asc' } },
        ],
        { 'spans.name': ['decode', 'tokenize'], Count: [360, 360] },
      ],
      ['nothing', [], { Count: [360] }],
    ])('groups by %s', async (title, bucketAggs, want) => {
      const metric = title === 'terms by a metric' ? [{ id: '1', type: 'sum', field: 'tokens', hide: true }] : [];
      const frame = await frameOf({ metrics: [...metric, { id: '9', type: 'count' }], bucketAggs });
      expect(frame.shape).toBe('table');
      expect(columns(frame)).toEqual(want);
    });

    test('groups by time in a zone, with an offset, without its edges', async () => {
      const day = await frameOf({
        bucketAggs: [{ ...byTime, settings: { interval: '1d', timeZone: 'Europe/Berlin' } }],
        metrics: [{ id: '1', type: 'count' }],
      });
      expect(columns(day)['Time']).toEqual([Date.UTC(2026, 0, 4, 23)]);
      const offset = await frameOf({
        bucketAggs: [{ ...byTime, settings: { interval: '1h', offset: '+30m' } }],
        metrics: [{ id: '1', type: 'count' }],
      });
      expect(columns(offset)).toEqual({ Time: [START - HOUR / 2, START + HOUR / 2], Count: [180, 180] });
      const trimmed = await frameOf({
        bucketAggs: [{ ...byTime, settings: { interval: 'auto', trimEdges: '1' } }],
        metrics: [{ id: '1', type: 'count' }],
      });
      expect(columns(trimmed)['Time']).toHaveLength(4);
    });

    test.each<[string, string, QueryContext['filters'], number]>([
      ['words', 'message:failed', [], 18],
      ['a filter', '', [{ key: 'model', operator: '=', value: 'bert' }], 120],
      ['what it must not be', 'level:error', [{ key: 'model', operator: '!=', value: 'bert' }], 12],
      ['one of', '', [{ key: 'model', operator: '=|', value: '', values: ['bert', 'gpt'] }], 120],
      ['a pattern', '', [{ key: 'model', operator: '=~', value: 'll.*' }], 240],
      ['more than', '', [{ key: 'tokens', operator: '>', value: '349' }], 10],
      ['a value that would break out of words', '', [{ key: 'model', operator: '=', value: 'bert" OR model:"llama' }], 0],
    ])('finds by %s', async (_, query, filters, want) => {
      const frame = await frameOf({ query, metrics: [{ id: '1', type: 'count' }], bucketAggs: [] }, { filters });
      expect(columns(frame)).toEqual({ Count: [want] });
    });

    test('lines of a log, the newest first, with levels, labels and ids', async () => {
      const { frames, notices } = await ask({
        query: 'level:error',
        metrics: [{ id: '1', type: 'logs', settings: { limit: '5' } }],
      });
      const lines = logLines(frames);
      expect(lines.length).toBe(5);
      expect(lines.bodies[0]).toBe('request 340 failed: "out of memory"');
      expect(lines.times[0]).toBe(START + 340 * 10_000);
      expect(lines.levelAt(0)).toBe('error');
      expect(lines.labelsAt(0)).toMatchObject({ model: expect.stringMatching('llama') as unknown, tokens: '340' });
      expect(notices).toEqual([{ level: 'info', text: expect.stringMatching(/^Query A: shows 5 of 18 documents\./) as unknown }]);
    });

    test.each<[string, RegExp]>([
      ['raw_data', /^@timestamp,cached,latency,level,message,model,place\.lat,place\.lon,spans,tokens,_id,_index$/],
      ['raw_document', /^Time,document$/],
    ])('documents as %s', async (type, names) => {
      const frame = await frameOf({ metrics: [{ id: '1', type, settings: { size: '3' } }], bucketAggs: [] });
      expect([frame.length, frame.fields.map(({ name }) => name).join(',')]).toEqual([3, expect.stringMatching(names)]);
    });

    test.each<[string, object, number[], number]>([
      ['of all', { fields: [], lines: 2 }, [102, 101, 100, 99, 98], 2],
      ['of the same origin', { fields: ['model', 'nothing'], lines: 2 }, [103, 101, 100, 98, 97], 2],
      // Line 100 is an error of llama, as every twentieth that bert does not answer.
      ['of the origin in the settings', { lines: 1 }, [140, 100, 80], 1],
    ])('the lines around one, %s', async (_, context, want, at) => {
      source = connect({ jsonData: { logContextFields: 'model, level' } });
      const { frames, notices } = await ask({
        metrics: [{ id: '1', type: 'logs' }],
        context: { id: 'inference#100', ...context },
      });
      const lines = logLines(frames);
      expect(lines.bodies.map((body) => Number(/\d+/.exec(body)?.[0]))).toEqual(want);
      expect(want.map((__, line) => lines.isMarkedAt(line))).toEqual(want.map((__, line) => line === at));
      expect(notices[0]?.text).toMatch(/^Query A: the lines around the marked one, /);
      source = connect();
    });

    test.each<[string, object, RegExp]>([
      ['that is not there', { id: 'inference#none' }, /has no line "inference#none"/],
      ['of an index that is not the source’s', { id: 'daily-2026.01.05#1' }, /has no line/],
    ])('a line %s has no surroundings', async (_, context, sentence) => {
      await expect(ask({ metrics: [{ id: '1', type: 'logs' }], context })).rejects.toThrow(sentence);
    });

    test('filters hold for the lines around one as well', async () => {
      const filters = [{ key: 'model', operator: '=', value: 'bert' }] as const;
      const spec = { metrics: [{ id: '1', type: 'logs' }], context: { id: 'inference#99', fields: [], lines: 1 } };
      const { frames } = await ask(spec, { filters });
      expect(logLines(frames).bodies.map((body) => /\d+/.exec(body)?.[0])).toEqual(['102', '99', '96']);
      await expect(ask({ ...spec, context: { id: 'inference#100' } }, { filters })).rejects.toThrow(/has no line/);
    });

    test('all lines are counted by level over the range, whatever of them is shown', async () => {
      const spec = { query: 'model:llama', metrics: [{ id: '1', type: 'logs', settings: { limit: '5' } }], volume: true };
      const { frames } = await ask(spec);
      expect(frames.map(({ name, shape }) => name ?? shape)).toEqual([VOLUME_FRAME, 'logs']);
      const counted = columns(frames[0] as Frame);
      expect(Object.keys(counted)).toEqual(['time', 'error', 'info']);
      expect(counted['time']).toHaveLength(60);
      const sum = (values: unknown[] = []): number => (values as number[]).reduce((all, value) => all + value, 0);
      expect([sum(counted['error']), sum(counted['info'])]).toEqual([12, 228]);
      expect(frames[1]?.length).toBe(5);
    });

    test('lines of indices that know no level are counted all the same', async () => {
      source = connect({ jsonData: { logLevelField: 'severity' } });
      const { frames } = await ask({ metrics: [{ id: '1', type: 'logs' }], volume: true });
      expect(Object.keys(columns(frames[0] as Frame))).toEqual(['time', 'unknown']);
      source = connect();
    });

    test('languages that the server has no module for are told of', async () => {
      const { notes } = await source.check(CONTEXT.signal);
      expect(notes.join(' ')).toMatch(server === 'opensearch' ? /speaks no SQL and no PPL/ : /speaks no ES\|QL and no SQL/);
      for (const [queryType, path] of server === 'opensearch'
        ? [
            ['PPL', '_plugins/_ppl'],
            ['SQL', '_plugins/_sql'],
          ]
        : [
            ['esql', '_query'],
            ['SQL', '_sql'],
          ]) {
        const sentence = new RegExp(`^The data source "Logs" does not speak .*: the server has no /${path};`);
        await expect(ask({ queryType, query: 'x' })).rejects.toThrow(sentence);
      }
    });

    test('values and fields for variables', async () => {
      const find = async (query: object) =>
        (await source.options?.({ query: JSON.stringify(query) }, CONTEXT))?.map(({ value }) => value);
      expect(await find({ find: 'terms', field: 'model' })).toEqual(['bert', 'llama']);
      expect(await find({ find: 'terms', field: 'model', orderBy: 'doc_count', size: 1 })).toEqual(['llama']);
      expect(await find({ find: 'terms', field: 'model', query: 'tokens:0' })).toEqual(['bert']);
      expect(await find({ find: 'fields', type: 'date' })).toEqual(['@timestamp']);
      await expect(find({ find: 'nothing' })).rejects.toThrow(/^query\.find: expected one of fields, terms/);
    });

    test('documents as annotations', async () => {
      const found = await source.annotations?.(
        { query: 'level:error AND model:llama', textField: 'message', tagsField: 'model' },
        CONTEXT,
      );
      expect(found).toHaveLength(12);
      expect(found?.[0]).toEqual({
        timeMs: START + 200_000,
        endMs: START + 200_000,
        title: '',
        text: 'request 20 failed: "out of memory"',
        tags: ['llama'],
      });
    });

    // Elasticsearch keeps data streams in a module that is not on Maven Central.
    test.skipIf(!hasScripts).each(['logs-inference-default', 'logs-*', 'logs-inference-*'])(
      'a data stream is asked as %s',
      async (index) => {
        source = connect({ jsonData: { index } });
        expect((await source.check(CONTEXT.signal)).notes[0]).toMatch(/^Finds the index/);
        const { frames } = await ask({ metrics: [{ id: '1', type: 'logs', settings: { limit: '3' } }], volume: true });
        expect(logLines([frames[1] as Frame]).length).toBe(3);
        const [id] = (columns(frames[1] as Frame)['id'] ?? []) as string[];
        expect(id).toMatch(/^\.ds-logs-inference-default-/);
        // The line's index is one of the stream's own, which its name finds.
        const around = await ask({ metrics: [{ id: '1', type: 'logs' }], context: { id, fields: [], lines: 1 } });
        expect(around.frames[0]?.length).toBe(2);
        source = connect();
      },
    );

    test.each(['<hourly-{now/d}>', '<hourly-{now/d{yyyy.MM.dd}}>', 'hourly-*', 'inference,-daily-*'])(
      'an index whose name is reckoned: %s',
      async (index) => {
        source = connect({ jsonData: { index } });
        const frame = await frameOf({ metrics: [{ id: '1', type: 'count' }], bucketAggs: [] });
        expect(columns(frame)).toEqual({ Count: [index.startsWith('inference') ? COUNT : 7] });
        expect((await source.check(CONTEXT.signal)).notes.join(' ')).toMatch(/^Finds the ind/);
        source = connect();
      },
    );

    test('indices by date are those of the range', async () => {
      source = connect({ jsonData: { index: '[daily-]YYYY.MM.DD', interval: 'Daily' } });
      const frame = await frameOf({ metrics: [{ id: '1', type: 'count' }], bucketAggs: [] });
      source = connect();
      expect(columns(frame)).toEqual({ Count: [12] });
    });

    test('searches of one moment go in one request, and fail each for itself', async () => {
      asked.length = 0;
      const all = await Promise.allSettled([
        ask({ metrics: [{ id: '1', type: 'count' }] }),
        ask({ query: 'level:(', metrics: [{ id: '1', type: 'count' }] }),
        ask({ metrics: [{ id: '1', type: 'count' }], bucketAggs: [{ id: 'x', type: 'terms', field: 'message' }] }),
        ask({ bucketAggs: [{ ...byTime, settings: { interval: '1ms' } }] }),
      ]);
      expect(asked).toEqual(['POST /_msearch']);
      expect(all.map((one) => (one.status === 'fulfilled' ? '' : (one.reason as Error).message))).toEqual([
        '',
        expect.stringMatching(/^The data source "Logs" refuses: .*level:\(/),
        expect.stringMatching(/message.*take its keyword field, such as message\.keyword\.$/),
        'The interval makes 3,600,000 groups of time, and the limit is 20,000; take a longer interval, or "auto"',
      ]);
    });

    test('a question given up is not waited for, and others of its moment are answered', async () => {
      const giveUp = new AbortController();
      const [left, stays] = [
        ask({ metrics: [{ id: '1', type: 'count' }] }, { signal: giveUp.signal }),
        frameOf({ metrics: [{ id: '1', type: 'count' }], bucketAggs: [] }),
      ];
      giveUp.abort(new Error('gone'));
      await expect(left).rejects.toThrow('gone');
      expect(columns(await stays)).toEqual({ Count: [360] });
    });
  });
});
