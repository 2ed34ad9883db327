/**
 * How long the eight query shapes take on 1,000 series x 24 h at 15 s (5.8 M samples), 60 s steps, on one thread, with
 * the samples in memory. Run: `node packages/promql/src/evaluate/evaluate.bench.ts [repetitions]`.
 */
import { Labels } from '@vitrine/model/labels.ts';
import type { SampleSource, SelectRequest, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { compileMatchers } from '../match.ts';
import { evaluateText } from './evaluate.ts';

const SERIES = 1000;
const DAY_MS = 86_400_000;
const SCRAPE_MS = 15_000;
const START_MS = 1_700_000_000_000;

const SHAPES: Readonly<Record<string, string>> = {
  rate: 'rate(requests_total[5m])',
  'sum by (rate)': 'sum by (job) (rate(requests_total[5m]))',
  'ratio of sums': 'sum(rate(requests_total{code="500"}[5m])) / sum(rate(requests_total[5m]))',
  'avg_over_time[1h]': 'avg_over_time(requests_total[1h])',
  topk: 'topk(5, rate(requests_total[5m]))',
  quantile: 'quantile by (job) (0.9, rate(requests_total[5m]))',
  'regex selector': 'sum by (code) (rate(requests_total{instance=~"host-[0-4].*", code!~"4.."}[5m]))',
  'raw selector': 'requests_total',
};

/** Counters with some resets, jittered scrape times; the same on every run. */
function syntheticSource(): SampleSource {
  let seed = 42;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const length = DAY_MS / SCRAPE_MS;
  const all: SeriesSamples[] = Array.from({ length: SERIES }, (_, n) => {
    const timestampsMs = new Float64Array(length);
    const values = new Float64Array(length);
    let value = 0;
    for (let i = 0; i < length; i++) {
      timestampsMs[i] = START_MS + i * SCRAPE_MS + Math.floor(random() * 20);
      value = random() < 0.0005 ? 0 : value + Math.floor(random() * 50);
      values[i] = value;
    }
    const labels = Labels.from({
      __name__: 'requests_total',
      job: `job-${n % 10}`,
      instance: `host-${n % 100}`,
      code: ['200', '404', '500'][n % 3]!,
      path: `/path/${n}`,
    });
    return { labels, length, timestampsMs, values };
  });
  return {
    *select({ matchers, fromMs, toMs }: SelectRequest): Iterable<SeriesSamples> {
      const matches = compileMatchers(matchers);
      for (const series of all) {
        if (!matches(series.labels)) continue;
        const { timestampsMs, values } = series;
        let from = 0;
        let to = series.length;
        while (from < to && timestampsMs[from]! < fromMs) from++;
        while (to > from && timestampsMs[to - 1]! > toMs) to--;
        const length = to - from;
        yield { labels: series.labels, length, timestampsMs: timestampsMs.subarray(from, to), values: values.subarray(from, to) };
      }
    },
    *selectLabels({ matchers }: SelectRequest): Iterable<Labels> {
      const matches = compileMatchers(matchers);
      for (const { labels } of all) if (matches(labels)) yield labels;
    },
  };
}

const repetitions = Number(process.argv[2] ?? 7);
const source = syntheticSource();
const range = { startMs: START_MS, endMs: START_MS + DAY_MS, stepMs: 60_000 };
for (const [name, text] of Object.entries(SHAPES)) {
  const times: number[] = [];
  const cpuTimes: number[] = [];
  let series = 0;
  for (let i = 0; i < repetitions; i++) {
    const startedMs = performance.now();
    const cpu = process.cpuUsage();
    const result = await evaluateText(text, range, source);
    times.push(performance.now() - startedMs);
    const { user, system } = process.cpuUsage(cpu);
    cpuTimes.push((user + system) / 1000);
    if (result.kind === 'matrix') series = result.series.length;
  }
  times.sort((a, b) => a - b);
  cpuTimes.sort((a, b) => a - b);
  const middle = Math.floor(times.length / 2);
  const shown = [times[0]!, times[middle]!, cpuTimes[0]!].map((ms) => ms.toFixed(1).padStart(7));
  process.stdout.write(
    `${name.padEnd(18)} ${shown[0]} ms best ${shown[1]} ms median ${shown[2]} ms CPU best, ${series} series\n`,
  );
}
