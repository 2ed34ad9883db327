import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Labels } from '@vitrine/model/labels.ts';
import { histogramOf } from './histograms-for-tests.ts';
import { LocalStore } from './local-store.ts';
import { batchOf, keyOf, type TestSample } from './store-for-tests.ts';

/**
 * The program of soak.peer.test.ts: `node --expose-gc soak-program.ts FOLDER HOURS` plays so many hours of scrapes as fast as they
 * go, and prints a line of JSON for each: what is in use after a collection of garbage.
 */

const SERIES = 600;
const HISTOGRAMS = 40;
const SCRAPE_MS = 15_000;
const UPKEEP_MS = 30_000;
/** Each so often a tenth of the series is gone for ever and new ones come, as pods do. */
const CHURN_MS = 600_000;
const HOUR_MS = 3_600_000;
const START_MS = 1_800_000_000_000;

export interface Soaked {
  readonly hour: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly openFiles: number;
  readonly series: number;
  readonly diskBytes: number;
}

async function main(folder: string, hours: number): Promise<void> {
  let nowMs = START_MS;
  const store = LocalStore.open(
    {
      folder,
      retention: { timeMs: 3 * HOUR_MS, sizeBytes: 0 },
      maxSeries: 100_000,
      maxExemplars: 2_000,
    },
    () => nowMs,
  );
  for (let hour = 1; hour <= hours; hour++) {
    const endMs = START_MS + hour * HOUR_MS;
    for (; nowMs < endMs; nowMs += SCRAPE_MS) {
      await store.append(scrape(nowMs));
      if (nowMs % UPKEEP_MS === 0) await store.runUpkeep();
      if (nowMs % (10 * UPKEEP_MS) === 0) {
        await store.evaluate({ expr: 'sum by (l) (rate(s0[5m]))', startMs: nowMs - HOUR_MS, endMs: nowMs, stepMs: 60_000 });
        await nextTurn();
      }
    }
    globalThis.gc?.();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    const { seriesCount, bytesOnDisk } = await store.stats();
    const soaked: Soaked = {
      hour,
      heapBytes: heapUsed + arrayBuffers,
      residentBytes: rss,
      openFiles: readdirSync('/proc/self/fd').length,
      series: seriesCount,
      diskBytes: bytesOnDisk,
    };
    process.stdout.write(`${JSON.stringify(soaked)}\n`);
  }
  await store.close();
}

function scrape(timeMs: number): Parameters<LocalStore['append']>[0] {
  const generation = Math.floor((timeMs - START_MS) / CHURN_MS);
  const name = (i: number, metric: string): string => `${metric}{${i}-${Math.floor((generation + (i % 10)) / 10)}}`;
  const floats = Array.from({ length: SERIES }, (_, i): TestSample => [
    name(i, `s${i % 20}`),
    timeMs,
    Math.floor(timeMs / (i + 1)),
  ]);
  const names = Array.from({ length: HISTOGRAMS }, (_, i) => name(i, 'h'));
  const batch = batchOf([...floats, ...names.map((series): TestSample => [series, timeMs, 0])]);
  const places = new Map(batch.seriesKeys.map((key, i) => [key, i]));
  const count = (timeMs - START_MS) / SCRAPE_MS;
  return {
    ...batch,
    histograms: new Map(names.map((_, i) => [SERIES + i, histogramOf({ buckets: [count, count + i, 2 * count, i] })])),
    exemplars: names.slice(0, 4).map((series) => ({
      seriesIndex: places.get(keyOf(series)) as number,
      exemplar: { labels: Labels.from({ trace_id: `${timeMs}` }), value: 1, timestampMs: timeMs },
    })),
  };
}

const [, script, folder, hours] = process.argv;
if (script === import.meta.filename) await main(folder as string, Number(hours));
