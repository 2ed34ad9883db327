import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../config/read-config.ts';
import { encodeWriteRequest, packSnappy, type SentSeries } from '../../ingest/remote-write/encode-remote-write.ts';
import { startServer } from '../../start-server.ts';
import { hasPrometheus, startPrometheus } from '../../testing/start-prometheus.ts';
import { AT_SECONDS, RandomQueries } from './random-query.ts';

/**
 * Random queries over random samples, asked of Vitrine and of Debian's Prometheus 2.42. Where 2.42 differs from
 * Prometheus 3 by design (windows closed on the left, `.` and newlines, holt_winters) nothing is asked: samples never
 * fall on a window's edge.
 */

const QUERIES = 600;
const SEED = 20_240_607;
const START_SECONDS = AT_SECONDS - 1_500;
const SAMPLES = 200;
const SAME_LABELS = 'vector cannot contain metrics with the same labelset';
const STALE_BITS = 0x7ff0000000000002n;

describe.skipIf(!hasPrometheus())('Vitrine answers as Prometheus does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-differential-'));
  const stops: (() => Promise<void>)[] = [];
  const urls: string[] = [];

  beforeAll(async () => {
    const flags = {
      data: join(folder, 'vitrine'),
      listen: '127.0.0.1:0',
      'log.level': 'silent',
      'scrape.self': 'false',
      'retention.time': '100y',
    };
    const vitrine = await startServer(readConfig({ flags, env: {}, file: undefined, folder }));
    stops.push(() => vitrine.stop());
    urls.push(vitrine.url, await startPrometheus(folder, stops));
    const samples = Buffer.from(packSnappy(encodeWriteRequest(randomSeries(new RandomQueries(SEED)))));
    for (const url of urls) {
      const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
      const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body: samples });
      expect([answer.status, await answer.text()]).toEqual([204, '']);
    }
  });

  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(['time()', '1 + 1', '-pi()', 'scalar(nothing)', '"text"'])('%s', async (query) => {
    for (const range of RANGES) {
      const [ours, theirs] = (await Promise.all(urls.map((url) => ask(url, query, range)))) as [Answer, Answer];
      // What is wrong is said with its place, which version 2.42 does not tell here.
      expect({ ...ours, error: ours.error !== undefined }).toEqual({ ...theirs, error: theirs.error !== undefined });
    }
  });

  test(`${QUERIES} random queries`, { timeout: 60_000 }, async () => {
    const random = new RandomQueries(SEED + 1);
    const differences: string[] = [];
    let withValues = 0;
    for (let i = 0; i < QUERIES; i++) {
      const query = random.vector(3);
      const range = random.pick(RANGES);
      const [ours, theirs] = (await Promise.all(urls.map((url) => ask(url, query, range)))) as [Answer, Answer];
      if (theirs.status === 'success' && theirs.data.result.length > 0) withValues++;
      const difference = compare(ours, theirs);
      if (difference !== undefined) differences.push(`${query}\n  at ${JSON.stringify(range)}: ${difference}`);
    }
    expect(differences.join('\n')).toBe('');
    // Queries that all select nothing would agree as well.
    expect(withValues).toBeGreaterThan(QUERIES / 2);
  });
});

/** Starts and steps that end in 7 s; a step of 0 asks an instant query. */
const RANGES = [
  { start: AT_SECONDS, end: AT_SECONDS, step: 0 },
  { start: AT_SECONDS + 400, end: AT_SECONDS + 400, step: 0 },
  { start: START_SECONDS + 100, end: AT_SECONDS + 600, step: 30 },
  { start: AT_SECONDS - 200, end: AT_SECONDS + 2_000, step: 70 },
] as const;

interface Answer {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data: { readonly resultType: string; readonly result: readonly Entry[] };
}
interface Entry {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

async function ask(url: string, query: string, { start, end, step }: (typeof RANGES)[number]): Promise<Answer> {
  const path = step === 0 ? 'query' : 'query_range';
  const times = step === 0 ? { time: String(start) } : { start: String(start), end: String(end), step: String(step) };
  const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams({ query, ...times }) });
  return (await answer.json()) as Answer;
}

