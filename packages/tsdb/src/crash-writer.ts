import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Labels } from '@vitrine/model/labels.ts';
import { CUSTOM_BUCKETS, type NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Exemplar, SampleBatch, SampleStore, Selector } from '@vitrine/model/sample-store.ts';
import { LocalStore } from './local-store.ts';
import { openStore } from './open-store.ts';
import { batchOf, keyOf, type TestSample } from './store-for-tests.ts';

/**
 * The program that the tests of crashes kill: `crash-writer.ts FOLDER FIRST worker|flushing|checkpointing|deleting` appends batch after
 * batch from number FIRST on and prints the number of each one that was acknowledged. Where it
 * deletes, it prints the number with a minus once what is to go was acknowledged, deleted, and that acknowledged.
 */

/** A series' exemplars make way for its newer ones at ten; there is room for those of all series. */
export const EXEMPLARS_A_SERIES = 10;
export const CRASH_STORE = { retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10_000, maxExemplars: 1_000 };
const START_MS = 1_700_000_000_000;
const IN_FLIGHT = 4;

/** The samples of a batch: the same for every caller. Every third batch is behind the others; values have all kinds of bits. */
export function crashBatch(number: number): TestSample[] {
  return Array.from({ length: 40 }, (_, i) => {
    const value =
      i === 7 ? 0x7ff0000000000002n : i % 5 === 0 ? number : BigInt.asUintN(64, BigInt(number * 7919 + i) * 0x9e3779b97f4a7c15n);
    return [`m${i % 4}{${i % 8 === 0 ? number % 50 : 'x'}}`, timeOf(number, i), value] as const;
  });
}

/** A histogram and since when it has counted. */
export interface CrashHistogram {
  readonly series: string;
  readonly timestampMs: number;
  readonly histogram: NativeHistogram;
  readonly startMs: number;
}

/** The histograms of a batch. Those of `both` stand between numbers. */
export function crashHistograms(number: number): CrashHistogram[] {
  return ['h{x}', `h{${number % 50}}`, 'both'].map((series, i) => ({
    series,
    timestampMs: timeOf(number, 2 * i),
    histogram: histogramOf(number + i, i === 1),
    startMs: START_MS - 1000 * (number % 7),
  }));
}

/** The exemplars of a batch; they come in the order of their times. */
export function crashExemplars(number: number): { readonly series: string; readonly exemplar: Exemplar }[] {
  return [`e{${number % 3}}`, 'h{x}'].map((series, i) => ({
    series,
    exemplar: {
      labels: Labels.from({ trace_id: `${number}-${i}` }),
      value: number + i / 2,
      timestampMs: START_MS + number * 100,
    },
  }));
}

/** Samples that are appended to be deleted: a part of a series that stays, and a series that goes, which has an exemplar. */
function doomedBatch(number: number): SampleBatch {
  const samples = Array.from(
    { length: 20 },
    (_, i) => [i % 2 === 0 ? STAYING : goingSeries(number), doomedMs(number) + i, i] as const,
  );
  const exemplar = { labels: Labels.from({ trace_id: `${number}` }), value: number, timestampMs: doomedMs(number) };
  return { ...batchOf(samples), exemplars: [{ seriesIndex: 1, exemplar }] };
}

export const STAYING = 'm1{x}';

export function goingSeries(number: number): string {
  return `going{${number}}`;
}

/** Beyond all that stays; with as much room as a batch has. */
export function doomedMs(number: number): number {
  return START_MS + 100_000_000 + number * 100;
}

async function appendAndDelete(store: SampleStore, number: number): Promise<void> {
  await store.append(doomedBatch(number));
  const selectorOf = (series: string): Selector => {
    const { names, values } = Labels.fromKey(keyOf(series));
    return names.map((label, i) => ({ label, op: '=', value: values[i] as string }));
  };
  const fromMs = doomedMs(number);
  await store.deleteSeries({ selectors: [selectorOf(STAYING)], fromMs, toMs: fromMs + 99 });
  await store.deleteSeries({ selectors: [selectorOf(goingSeries(number))], fromMs: -Infinity, toMs: Infinity });
  writeSync(1, `-${number}\n`);
}

/** All that is appended at once. */
function wholeBatch(number: number): SampleBatch {
  const histograms = crashHistograms(number);
  const exemplars = crashExemplars(number);
  const floats = [
    ...crashBatch(number),
    ['both', timeOf(number, 5), number] as const,
    [`e{${number % 3}}`, timeOf(number, 0), 1] as const,
  ];
  const batch = batchOf([...floats, ...histograms.map(({ series, timestampMs }) => [series, timestampMs, 0] as const)]);
  const startsMs = new Float64Array(batch.values.length).fill(Number.NaN);
  histograms.forEach(({ startMs }, i) => (startsMs[floats.length + i] = startMs));
  const keys = new Map(batch.seriesKeys.map((key, i) => [key, i]));
  return {
    ...batch,
    histograms: new Map(histograms.map(({ histogram }, i) => [floats.length + i, histogram])),
    startsMs,
    exemplars: exemplars.map(({ series, exemplar }) => ({ seriesIndex: keys.get(keyOf(series)) as number, exemplar })),
  };
}

function timeOf(number: number, i: number): number {
  return START_MS + (number % 3 === 0 ? -1 : 1) * (number * 100 + i);
}

function histogramOf(number: number, isCustom: boolean): NativeHistogram {
  const buckets = Float64Array.from({ length: 1 + (number % 6) }, (_, i) => (number * (i + 3)) % 1000);
  const count = buckets.reduce((sum, bucket) => sum + bucket, 0);
  return {
    schema: isCustom ? CUSTOM_BUCKETS : number % 4,
    zeroThreshold: isCustom ? 0 : 1e-128,
    zeroCount: 0,
    count,
    sum: count / 3,
    positiveSpans: [{ offset: isCustom ? 0 : (number % 9) - 4, length: buckets.length }],
    positiveBuckets: buckets,
    negativeSpans: [],
    negativeBuckets: new Float64Array(),
    customValues: isCustom ? Float64Array.of(1, 2, 3, 4, 5, 6) : new Float64Array(),
    reset: number % 2 === 0 ? 'unknown' : 'not reset',
  };
}

async function main(folder: string, first: number, mode: string): Promise<void> {
  const options = { ...CRASH_STORE, folder };
  const store = mode === 'worker' ? await openStore(options) : LocalStore.open(options);
  // SQLite folds its log into the main file after 16 MiB; a kill would hardly ever come upon that.
  const checkpoints = mode === 'checkpointing' ? new DatabaseSync(join(folder, 'samples.db')) : undefined;
  const waiting = new Set<Promise<void>>();
  for (let number = first; ; number++) {
    const done = store.append(wholeBatch(number)).then(({ rejected, exemplars }) => {
      const [refused] = [...rejected, ...(exemplars?.rejected ?? [])];
      if (refused !== undefined) throw new Error(`batch ${number}: ${refused.series}: ${refused.reason}`);
      writeSync(1, `${number}\n`);
      waiting.delete(done);
    });
    waiting.add(done);
    if (mode === 'deleting' && number % 3 === 0) {
      const deleted = appendAndDelete(store, number).then(() => void waiting.delete(deleted));
      waiting.add(deleted);
    }
    if (waiting.size >= IN_FLIGHT) await Promise.race(waiting);
    if (store instanceof LocalStore && number % 10 === 0) void store.flush();
    if (number % 3 === 0) checkpoints?.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }
}

const [, script, folder, first, mode] = process.argv;
if (script === import.meta.filename) await main(folder as string, Number(first), mode as string);
