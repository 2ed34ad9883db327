import { PbfWriter } from 'pbf';
import { compressSync } from 'snappy';
import { Labels } from '@vitrine/model/labels.ts';
import { podSeries, SERIES_A_POD } from './pods.ts';
import { sendAll, writeTimeSeries } from './remote-write.ts';
import { type BenchServer, startPrometheus, startVictoriaMetrics, startVitrine } from './servers.ts';

const SERIES_A_REQUEST = 2_000;
const PODS_A_REQUEST = SERIES_A_REQUEST / SERIES_A_POD;
const INTERVAL_MS = 15_000;
const SCRAPES = 3;
/** Sent at once after the scrapes, so that each series has packed samples beside raw ones. */
const MORE_SAMPLES = 37;
/** Of each hour's pods. */
const CHURN = 0.1;
const SEARCHES = 40;

/**
 * So many active series of pods, of which a tenth is replaced: memory a series, time to answer after the process was killed,
 * and how long a search among label values takes. One server after another, so that each has the machine to itself.
 */
export async function benchCardinality(series: number, peers: boolean, print: (line: string) => void): Promise<void> {
  const pods = Math.ceil(series / SERIES_A_POD);
  const starts: (() => Promise<BenchServer>)[] = [
    () => startVitrine('--limits.ingest.series', String(2 * series)),
    ...(peers ? [startPrometheus, startVictoriaMetrics] : []),
  ];
  for (const start of starts) {
    const server = await start();
    try {
      const empty = server.residentBytes();
      const cpuBefore = server.cpuSeconds();
      const startMs = Date.now() - (SCRAPES + MORE_SAMPLES + 3) * INTERVAL_MS;
      const send = (pods: number, life: number, scrape: number, samples = 1): Promise<void> =>
        sendAll(`${server.url}/api/v1/write`, requests(pods, life, startMs + scrape * INTERVAL_MS, samples), 2);
      for (let scrape = 0; scrape < SCRAPES; scrape++) await send(pods, 0, scrape);
      print(`${server.name}: ${each(server.residentBytes() - empty, series)} after ${SCRAPES} scrapes`);
      await send(pods, 0, SCRAPES, MORE_SAMPLES);
      const scrapes = SCRAPES + MORE_SAMPLES;
      const cpu = server.cpuSeconds() - cpuBefore;
      print(
        `${server.name}: ${each(server.residentBytes() - empty, series)} after ${scrapes} scrapes of ${series.toLocaleString('en')} series, ${each(server.residentBytes(), series)} in all, ${Math.round((series * scrapes) / cpu / 1000)} k samples per CPU-second`,
      );
      for (let scrape = 0; scrape < 2; scrape++) await send(Math.floor(pods * CHURN), 1, scrapes + scrape);
      print(`${server.name}: ${each(server.residentBytes() - empty, series)} after ${CHURN * 100} % were replaced`);
      for (const [what, path] of searches(server)) {
        const times: number[] = [];
        let bytes = 0;
        for (let i = 0; i < SEARCHES; i++) {
          const before = performance.now();
          const response = await fetch(`${server.url}${path(i)}`);
          bytes = (await response.arrayBuffer()).byteLength;
          if (!response.ok) throw new Error(`${server.name} answered ${response.status} to ${path(i)}`);
          times.push(performance.now() - before);
        }
        times.sort((a, b) => a - b);
        const [p50, p95] = [times[SEARCHES >> 1] as number, times[Math.floor(SEARCHES * 0.95)] as number];
        print(`${server.name}: ${what}: median ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (${bytes} bytes)`);
      }
      const before = performance.now();
      const cpuKilled = await server.killAndRestart();
      print(
        `${server.name}: killed, and ready again after ${((performance.now() - before) / 1000).toFixed(1)} s (${cpuKilled.toFixed(1)} s of CPU)`,
      );
      print(`${server.name}: ${each(server.residentBytes() - empty, series)} after the restart`);
    } finally {
      await server.stop();
    }
  }
}

/** So many samples of every series of pods in their so many-th life. */
function* requests(pods: number, life: number, fromMs: number, samples: number): Generator<Buffer> {
  for (let first = 0; first < pods; first += PODS_A_REQUEST) {
    const writer = new PbfWriter();
    for (let pod = first; pod < Math.min(pods, first + PODS_A_REQUEST); pod++) {
      for (const [i, key] of podSeries(pod, life).entries()) {
        const timestampsMs = Array.from({ length: samples }, (_, k) => fromMs + k * INTERVAL_MS);
        const values = timestampsMs.map((ms) => (ms / INTERVAL_MS) * (i % 20) + pod);
        writer.writeMessage(1, writeTimeSeries, { labels: Labels.fromKey(key), timestampsMs, values });
      }
    }
    yield compressSync(Buffer.from(writer.finish()));
  }
}

/** What is searched, with texts that differ, so that no answer is one that was given before. */
function searches({ name }: BenchServer): (readonly [string, (i: number) => string])[] {
  const values = (label: string, matches: (i: number) => string) => (i: number) =>
    `/api/v1/label/${label}/values?limit=50&match[]=${encodeURIComponent(matches(i))}`;
  const common: (readonly [string, (i: number) => string])[] = [
    ['pods of a job with a prefix', values('pod', (i) => `{job="kubernetes-pods-${i % 10}",pod=~"service-${i}-.*"}`)],
    ['routes of a pod’s node', values('route', (i) => `{node="ip-10-0-${i}-17.compute.internal"}`)],
  ];
  if (name !== 'Vitrine') return common;
  return [
    [
      'pods with a text in their name',
      (i) => `/api/v1/search/label_values?label=pod&search[]=${i}a&limit=50&sort_by=score&fuzz_threshold=60`,
    ],
    ['routes with a text in them', (i) => `/api/v1/search/label_values?label=route&search[]=${i}&limit=50&sort_by=score`],
    ['metrics with a text in their name', (i) => `/api/v1/search/metric_names?search[]=cache_${i}&limit=50&sort_by=score`],
    ...common,
  ];
}

function each(bytes: number, series: number): string {
  return `${Math.round(bytes / series)} B a series`;
}