/** What differs, or undefined. Sums may be taken in another order, so values are compared to twelve digits or so. */
function compare(ours: Answer, theirs: Answer): string | undefined {
  // Prometheus 3 says so also where the comparison drops all but one of the series; 2.42 did not look at those.
  if (theirs.status === 'success' && ours.error?.startsWith('multiple matches for labels') === true) return undefined;
  // A name that a function takes away goes at the end with us, as in 3.x with promql-delayed-name-removal.
  if (ours.status === 'success' && theirs.error === SAME_LABELS) return undefined;
  if (ours.status !== theirs.status) return `we: ${ours.error ?? 'an answer'}; Prometheus: ${theirs.error ?? 'an answer'}`;
  if (ours.status === 'error') return undefined;
  const [mine, other] = [points(ours), points(theirs)];
  const keys = new Set([...mine.keys(), ...other.keys()]);
  for (const key of keys) {
    const [a, b] = [mine.get(key), other.get(key)];
    if (a === undefined || b === undefined) return `${key}: we ${a ?? 'have nothing'}; Prometheus ${b ?? 'has nothing'}`;
    if (!isClose(a, b)) return `${key}: we ${a}; Prometheus ${b}`;
  }
  return undefined;
}

function points({ data }: Answer): Map<string, string> {
  return new Map(
    data.result.flatMap(({ metric, value, values = value === undefined ? [] : [value] }) => {
      const labels = Labels.from(metric);
      return values.map(([time, text]) => [`${labels} ${time}`, text] as const);
    }),
  );
}

function isClose(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= 1e-9 * Math.max(1e-3, Math.abs(x), Math.abs(y));
}

/** Two counters with resets, gauges with gaps, stale marks, NaN and infinities, a gauge without ties, and a histogram. */
function randomSeries(random: RandomQueries): SentSeries[] {
  const series: SentSeries[] = [];
  const add = (name: string, labels: Record<string, string>, valueAt: (i: number) => number | bigint | undefined): void => {
    const samples: [number | bigint, number][] = [];
    for (let i = 0; i < SAMPLES; i++) {
      const value = valueAt(i);
      // A tenth to nine tenths of a second past: never on a window's edge, which are whole seconds.
      const timestampMs =
        (START_SECONDS + i * 15) * 1_000 + Math.floor(random.next() * 12) * 1_000 + 100 + Math.floor(random.next() * 800);
      if (value !== undefined) samples.push([value, timestampMs]);
    }
    series.push({ labels: [['__name__', name], ...Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))], samples });
  };
  for (const job of ['api', 'web']) {
    for (const instance of ['a', 'b', 'c']) {
      let count = 10_000 + Math.floor(random.next() * 1_000);
      add('requests_total', { job, instance }, () => {
        if (random.next() < 0.02) count = 5_000;
        count += Math.floor(random.next() * 20);
        return random.next() < 0.05 ? undefined : count;
      });
      add('temperature', { job, instance }, (i) => {
        const one = random.next();
        // Longer than the lookback.
        if (i > 80 && i < 120 && instance === 'b') return undefined;
        if (one < 0.02) return STALE_BITS;
        if (one < 0.03) return Number.NaN;
        if (one < 0.035) return random.pick([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
        return one < 0.1 ? undefined : Math.round((random.next() - 0.3) * 1_000) / 10;
      });
      add('level', { job, instance }, () => random.next() * 100 + 1);
    }
    const buckets = [10_000, 20_000, 30_000, 40_000];
    const bounds = ['0.1', '0.5', '1', '+Inf'];
    const history = Array.from({ length: SAMPLES }, () => {
      let grown = 0;
      return buckets.map((_, b) => {
        grown += Math.floor(random.next() * 10);
        return (buckets[b] = (buckets[b] as number) + grown);
      });
    });
    for (const [b, le] of bounds.entries()) add('latency_bucket', { job, le }, (i) => history[i]?.[b]);
  }
  return series;
}
