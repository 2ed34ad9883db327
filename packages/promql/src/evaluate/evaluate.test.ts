import fc from 'fast-check';
import { expect, test, describe } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import type { QueryResult, SampleSource, SelectRequest, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { setStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import { compileMatchers } from '../match.ts';
import { evaluateText } from './evaluate.ts';

const STALE = 'stale';
type Points = readonly (readonly [timeMs: number, value: number | typeof STALE])[];

/** Series in memory. The buffers are overwritten from one series to the next, as a store may do. */
function sourceOf(series: readonly (readonly [labels: Record<string, string>, points: Points])[]): SampleSource {
  const longest = Math.max(0, ...series.map(([, points]) => points.length));
  return {
    *select({ matchers, fromMs, toMs }: SelectRequest): Iterable<SeriesSamples> {
      const matches = compileMatchers(matchers);
      const timestampsMs = new Float64Array(longest);
      const values = new Float64Array(longest);
      for (const [record, points] of series) {
        const labels = Labels.from(record);
        if (!matches(labels)) continue;
        let length = 0;
        for (const [timeMs, value] of points) {
          if (timeMs < fromMs || timeMs > toMs) continue;
          timestampsMs[length] = timeMs;
          if (value === STALE) setStaleAt(wordsOf(values), length);
          else values[length] = value;
          length++;
        }
        if (length > 0) yield { labels, length, timestampsMs, values };
      }
    },
    *selectLabels({ matchers }: SelectRequest): Iterable<Labels> {
      const matches = compileMatchers(matchers);
      for (const [record] of series) if (matches(Labels.from(record))) yield Labels.from(record);
    },
  };
}

const every = (stepMs: number, values: readonly (number | typeof STALE)[], fromMs = 0): Points =>
  values.map((value, i) => [fromMs + i * stepMs, value]);

/** The answer as text: one line a series, `_` where nothing is. */
function shown(result: QueryResult): string[] {
  if (result.kind === 'scalar') return [String(result.value)];
  if (result.kind === 'string') return [result.value];
  if (result.kind === 'samples') {
    return result.series.map(({ labels, length, timestampsMs, values }) => {
      const points = Array.from({ length }, (_, i) => `${values[i]}@${timestampsMs[i]}`);
      return `${labels} ${points.join(' ')}`;
    });
  }
  return result.series.map(({ labels, values, present }) => {
    return `${labels} ${Array.from(values, (value, i) => (present?.[i] === 0 ? '_' : value)).join(' ')}`;
  });
}

const SHOP = sourceOf([
  [{ __name__: 'requests_total', job: 'shop', pod: 'a' }, every(60_000, [0, 60, 120, 180, 240, 300])],
  [{ __name__: 'requests_total', job: 'shop', pod: 'b' }, every(60_000, [0, 30, 60, 0, 30, 60])],
  [{ __name__: 'capacity', job: 'shop' }, every(60_000, [10, 10, 10, 10, 10, 10])],
  [{ __name__: 'ended' }, every(60_000, [1, 2, STALE])],
]);
const LATENCY = sourceOf([
  [{ __name__: 'latency_bucket', le: '1' }, every(60_000, [10, 10])],
  [{ __name__: 'latency_bucket', le: '2' }, every(60_000, [30, 9])],
  [{ __name__: 'latency_bucket', le: '+Inf' }, every(60_000, [40, 40])],
  [{ __name__: 'hits', instance: 'i', job: 'j' }, every(60_000, [7, 8])],
  [{ __name__: 'target_info', instance: 'i', job: 'j', version: '2' }, every(60_000, [1, 1])],
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => [{ __name__: 'equal', id }, every(60_000, [1, 1])] as const),
]);
const at = (timeMs: number): { startMs: number; endMs: number; stepMs: number } => ({
  startMs: timeMs,
  endMs: timeMs,
  stepMs: 0,
});
const GRID = { startMs: 0, endMs: 300_000, stepMs: 60_000 };

test.each([
  ['capacity', ['capacity{job="shop"} 10']],
  ['ended', []],
  ['ended offset 3m', ['ended 2']],
  ['ended offset -1m', []],
  ['ended @ 60', ['ended 2']],
  ['requests_total{pod="a"}[1m]', ['requests_total{job="shop", pod="a"} 240@240000']],
  ['sum(rate(requests_total[2m]))', ['{} 1.25']],
  ['increase(requests_total{pod="b"}[5m])', ['{job="shop", pod="b"} 90']],
  ['topk(1, requests_total)', ['requests_total{job="shop", pod="a"} 240']],
  ['sort_desc(requests_total)', ['requests_total{job="shop", pod="a"} 240', 'requests_total{job="shop", pod="b"} 30']],
  ['requests_total / on(job) group_left capacity', ['{job="shop", pod="a"} 24', '{job="shop", pod="b"} 3']],
  ['absent(nothing{job="x"})', ['{job="x"} 1']],
  ['scalar(capacity) + 1', ['11']],
  ['"text"', ['text']],
  ['max_over_time(rate(requests_total{pod="a"}[2m])[3m:1m])', ['{job="shop", pod="a"} 1']],
  // Ambiguous partners do no harm where there is nobody to be their partner.
  ['nothing + on(job) requests_total', []],
  ['requests_total * on(job) nothing', []],
  // As in Go, the smallest of anything and -Inf is -Inf, NaN or not.
  ['clamp_max(-Inf * capacity, NaN)', ['{job="shop"} -Infinity']],
  ['clamp_min(Inf * capacity, NaN)', ['{job="shop"} Infinity']],
  ['clamp(capacity, 0, NaN)', ['{job="shop"} NaN']],
  // A name that a function took away does not come back with a comparison, and stays where nothing took it.
  ['rate(requests_total{pod="a"}[2m]) > bool ignoring(pod) group_left capacity', ['{job="shop", pod="a"} 0']],
  ['max_over_time(requests_total{pod="a"}[2m]) > on(job) capacity', ['{job="shop"} 240']],
  ['max_over_time(requests_total{pod="a"}[2m]) > ignoring(pod) group_left capacity', ['{job="shop", pod="a"} 240']],
  ['requests_total{pod="a"} > ignoring(pod) group_left capacity', ['requests_total{job="shop", pod="a"} 240']],
])('%s at 4 minutes', async (query, want) => {
  expect(shown(await evaluateText(query, at(240_000), SHOP))).toEqual(want);
});

test.each([
  ['ended', ['ended 1 2 _ _ _ _']],
  ['capacity > 10', []],
  ['ended + on() (requests_total > 0 and on() absent(ended))', []],
  ['(abs(ended) < 2) or on() ended', ['{} 1 _ _ _ _ _', 'ended _ 2 _ _ _ _']],
  ['requests_total{pod="a"} > bool 120', ['{job="shop", pod="a"} 0 0 0 1 1 1']],
  ['count(requests_total > 50)', ['{} _ 1 2 1 1 2']],
  // A threshold is a line.
  ['2 * time()', ['{} 0 120 240 360 480 600']],
  ['scalar(capacity)', ['{} 10 10 10 10 10 10']],
  ['capacity @ end() + time()', ['{job="shop"} 10 70 130 190 250 310']],
  ['resets(requests_total{pod="b"}[10m])', ['{job="shop", pod="b"} 0 0 0 1 1 1']],
])('%s over 5 minutes', async (query, want) => {
  expect(shown(await evaluateText(query, GRID, SHOP))).toEqual(want);
});

test.each([
  ['histogram_quantile(0.5, latency_bucket)', ['{} 1.5 2']],
  ['histogram_fraction(0, 1, latency_bucket)', ['{} 0.25 0.25']],
  ['info(hits)', ['hits{instance="i", job="j", version="2"} 7 8']],
  ['topk(2, equal)', ['equal{id="a"} 1 1', 'equal{id="b"} 1 1']],
  ['limitk(1, equal)', ['equal{id="a"} 1 1']],
  ['count(limit_ratio(0.4, equal) or limit_ratio(-0.6, equal))', ['{} 8 8']],
  ['limit_ratio(0.4, equal) and limit_ratio(-0.6, equal)', []],
  ['count_values("value", hits)', ['{value="7"} 1 _', '{value="8"} _ 1']],
])('%s over two steps', async (query, want) => {
  const request = { startMs: 0, endMs: 60_000, stepMs: 60_000 };
  const options = { experimentalFunctions: true };
  expect(shown(await evaluateText(query, request, LATENCY, undefined, options))).toEqual(want);
});

test.each([
  [
    'rate(capacity[2m])',
    'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "capacity" (1:6)',
  ],
  [
    'sum(\n  rate(capacity[2m]))',
    'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "capacity" (2:8)',
  ],
  [
    'start_timestamp(capacity)',
    'PromQL info: start_timestamp() gives nothing unless query.features has use-start-timestamps (1:1)',
  ],
  ['quantile(2, capacity)', 'PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)'],
])('%j says what is odd about it', async (query, text) => {
  expect((await evaluateText(query, GRID, SHOP)).annotations.map((note) => note.text)).toEqual([text]);
});

test.each([
  [
    'requests_total + on(job) requests_total',
    'execution',
    /^found duplicate series for the match group \{job="shop"\} on the right/,
  ],
  ['label_replace(requests_total, "pod", "", "", "")', 'execution', /same labelset/],
  ['topk(NaN, capacity)', 'execution', /Parameter value is NaN/],
  ['capacity[5m]', 'bad_data', /must be Scalar or instant Vector/],
])('%s over a range is refused', async (query, code, message) => {
  await expect(evaluateText(query, GRID, SHOP)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

describe('limits', () => {
  test.each([
    [{ maxSamples: 5 }, 'changes(requests_total[10m])', 'limit', /more than 5 samples \(limits.query.samples\)/],
    [{ maxSamples: 1000 }, 'requests_total[1d:1s]', 'limit', /more than 1000 values \(limits.query.samples\)/],
    [{ maxSeries: 1 }, 'requests_total', 'limit', /more than 1 series at once \(limits.query.series\)/],
    [{ timeoutMs: -1 }, 'requests_total', 'timeout', /limits.query.timeout/],
  ])('%o stops %s', async (limits, query, code, message) => {
    const instant = query.includes('[') ? at(300_000) : GRID;
    await expect(evaluateText(query, { ...instant, limits }, SHOP)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('a grid of more steps than the limit of samples is refused before it takes memory', async () => {
    const forever = { startMs: 0, endMs: 1e15, stepMs: 1 };
    await expect(evaluateText('vector(1)', forever, SHOP)).rejects.toMatchObject({ code: 'limit' });
  });
});

/** Endless work for one thread: many series, each slow enough that a slice is soon over. */
function busySource(onSeries: (index: number) => void): SampleSource {
  const points = every(
    1000,
    Array.from({ length: 2000 }, (_, i) => i),
  );
  const series = Array.from({ length: 60 }, (_, i) => [{ __name__: 'busy', i: String(i) }, points] as const);
  const { select, selectLabels } = sourceOf(series);
  return {
    *select(request) {
      let index = 0;
      for (const one of select(request)) {
        onSeries(index++);
        yield one;
      }
    },
    selectLabels,
  };
}

const BUSY = { startMs: 0, endMs: 2_000_000, stepMs: 1000 };

test('others get their turn while a query runs', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await evaluateText(
    'quantile_over_time(0.9, busy[5m])',
    BUSY,
    busySource(() => {
      // However fast the machine is, reading takes several slices.
      const end = performance.now() + 2;
      while (performance.now() < end);
    }),
  ).finally(() => clearInterval(timer));
  expect(turns).toBeGreaterThan(5);
});

test('a canceled query stops reading', async () => {
  const controller = new AbortController();
  let read = 0;
  const source = busySource((index) => {
    read = index;
    if (index === 20) controller.abort();
  });
  const query = evaluateText('quantile_over_time(0.9, busy[5m])', BUSY, source, controller.signal);
  await expect(query).rejects.toMatchObject({ code: 'canceled' });
  expect(read).toBeLessThan(59);
});

describe('sliding windows say what a look at each window would', () => {
  const value = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
    { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 1e300, -1e300, Number.MAX_VALUE) },
  );
  const samples = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.oneof(value, fc.constant(STALE as typeof STALE))), {
    minLength: 1,
    maxLength: 120,
  });
  const definitions: Record<string, (window: readonly number[]) => number> = {
    count_over_time: (window) => window.length,
    sum_over_time: (window) => window.reduce((sum, one) => sum + one, 0),
    max_over_time: (window) => window.reduce((best, one) => (one > best || Number.isNaN(best) ? one : best), NaN),
    min_over_time: (window) => window.reduce((best, one) => (one < best || Number.isNaN(best) ? one : best), NaN),
    last_over_time: (window) => window.at(-1)!,
    changes: (window) => window.filter((one, i) => i > 0 && !Object.is(one + 0, window[i - 1]! + 0)).length,
    resets: (window) => window.filter((one, i) => i > 0 && one < window[i - 1]!).length,
    quantile_over_time: (window) => {
      const order = window.toSorted((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b));
      const rank = 0.3 * (order.length - 1);
      const low = order[Math.floor(rank)]!;
      const high = order[Math.min(order.length - 1, Math.floor(rank) + 1)]!;
      return low * (1 - (rank % 1)) + high * (rank % 1);
    },
  };

  test.each(Object.entries(definitions))('%s', async (name, define) => {
    const steps = fc.record({ stepMs: fc.integer({ min: 1, max: 60 }), rangeMs: fc.integer({ min: 1, max: 400 }) });
    await fc.assert(
      fc.asyncProperty(samples, steps, async (gaps, { stepMs, rangeMs }) => {
        let timeMs = 0;
        const points = gaps.map(([gapMs, one]) => [(timeMs += gapMs), one] as const);
        const source = sourceOf([[{ __name__: 'x' }, points]]);
        const q = name === 'quantile_over_time' ? '0.3, ' : '';
        const result = await evaluateText(`${name}(${q}x[${rangeMs}ms])`, { startMs: 0, endMs: timeMs + 100, stepMs }, source);
        if (result.kind !== 'matrix') throw new Error('expected a matrix');
        const [series] = result.series;
        for (const [i, endMs] of result.timesMs.entries()) {
          const window = points
            .filter(([t, one]) => one !== STALE && t > endMs - rangeMs && t <= endMs)
            .map(([, one]) => one as number);
          const there = series !== undefined && series.present?.[i] !== 0;
          expect(there).toBe(window.length > 0);
          if (!there) continue;
          const [got, want] = [series.values[i]!, define(window)];
          // Sums of huge values lose all the small ones: only what fits beside the largest is compared.
          const scale = Math.max(1, ...window.filter(Number.isFinite).map(Math.abs));
          if (!Number.isFinite(want) || !Number.isFinite(got)) expect(got).toBe(want);
          else expect(Math.abs(got - want) / scale).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('what the asker may see', () => {
  const two = sourceOf(
    ['red', 'blue'].flatMap((team, i) => [
      [{ __name__: 'up', job: 'a', instance: `${team}:1`, team }, every(60_000, [i + 1, i + 1])] as const,
      [{ __name__: 'target_info', job: 'a', instance: `${team}:1`, team, secret: team }, every(60_000, [1, 1])] as const,
    ]),
  );
  const within = [{ label: 'team', op: '=', value: 'red' }] as const;

  test.each<[expr: string, wanted: string[]]>([
    ['up', ['up{instance="red:1", job="a", team="red"} 1']],
    ['up{team="blue"}', []],
    ['sum(up) or up{team="blue"}', ['{} 1']],
    ['max_over_time(up[5m])', ['{instance="red:1", job="a", team="red"} 1']],
    ['up[30s]', ['up{instance="red:1", job="a", team="red"} 1@60000']],
    ['max_over_time(sum(up)[2m:1m])', ['{} 1']],
    ['sum by (secret) (info(up))', ['{secret="red"} 1']],
    ['absent(up{team="blue"})', ['{team="blue"} 1']],
  ])('bounds %s', async (expr, wanted) => {
    const result = await evaluateText(expr, { startMs: 60_000, endMs: 60_000, stepMs: 0, within }, two);
    expect(shown(result)).toEqual(wanted);
  });
});

test.each([
  [true, ['up 1@0 NaN@60000 1@120000']],
  [false, ['up 1@0 1@120000']],
])('stale markers come with samples where they are asked for: %s', async (keepsStale, wanted) => {
  const source = sourceOf([[{ __name__: 'up' }, every(60_000, [1, STALE, 1])]]);
  const request = { startMs: 120_000, endMs: 120_000, stepMs: 0, keepsStale };
  expect(shown(await evaluateText('up[5m]', request, source))).toEqual(wanted);
  expect(shown(await evaluateText('count_over_time(up[5m])', request, source))).toEqual(['{} 2']);
});
