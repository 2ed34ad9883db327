import { expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import type { QueryResult, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { formatHistogram } from '../histogram/format.ts';
import { parseHistogram } from './histogram-literal.ts';
import { loadSeries } from './load-series.ts';
import { MemorySource } from './memory-source.ts';
import { runScript } from './run-script.ts';
import { parseScript, type Command } from './script.ts';
import { parseSeriesDescription, parseStartDescription } from './series-description.ts';

test('a literal says everything, and what it leaves out is 0', () => {
  const text =
    '{{schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 n_buckets:[4.1 5] n_offset:-5}}';
  expect(parseHistogram(text)).toEqual({
    resetIsWritten: false,
    histogram: {
      schema: 1,
      sum: -0.3,
      count: 3.1,
      zeroCount: 7.1,
      zeroThreshold: 0.05,
      positiveSpans: [{ offset: -3, length: 3 }],
      positiveBuckets: Float64Array.of(5.1, 10, 7),
      negativeSpans: [{ offset: -5, length: 2 }],
      negativeBuckets: Float64Array.of(4.1, 5),
      customValues: new Float64Array(0),
      reset: 'unknown',
    },
  });
  expect(parseHistogram('{{}}').histogram).toMatchObject({ schema: 0, count: 0, positiveSpans: [] });
  expect(parseHistogram('{{schema:-53 custom_values:[5 10] counter_reset_hint:not_reset}}')).toMatchObject({
    resetIsWritten: true,
    histogram: { schema: -53, customValues: Float64Array.of(5, 10), reset: 'not reset' },
  });
});

test.each([
  ['{{schema:9}}', /neither -53 nor between -4 and 8/],
  ['{{sum:1 sum:2}}', /"sum" stands twice/],
  ['{{total:1}}', /"total:1" is no part of a histogram/],
  ['{{counter_reset_hint:maybe}}', /"counter_reset_hint:maybe" is no part/],
  ['{{buckets:5}}', /"buckets:5" is no part/],
  ['{{count:[5]}}', /number/],
])('%s is refused', (text, message) => {
  expect(() => parseHistogram(text)).toThrow(message);
});

test.each([
  ['a {{count:1}}x2', ['{count:1, sum:0}', '{count:1, sum:0}', '{count:1, sum:0}']],
  ['a {{count:1}}+{{count:2 sum:1}}x1 _ 5', ['{count:1, sum:0}', '{count:3, sum:1}', 'omitted', 'value']],
  ['a {{count:5}}-{{count:2}}x1', ['{count:5, sum:0}', '{count:3, sum:0}']],
])('%s', (line, want) => {
  const { values } = parseSeriesDescription(line);
  expect(values.map((value) => (value.kind === 'histogram' ? formatHistogram(value.histogram) : value.kind))).toEqual(want);
});

test.each([
  ['a{b="c"}@st _ -30s-1mx2', [undefined, -30_000, -90_000, -150_000]],
  ['a@st _x2 -59999msx1 +1m 0', [undefined, undefined, -59_999, -59_999, 60_000, 0]],
  ['a@st 1s+1sx1 0-1mx1', [1000, 2000, 0, -60_000]],
])('since when: %s', (line, want) => {
  expect(parseStartDescription(line)!.offsetsMs).toEqual(want);
});

test.each([
  ['load 1m\n  a@st 1x', /"1x" is not a duration/],
  ['load 1m\n  a@st 0-1m\n  a 1', /lacks a count/],
  ['load 1m\n  a@st _\n  b 1', /not followed by its series/],
  ['load 1m\n  a@st _', /not followed by its series/],
  ['load 1m\n  a@st _x2\n  a 1', /has 2 values, its series 1/],
  ['load 1m\n  a {{count:1}}+{{count:1}}', /lacks a count/],
  ['load 1m\n  a {{count:1}}+{{schema:-53}}x2', /cannot be combined/],
])('%j is refused', (text, message) => {
  expect(() => parseScript(text)).toThrow(message);
});

function loaded(text: string): SeriesSamples[] {
  const source = new MemorySource();
  for (const command of parseScript(text)) loadSeries(command as Extract<Command, { kind: 'load' }>, source);
  return [...source.select({ matchers: [], fromMs: 0, toMs: 3_600_000 })];
}

test('samples are histograms or numbers, and know since when they count', () => {
  const [series] = loaded('load 1m\n  a@st _x1 -90s -2m 0\n  a 7 {{count:1}} 5 {{count:2}}');
  expect([...series!.timestampsMs]).toEqual([0, 60_000, 120_000, 180_000]);
  expect(series!.histograms!.map((one) => one?.count)).toEqual([undefined, 1, undefined, 2]);
  // 2 minutes before the third is the epoch, which stands for "not known".
  expect([...series!.startsMs!]).toEqual([Number.NaN, -30_000, Number.NaN, 180_000]);
});

test.each([
  ['counting on', '{{count:1}} {{count:2}} {{count:3}}', ['unknown', 'not reset', 'not reset']],
  ['counting anew', '{{count:2}} {{count:1}} {{count:3}}', ['unknown', 'unknown', 'not reset']],
  ['what is written counts', '{{count:1}} {{count:2 counter_reset_hint:reset}}', ['unknown', 'unknown']],
  ['gauges', '{{counter_reset_hint:gauge}} {{count:2}} {{count:3}}', ['gauge', 'unknown', 'not reset']],
  ['other buckets', '{{}} {{schema:1}} {{z_bucket_w:1 schema:1}}', ['unknown', 'unknown', 'unknown']],
  ['numbers between', '{{}} 1 {{}}', ['unknown', undefined, 'unknown']],
  ['the end between', '{{}} stale {{}}', ['unknown', undefined, 'unknown']],
])('hints as the TSDB gives them, %s', (_, values, want) => {
  const [series] = loaded(`load 1m\n  a ${values}`);
  expect(series!.histograms!.map((one) => one?.reset)).toEqual(want);
});

test('classic histograms are stored as native ones too where the block says so', () => {
  const text = `load_with_nhcb 1m
    a_bucket{le="1", job="x"} 1 2
    a_bucket{le="+Inf", job="x"} 3 4
    a_sum{job="x"} 7 8`;
  const series = loaded(text).find(({ labels }) => labels.key === Labels.from({ __name__: 'a', job: 'x' }).key);
  expect(series!.histograms!.map((one) => formatHistogram(one!))).toEqual([
    '{count:3, sum:7, [-Inf,1]:1, (1,+Inf]:2}',
    '{count:4, sum:8, [-Inf,1]:2, (1,+Inf]:2}',
  ]);
});

test('an expected histogram is compared in all that it says', async () => {
  const cases = [
    ['{{count:3 sum:1 buckets:[0 3]}}', undefined],
    ['{{count:3.0000001 sum:1 offset:1 buckets:[3 0]}}', undefined],
    ['{{count:3 sum:1 buckets:[3]}}', /^expected \{count:3, sum:1, \(0\.5,1\]:3\}/],
    ['{{count:3 sum:1 offset:1 buckets:[3] counter_reset_hint:gauge}}', /^expected/],
    ['{{count:3 sum:1 offset:1 buckets:[3] counter_reset_hint:not_reset}}', undefined],
    ['3', /^expected 3/],
  ] as const;
  const script = cases.map(([expected]) => `eval instant at 1m a\n  a ${expected}\n`).join('\n');
  const { histogram } = parseHistogram('{{count:3 sum:1 offset:1 buckets:[3] counter_reset_hint:not_reset}}');
  const answer: QueryResult = {
    kind: 'vector',
    timesMs: Float64Array.of(60_000),
    series: [
      { labels: Labels.from({ __name__: 'a' }), values: new Float64Array(1), present: undefined, histograms: [histogram] },
    ],
    annotations: [],
    stats: { seriesRead: 0, samplesRead: 0, elapsedMs: 0 },
  };
  const reports = await runScript(script, () => Promise.resolve(answer));
  for (const [at, [, want]] of cases.entries()) {
    const { failure } = reports[at]!;
    if (want === undefined) expect(failure).toBeUndefined();
    else expect(failure).toMatch(want);
  }
});
