import { expect, test } from 'vitest';
import type { QueryResult } from '@vitrine/model/sample-store.ts';
import { formatHistogram } from '../histogram/format.ts';
import { loadSeries } from '../promqltest/load-series.ts';
import { MemorySource } from '../promqltest/memory-source.ts';
import { parseScript } from '../promqltest/script.ts';
import { evaluateText } from './evaluate.ts';

/** Series as the scripts of promqltest write them, a sample a minute. */
function loaded(...lines: string[]): MemorySource {
  const source = new MemorySource();
  for (const command of parseScript(`load 1m\n${lines.map((line) => `  ${line}`).join('\n')}\n`)) {
    if (command.kind === 'load') loadSeries(command, source);
  }
  return source;
}

const LATENCY = loaded(
  'latency{pod="a"} {{count:4 sum:8 buckets:[1 3]}}+{{count:2 sum:3 buckets:[1 1]}}x4',
  'latency{pod="b"} 1 2 {{count:4 sum:8 buckets:[1 3]}} 3 {{count:5 sum:9 buckets:[2 3]}}',
  'latency{pod="c"} 1 2 3 4 5',
);
const GRID = { startMs: 0, endMs: 240_000, stepMs: 60_000 };

/** A line a series: numbers, histograms' texts, `_` where nothing is. */
function shown(result: QueryResult): string[] {
  if (result.kind === 'samples') {
    return result.series.map(({ labels, length, values, histograms }) => {
      const cells = Array.from({ length }, (_, i) => (histograms?.[i] === undefined ? values[i] : 'h'));
      return `${labels} ${cells.join(' ')}`;
    });
  }
  if (result.kind !== 'matrix' && result.kind !== 'vector') return [];
  return result.series.map(({ labels, values, present, histograms }) => {
    const cells = Array.from(values, (value, i) => {
      const histogram = histograms?.[i];
      return present?.[i] === 0 ? '_' : histogram === undefined ? value : formatHistogram(histogram);
    });
    return `${labels} ${cells.join(' ')}`;
  });
}

test.each([
  ['latency{pod="c"}', ['latency{pod="c"} 1 2 3 4 5']],
  ['abs(latency{pod!="c"})', ['{pod="b"} 1 2 _ 3 _']],
  ['-latency{pod="b"} * 0 == 0', ['{pod="b"} 0 0 _ 0 _']],
  ['count(latency)', ['{} 3 3 3 3 3']],
  ['max(latency)', ['{} 1 2 3 4 5']],
  ['count_over_time(latency{pod="b"}[2m])', ['{pod="b"} 1 2 2 2 2']],
  [
    'sum_over_time(latency{pod="b"}[1m])',
    ['{pod="b"} 1 2 {count:4, sum:8, (0.5,1]:1, (1,2]:3} 3 {count:5, sum:9, (0.5,1]:2, (1,2]:3}'],
  ],
  ['changes(latency{pod="b"}[3m])', ['{pod="b"} 0 1 2 2 2']],
  ['latency{pod="c"} or latency', ['latency{pod="c"} 1 2 3 4 5']],
])('%s over numbers and histograms', async (query, want) => {
  const lines = shown(await evaluateText(query, GRID, LATENCY));
  for (const line of want) expect(lines).toContain(line);
});

test('a selector of a range gives the samples with their histograms', async () => {
  const result = await evaluateText('latency{pod="b"}[4m]', { startMs: 240_000, endMs: 240_000, stepMs: 0 }, LATENCY);
  expect(shown(result)).toEqual(['latency{pod="b"} 2 h 3 h']);
});

test('what is pinned stands at every step with its histogram', async () => {
  const lines = shown(await evaluateText('latency{pod="a"} @ 0', GRID, LATENCY));
  expect(lines).toEqual([`latency{pod="a"} ${Array(5).fill('{count:4, sum:8, (0.5,1]:1, (1,2]:3}').join(' ')}`]);
});

test('a series of numbers has no places for histograms', async () => {
  const result = await evaluateText('latency{pod="c"}', GRID, LATENCY);
  expect(result.kind === 'matrix' && result.series.map(({ histograms }) => histograms)).toEqual([undefined]);
});

test('a histogram counts as the samples that would take its memory', async () => {
  const ask = (maxSamples: number): Promise<QueryResult> =>
    evaluateText('count_over_time(latency{pod="a"}[5m])', { ...GRID, limits: { maxSamples } }, LATENCY);
  expect((await ask(60)).stats.samplesRead).toBe(5 * 12);
  await expect(ask(59)).rejects.toThrow(/more than 59 samples/);
});

test('long windows of many histograms let others have their turn, and give the same', async () => {
  const source = loaded('h {{count:4 sum:8 buckets:[1 3]}}+{{count:2 sum:3 buckets:[1 1]}}x1000');
  const range = { startMs: 0, endMs: 60_000_000, stepMs: 60_000 };
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const result = await evaluateText('histogram_count(sum_over_time(h[500m]))', range, source);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
  const counts = result.kind === 'matrix' ? [...result.series[0]!.values] : [];
  expect(counts).toHaveLength(1001);
  // Of the last 500 samples; sample i has counted to 4 + 2i.
  const sums = counts.map((_, end) => {
    let sum = 0;
    for (let i = Math.max(0, end - 499); i <= end; i++) sum += 4 + 2 * i;
    return sum;
  });
  expect(counts).toEqual(sums);
});

test.each([
  [false, [], ['{} 2']],
  [true, [], ['{} 3']],
])('start times count where the feature is on: %s', async (startTimestamps, notes, want) => {
  const source = loaded('x_total@st _ -30s -1m', 'x_total _ 1 2');
  const range = { startMs: 120_000, endMs: 120_000, stepMs: 0, features: { startTimestamps } };
  const result = await evaluateText('round(increase(x_total[2m]))', range, source);
  expect([shown(result), result.annotations]).toEqual([want, notes]);
});

test.each([
  ['latency_total', 'gauge', /__type__ label is not set to "counter" or "histogram", got "gauge": "latency_total" \(1:6\)/],
  ['latency', 'counter', undefined],
])('a type label says what is a counter where the feature is on: %s of type %s', async (name, type, info) => {
  const source = loaded(`${name}{__type__="${type}"} 1 2 3`);
  const features = { typeAndUnitLabels: true };
  const { annotations } = await evaluateText(`rate(${name}[2m])`, { ...GRID, features }, source);
  expect(annotations.map(({ text }) => text)).toEqual(info === undefined ? [] : [expect.stringMatching(info)]);
});
