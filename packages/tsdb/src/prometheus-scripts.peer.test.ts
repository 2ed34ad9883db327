import { afterEach, expect, test } from 'vitest';
import type { SampleBatch, SampleSource } from '@vitrine/model/sample-store.ts';
import { evaluate } from '@vitrine/promql/evaluate/evaluate.ts';
import { runCorpus, sum } from '@vitrine/promql/promqltest/conformance.ts';
import { hasCorpus } from '@vitrine/promql/promqltest/corpus.ts';
import { MemorySource } from '@vitrine/promql/promqltest/memory-source.ts';
import { LocalStore } from './local-store.ts';
import { tempFolder } from './store-for-tests.ts';

const EVERYTHING = { matchers: [], fromMs: -Infinity, toMs: Infinity };

/** Every sample of a source. */
function batchOfAll(source: SampleSource): SampleBatch {
  const all = [...source.select(EVERYTHING)];
  const length = all.reduce((total, series) => total + series.length, 0);
  const batch = {
    seriesKeys: all.map(({ labels }) => labels.key),
    seriesIndex: new Uint32Array(length),
    timestampsMs: new Float64Array(length),
    values: new Float64Array(length),
    histograms: new Map<number, NonNullable<NonNullable<(typeof all)[number]['histograms']>[number]>>(),
    startsMs: new Float64Array(length).fill(Number.NaN),
  };
  let at = 0;
  for (const [index, series] of all.entries()) {
    batch.seriesIndex.fill(index, at, at + series.length);
    batch.timestampsMs.set(series.timestampsMs.subarray(0, series.length), at);
    batch.values.set(series.values.subarray(0, series.length), at);
    if (series.startsMs !== undefined) batch.startsMs.set(series.startsMs.subarray(0, series.length), at);
    for (let i = 0; i < series.length; i++) {
      const histogram = series.histograms?.[i];
      if (histogram !== undefined) batch.histograms.set(at + i, histogram);
    }
    at += series.length;
  }
  return batch;
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A store that holds what the source holds. */
async function storeOf(source: SampleSource, reopens: boolean): Promise<LocalStore> {
  const { folder, remove } = tempFolder();
  const options = { folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1000 };
  let store = LocalStore.open(options);
  expect((await store.append(batchOfAll(source))).rejectedCount).toBe(0);
  if (reopens) {
    await store.close();
    store = LocalStore.open(options);
  }
  cleanups.push(async () => {
    await store.close();
    remove();
  });
  return store;
}

test.skipIf(!hasCorpus).each([
  ['in memory', false],
  ['on disk', true],
])('Prometheus 3.14 test scripts pass over samples %s [needs ../shared/corpus]', { timeout: 300_000 }, async (_, reopens) => {
  let held: { readonly of: SampleSource; readonly version: number; readonly store: LocalStore } | undefined;
  const reports = await runCorpus(async (expr, request, source) => {
    const { version } = source as MemorySource;
    if (held?.of !== source || held.version !== version) {
      for (const cleanup of cleanups.splice(0)) await cleanup();
      held = { of: source, version, store: await storeOf(source, reopens) };
    }
    return evaluate(expr, request, held.store.source);
  });
  const failures = reports.flatMap(({ file, cases }) =>
    cases.flatMap(({ line, expr, failure, rerunFailure }) =>
      failure === undefined && rerunFailure === undefined ? [] : [`${file}:${line} ${expr}: ${failure ?? rerunFailure}`],
    ),
  );
  expect(failures).toEqual([]);
  expect(sum(reports.map(({ strict }) => strict))).toEqual({ passed: 2214, total: 2214 });
});
