import type { Frame } from '@vitrine/model/frame.ts';
import { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { EvaluateRequest, QueryResult, SeriesExemplars } from '@vitrine/model/sample-store.ts';
import { parse } from '@vitrine/promql/parse.ts';
import { describe, expect, test } from 'vitest';
import type { QueryContext } from '../../contract.ts';
import { selectorsOf } from '@vitrine/promql/selectors.ts';
import { builtin } from './server.ts';
import { builtinSpec } from './spec.ts';

type Given = readonly (readonly [labels: Record<string, string>, values: readonly (number | undefined)[]])[];

function result(kind: 'matrix' | 'vector', timesMs: readonly number[], series: Given): QueryResult {
  return {
    kind,
    timesMs: Float64Array.from(timesMs),
    series: series.map(([labels, values]) => ({
      labels: Labels.from(labels),
      values: Float64Array.from(values, (value) => value ?? 0),
      present: values.includes(undefined) ? Uint8Array.from(values, (value) => (value === undefined ? 0 : 1)) : undefined,
    })),
    annotations: [],
    stats: { seriesRead: series.length, samplesRead: 10, elapsedMs: 1 },
  };
}

const LINK = { title: 'Open the trace', url: 'https://traces/${__value.raw}', targetBlank: true };

/** Runs one query over a store that gives `answer`; the grid is 0, 10 s, 20 s unless told. */
async function run(
  spec: object,
  answer: (request: EvaluateRequest) => QueryResult,
  grid: Partial<QueryContext> = {},
  exemplars: readonly SeriesExemplars[] = [],
) {
  const asked: EvaluateRequest[] = [];
  const samples = {
    evaluate: (request: EvaluateRequest) => {
      asked.push(request);
      return Promise.resolve(answer(request));
    },
    watch: () => () => {},
    series: () => Promise.resolve([]),
    labelNames: () => Promise.resolve([]),
    labelValues: () => Promise.resolve([]),
    exemplars: () => Promise.resolve(exemplars),
  };
  const source = builtin.connect(
    { scrapeIntervalMs: 15_000, traceLink: 'https://traces/${__value.raw}' },
    { samples, fetch, dial: () => expect.fail('nothing is dialled') },
  );
  const context: QueryContext = {
    fromMs: 0,
    toMs: 20_000,
    stepMs: 10_000,
    shown: { fromMs: 0, toMs: 20_000 },
    maxPoints: 100,
    limits: { maxSamples: 1, maxSeries: 1, timeoutMs: 1 },
    signal: new AbortController().signal,
    replace: (text, _format, macros = {}) => text.replace(/\$(\w+)/g, (whole, name: string) => macros[name] ?? whole),
    filters: [],
    ...grid,
  };
  return { asked, answer: await source.query('A', builtinSpec.parseQuery(spec), context) };
}

/** Columns as plain values; missing is undefined. */
function columns(frame: Frame | undefined): Record<string, unknown[]> {
  return Object.fromEntries(
    (frame?.fields ?? []).map((field) => [
      field.name,
      field.type === 'string'
        ? [...field.values]
        : [...field.values].map((value, i) => (field.present?.[i] === 0 ? undefined : value)),
    ]),
  );
}

const TIMES = [0, 10_000, 20_000];

describe('a query of Vitrine’s own samples', () => {
  test('gives a column a series, missing where it is missing', async () => {
    const { answer, asked } = await run({ expr: 'loss', legendFormat: '{{split}}' }, () =>
      result('matrix', TIMES, [
        [{ split: 'train' }, [1, 2, 3]],
        [{ split: 'val' }, [undefined, Number.NaN, 5]],
      ]),
    );
    expect(columns(answer.frames[0])).toEqual({ Time: TIMES, train: [1, 2, 3], val: [undefined, Number.NaN, 5] });
    expect(asked).toMatchObject([{ expr: 'loss', startMs: 0, endMs: 20_000, stepMs: 10_000 }]);
    expect(answer.trace).toMatchObject({ executed: 'loss', stepMs: 10_000, samplesRead: 10 });
  });

  test('fills in the intervals', async () => {
    const { asked } = await run({ expr: 'rate(a[$__rate_interval])' }, () => result('matrix', TIMES, []));
    expect(asked[0]?.expr).toBe('rate(a[1m])');
  });

  test('at one time is asked at the end of what the page shows', async () => {
    const { asked } = await run({ expr: 'a', instant: true }, () => result('vector', [17_000], []), {
      shown: { fromMs: 0, toMs: 17_000 },
    });
    expect(asked).toMatchObject([{ startMs: 17_000, endMs: 17_000, stepMs: 0 }]);
  });

  test('with a window whose end is still to come has its newest point from now', async () => {
    const far = Math.ceil(Date.now() / 10_000) * 10_000 + 10_000;
    const times = [far - 20_000, far - 10_000];
    const { answer, asked } = await run(
      { expr: 'rate(a[1m])' },
      ({ stepMs }) =>
        stepMs === 0
          ? result(
              'vector',
              [far - 15_000],
              [
                [{ a: 'old' }, [3]],
                [{ a: 'new' }, [4]],
              ],
            )
          : result('matrix', times, [
              [{ a: 'old' }, [1, 2]],
              [{ a: 'gone' }, [7, 8]],
            ]),
      { fromMs: far - 20_000, toMs: far },
    );
    expect(asked.map(({ endMs, stepMs }) => [endMs < far, stepMs])).toEqual([
      [true, 0],
      [true, 10_000],
    ]);
    expect(columns(answer.frames[0])).toEqual({
      Time: [...times, far],
      old: [1, 2, 3],
      gone: [7, 8, undefined],
      new: [undefined, undefined, 4],
    });
  });

  test.each<[string, number, boolean]>([
    ['loss', 10_000, false],
    ['loss', 3_600_000, true],
    ['time()', 3_600_000, true],
  ])('without a window, %s in steps of %d ms, has its newest point from now: %s', async (expr, stepMs, isFromNow) => {
    const toMs = (Math.floor(Date.now() / stepMs) + 1) * stepMs + (isFromNow ? stepMs : 0);
    const fromMs = toMs - 3 * stepMs;
    const { asked } = await run({ expr }, () => result('matrix', [fromMs], []), { fromMs, toMs, stepMs });
    expect(asked.every(({ endMs }) => endMs < toMs)).toBe(isFromNow);
  });

  test('as a table gives a row for each value that is there', async () => {
    const { answer } = await run({ expr: 'a', instant: true, format: 'table' }, () =>
      result(
        'vector',
        [20_000],
        [
          [{ job: 'x' }, [1]],
          [{ job: 'y', zone: 'z' }, [undefined]],
          [{ zone: 'w' }, [3]],
        ],
      ),
    );
    expect(columns(answer.frames[0])).toEqual({ Time: [20_000, 20_000], job: ['x', ''], zone: ['', 'w'], Value: [1, 3] });
  });

  test('as buckets takes the cumulative counts apart, in rising order', async () => {
    const { answer } = await run({ expr: 'h', format: 'heatmap' }, () =>
      result('matrix', TIMES, [
        [{ le: '+Inf' }, [10, 20, undefined]],
        [{ le: '0.5' }, [4, 5, 6]],
        [{ le: '1' }, [8, 4.9999, 9]],
        [{ other: 'a' }, [1, 1, 1]],
      ]),
    );
    expect(answer.frames[0]?.shape).toBe('buckets');
    expect(columns(answer.frames[0])).toEqual({ Time: TIMES, '0.5': [4, 5, 6], '1': [4, 0, 3], '+Inf': [2, 15.0001, undefined] });
    expect(answer.notices).toMatchObject([{ level: 'warning', text: expect.stringContaining('no "le" label') }]);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', {}, /^expr: expected text/],
    ['blanks', { expr: '  ' }, /^expr: is empty/],
    ['a format that is none', { expr: 'a', format: 'pie' }, /^format: expected one of time_series, table, heatmap/],
    ['a legend that is no text', { expr: 'a', legendFormat: 1 }, /^legendFormat: expected text/],
  ])('of %s is refused', (_, spec, sentence) => {
    expect(() => builtinSpec.parseQuery(spec)).toThrow(sentence);
  });
});

test.each<[object, object]>([
  [{}, { mode: 'range', format: 'time_series', legendFormat: '', interval: '', intervalFactor: 1 }],
  [
    { instant: true, range: false, format: '' },
    { mode: 'instant', format: 'time_series' },
  ],
  [
    { instant: true, range: true, intervalFactor: 2 },
    { mode: 'both', intervalFactor: 2 },
  ],
  [{ legendFormat: '__auto', exemplar: true, hide: false, editorMode: 'code', step: 10 }, { legendFormat: '' }],
])('a target of Grafana with %j is read', (more, want) => {
  expect(builtinSpec.parseQuery({ expr: 'a', ...more })).toMatchObject(want);
});

test.each<[string, object, number]>([
  ['', {}, 10_000],
  ['1m', {}, 60_000],
  ['>30s', {}, 30_000],
  ['90', {}, 90_000],
  ['$__rate_interval', {}, 60_000],
  ['', { intervalFactor: 3 }, 30_000],
  // The scrapes are 15 s apart, the panel's points 10 s.
  ['', { expr: 'max_over_time(a[$__interval])' }, 15_000],
  ['', { expr: 'rate(a[$__rate_interval])' }, 10_000],
])('an interval of "%s" with %j makes steps of %d ms', async (interval, more, want) => {
  const { answer } = await run({ expr: 'a', interval, ...more }, () => result('matrix', [0], []));
  expect(answer.trace.stepMs).toBe(want);
});

test.each<[string, string[]]>([
  ['up', ['up']],
  ['rate(a[5m]) / on() group_left sum(b offset 1h)', ['a', 'b']],
  ['max_over_time(sum(c)[1h:5m])', ['c']],
  ['topk(scalar(k), -(d))', ['d', 'k']],
  ['1 + 2', []],
])('%s reads %j', (expr, metrics) => {
  expect(selectorsOf(parse(expr)).map((matchers) => matchers.find(({ label }) => label === '__name__')?.value)).toEqual(metrics);
});

test.each([
  [{ rawSql: 'SELECT 1' }, 'it has rawSql'],
  [{ measurement: 'cpu', query: 'SELECT * FROM cpu' }, 'it has measurement, query'],
])('a query in the words of another source is told from one without a text', (spec, said) => {
  expect(() => builtinSpec.parseQuery(spec)).toThrow(said);
});

describe('native histograms of the store', () => {
  const histogram = (times: number): NativeHistogram => ({
    schema: 0,
    zeroThreshold: 0.001,
    zeroCount: times,
    count: 6 * times,
    sum: 9 * times,
    positiveSpans: [{ offset: 1, length: 2 }],
    positiveBuckets: Float64Array.of(2 * times, 3 * times),
    negativeSpans: [],
    negativeBuckets: new Float64Array(),
    customValues: new Float64Array(),
    reset: 'unknown',
  });
  const mixed = (request: EvaluateRequest): QueryResult => ({
    kind: request.stepMs === 0 ? 'vector' : 'matrix',
    timesMs: request.stepMs === 0 ? Float64Array.of(request.endMs) : Float64Array.of(0, 10_000, 20_000),
    series: [
      {
        labels: Labels.from({ job: 'a' }),
        values: Float64Array.of(0, 7, 0).slice(0, request.stepMs === 0 ? 1 : 3),
        present: undefined,
        histograms: [histogram(1), undefined, histogram(2)].slice(0, request.stepMs === 0 ? 1 : 3),
      },
    ],
    annotations: [],
    stats: { seriesRead: 1, samplesRead: 3, elapsedMs: 0 },
  });

  test('are buckets, beside the numbers of the same series', async () => {
    const { answer } = await run({ expr: 'latency' }, mixed);
    expect(answer.frames.map(({ shape }) => shape)).toEqual(['buckets', 'series']);
    expect(columns(answer.frames[0])).toEqual({
      Time: [0, 10_000, 20_000],
      '-0.001': [0, undefined, 0],
      '0.001': [1, undefined, 2],
      '1': [0, undefined, 0],
      '2': [2, undefined, 4],
      '4': [3, undefined, 6],
    });
    expect(Object.values(columns(answer.frames[1]))).toEqual([
      [0, 10_000, 20_000],
      [undefined, 7, undefined],
    ]);
  });

  test('are rows of a table at an instant', async () => {
    const { answer } = await run({ expr: 'latency', instant: true, format: 'table' }, mixed);
    expect(answer.frames.map(columns)).toEqual([{ Time: [20_000], job: ['a'], Count: [6], Sum: [9], Average: [1.5] }]);
  });
});

test.each([
  ['latency', 1],
  ['1', 0],
])('exemplars of the series of %s stand beside them, and lead to their trace', async (expr, count) => {
  const exemplar = { labels: Labels.from({ trace_id: 'abc' }), value: 0.5, timestampMs: 4_000 };
  const found = [{ labels: Labels.from({ __name__: 'latency' }), exemplars: [exemplar] }];
  const none = (): QueryResult => ({
    kind: 'matrix',
    timesMs: Float64Array.of(0),
    series: [],
    annotations: [],
    stats: { seriesRead: 0, samplesRead: 0, elapsedMs: 0 },
  });
  const { answer } = await run({ expr, exemplar: true }, none, {}, found);
  const [frame] = answer.frames.filter(({ shape }) => shape === 'exemplars');
  expect(answer.frames.filter(({ shape }) => shape === 'exemplars')).toHaveLength(count);
  if (count === 0) return;
  expect(columns(frame)).toEqual({ Time: [4_000], Value: [0.5], trace_id: ['abc'] });
  expect(frame?.fields[2]?.config?.links).toEqual([LINK]);
});
