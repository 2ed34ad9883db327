import { afterEach, expect, test } from 'vitest';
import type { SampleBatch, SampleSource, SampleStore } from '@vitrine/model/sample-store.ts';
import { evaluate } from '@vitrine/promql/evaluate/evaluate.ts';
import { runCorpus, sum } from '@vitrine/promql/promqltest/conformance.ts';
import { hasCorpus } from '@vitrine/promql/promqltest/corpus.ts';
import type { MemorySource } from '@vitrine/promql/promqltest/memory-source.ts';
import { LocalStore } from './local-store.ts';
import { openStore } from './open-store.ts';
import { tempFolder } from './store-for-tests.ts';
import type { StoreOptions } from './store-options.ts';

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
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const EVERY_TIME = { fromMs: -8.64e15, toMs: 8.64e15 };

/** Ways to ask a store that holds a batch. Starting threads takes long: there the samples are replaced. */
const WAYS = {
  'in memory': async (_: SampleStore | undefined, options: StoreOptions, batch: SampleBatch) => {
    const store = LocalStore.open(options);
    await store.append(batch);
    return store;
  },
  'on disk': async (_: SampleStore | undefined, options: StoreOptions, batch: SampleBatch) => {
    const store = LocalStore.open(options);
    await store.append(batch);
    await store.close();
    return LocalStore.open(options);
  },
  'asked of threads': async (known: SampleStore | undefined, options: StoreOptions, batch: SampleBatch) => {
    const store = known ?? (await openStore(options));
    await store.deleteSeries({ selectors: [[{ label: 'nothing', op: '=', value: '' }]], ...EVERY_TIME });
    await store.append(batch);
    return store;
  },
} as const;

test.skipIf(!hasCorpus).each(Object.entries(WAYS))(
  'Prometheus 3.14 test scripts pass over samples %s [needs ../shared/corpus]',
  { timeout: 600_000 },
  async (_, hold) => {
    let held: { readonly of: SampleSource; readonly version: number; readonly store: SampleStore } | undefined;
    const reports = await runCorpus(async (expr, { text, ...request }, source) => {
      const { version } = source as MemorySource;
      if (held?.of !== source || held.version !== version) {
        const { folder, remove } = tempFolder();
        const options = { folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1000 };
        const known = held?.store;
        const store = await hold(known, options, batchOfAll(source));
        if (store !== known) await known?.close();
        cleanups.push(() => store.close(), remove);
        held = { of: source, version, store };
      }
      const { store } = held;
      if (!(store instanceof LocalStore)) return store.evaluate({ ...request, expr: text });
      return evaluate(expr, { ...request, text }, store.source);
    });
    const failures = reports.flatMap(({ file, cases }) =>
      cases.flatMap(({ line, expr, failure, rerunFailure }) =>
        failure === undefined && rerunFailure === undefined ? [] : [`${file}:${line} ${expr}: ${failure ?? rerunFailure}`],
      ),
    );
    expect(failures).toEqual([]);
    expect(sum(reports.map(({ strict }) => strict))).toEqual({ passed: 2214, total: 2214 });
  },
);
