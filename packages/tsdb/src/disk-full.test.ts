import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { StoreReadOnly, type SampleBatch } from '@vitrine/model/sample-store.ts';
import { histogramOf } from './histograms-for-tests.ts';
import { LocalStore } from './local-store.ts';
import { StoreOpenError } from './store-open-error.ts';
import { batchOf, keyOf, readAll, tempFolder, type TestSample } from './store-for-tests.ts';

/** A file system of 3 MiB, or why there is none. */
function mountSmall(): { readonly folder: string; readonly remove: () => void } | string {
  const { folder, remove } = tempFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    remove();
    return `a small tmpfs cannot be mounted here: ${(error as Error).message.split('\n')[0]}`;
  }
  return {
    folder,
    remove: () => {
      execFileSync('umount', [folder]);
      remove();
    },
  };
}

test('a full disk stops appends with a sentence, reads go on, and appends resume by themselves when there is space', async (context) => {
  const disk = mountSmall();
  if (typeof disk === 'string') return context.skip(disk);
  const logged: string[] = [];
  const store = LocalStore.open({
    folder: disk.folder,
    retention: { timeMs: 0, sizeBytes: 0 },
    maxSeries: 100,
    log: (level, sentence) => logged.push(`${level}: ${sentence}`),
  });
  const ballast = join(disk.folder, 'ballast');
  const startMs = Date.now() - 3_600_000;
  const wanted: number[] = [];
  const append = async (number: number): Promise<void> => {
    const samples = Array.from({ length: 1000 }, (_, i) => ['m', startMs + number * 1000 + i, Math.sqrt(i)] as TestSample);
    await store.append(batchOf(samples));
    wanted.push(...samples.map(([, timestampMs]) => timestampMs));
  };
  const stored = (): number[] =>
    readAll(store.source, [{ label: '__name__', op: '=', value: 'm' }])
      .get(keyOf('m'))!
      .map(([t]) => t);
  try {
    await append(0);
    writeFileSync(ballast, new Uint8Array(1_500_000));
    const failure = await (async () => {
      for (let number = 1; ; number++) await append(number);
    })().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreReadOnly);
    expect((failure as Error).message).toMatch(/cannot be written .*free space on its disk.*reads go on/);
    expect(wanted.length).toBeGreaterThan(1000);
    expect(stored()).toEqual(wanted);
    await expect(append(1000)).rejects.toThrow(StoreReadOnly);
    expect(logged).toEqual([expect.stringMatching(/^error: the data folder .* cannot be written/)]);

    rmSync(ballast);
    await append(2000);
    expect(stored()).toEqual(wanted);
    expect(logged[1]).toMatch(/^info: the data folder .* can be written again/);
  } finally {
    await store.close();
    disk.remove();
  }
});

/** Histograms with start times and an exemplar each, beside numbers: what a scrape of one second brings. */
function richBatch(startMs: number, second: number): SampleBatch {
  const count = 200;
  const timesMs = Array.from({ length: count }, (_, i) => startMs + second * 1000 + i);
  const batch = batchOf([
    ...timesMs.map((timeMs): TestSample => ['h', timeMs, 0]),
    ...timesMs.map((timeMs, i): TestSample => ['m', timeMs, Math.sqrt(i)]),
  ]);
  const histogram = (i: number): NativeHistogram =>
    histogramOf({ buckets: Array.from({ length: 20 }, (_, k) => (second + 1) * ((i * 7919 + k * 104_729) % 5_003)) });
  return {
    ...batch,
    histograms: new Map(timesMs.map((_, i) => [i, histogram(i)])),
    startsMs: Float64Array.from(batch.timestampsMs, (timeMs, i) => (i % 3 === 0 ? Number.NaN : timeMs - 1000)),
    exemplars: timesMs.map((timestampMs, i) => ({
      seriesIndex: 0,
      exemplar: { labels: Labels.from({ trace_id: `${second}-${i}`.padEnd(110, 'x') }), value: i, timestampMs },
    })),
  };
}

/** All that a store has: by series the samples with their histograms and start times, and the exemplars. */
async function contentsOf(store: LocalStore) {
  const series = new Map<string, unknown[]>();
  for (const { labels, length, timestampsMs, values, histograms, startsMs } of store.source.select({
    matchers: [],
    fromMs: -Infinity,
    toMs: Infinity,
  })) {
    const samples = Array.from({ length }, (_, i) => [
      timestampsMs[i],
      histograms?.[i] ?? values[i],
      startsMs?.[i] ?? Number.NaN,
    ]);
    series.set(labels.key, samples);
  }
  const exemplars = await store.exemplars({ selectors: [], fromMs: -Infinity, toMs: Infinity, limit: 0 });
  return { series, exemplars: exemplars.map((one) => [one.labels.key, one.exemplars]) };
}

test('a full disk loses and doubles no histogram, start time or exemplar: what failed is taken when it is sent again', async (context) => {
  const disk = mountSmall();
  if (typeof disk === 'string') return context.skip(disk);
  const other = tempFolder();
  const options = { retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 100 };
  let store = LocalStore.open({ ...options, folder: disk.folder });
  // What has never been near a full disk.
  const wanted = LocalStore.open({ ...options, folder: other.folder });
  const ballast = join(disk.folder, 'ballast');
  const startMs = Date.now() - 3_600_000;
  try {
    writeFileSync(ballast, new Uint8Array(1_500_000));
    let second = 0;
    const failure = await (async () => {
      for (; ; second++) {
        const batch = richBatch(startMs, second);
        expect((await store.append(batch)).rejected).toEqual([]);
        await wanted.append(batch);
        if (second === 3) await Promise.all([store.flush(), wanted.flush()]);
      }
    })().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreReadOnly);
    expect(second).toBeGreaterThan(3);
    // All that writes fails, and changes nothing.
    await expect(store.append(richBatch(startMs, second))).rejects.toThrow(StoreReadOnly);
    writeFileSync(join(disk.folder, 'rest'), '');
    fill(join(disk.folder, 'rest'));
    const alone = await (async () => {
      for (let more = second + 1; ; more++) {
        const batch = exemplarsOf(richBatch(startMs, more));
        await store.append(batch);
        await wanted.append(batch);
      }
    })().catch((error: unknown) => error);
    expect(alone).toBeInstanceOf(StoreReadOnly);
    await store.flush().catch(() => undefined);
    await store.runUpkeep(true);
    expect(await contentsOf(store)).toEqual(await contentsOf(wanted));

    rmSync(ballast);
    rmSync(join(disk.folder, 'rest'));
    // The first of them was stored, and is as it was.
    for (let again = second - 1; again < second + 2; again++) {
      const batch = richBatch(startMs, again);
      expect((await store.append(batch)).rejected).toEqual([]);
      await wanted.append(batch);
    }
    expect(await contentsOf(store)).toEqual(await contentsOf(wanted));
    await store.flush();
    await store.close();
    store = LocalStore.open({ ...options, folder: disk.folder });
    expect(await contentsOf(store)).toEqual(await contentsOf(wanted));
  } finally {
    await store.close();
    await wanted.close();
    disk.remove();
    other.remove();
  }
});

/** The same without samples. */
function exemplarsOf({ seriesKeys, exemplars }: SampleBatch): SampleBatch {
  return {
    seriesKeys,
    exemplars,
    seriesIndex: new Uint32Array(),
    timestampsMs: new Float64Array(),
    values: new Float64Array(),
  };
}

/** Writes until the disk has no byte left. */
function fill(file: string): void {
  for (const bytes of [65_536, 4096]) {
    try {
      for (;;) appendFileSync(file, new Uint8Array(bytes));
    } catch {
      // That is what was wanted.
    }
  }
}

test('a disk that is read-only refuses the start with a sentence that names the way out', async (context) => {
  const disk = mountSmall();
  if (typeof disk === 'string') return context.skip(disk);
  const options = { folder: disk.folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 100 };
  const remount = (how: string): unknown => execFileSync('mount', ['-o', `remount,${how}`, disk.folder], { stdio: 'pipe' });
  try {
    const store = LocalStore.open(options);
    await store.append(richBatch(1_700_000_000_000, 0));
    const written = await contentsOf(store);
    expect(written.exemplars).toHaveLength(1);
    await store.close();
    remount('ro');
    expect(() => LocalStore.open(options)).toThrow(StoreOpenError);
    expect(() => LocalStore.open(options)).toThrow(/cannot be .*(read-only|write|writable)/);
    remount('rw');
    const again = LocalStore.open(options);
    expect(await contentsOf(again)).toEqual(written);
    await again.close();
  } finally {
    disk.remove();
  }
});
