import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StoreReadOnly } from '@vitrine/model/sample-store.ts';
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

test('a disk that is read-only refuses the start with a sentence that names the way out', async (context) => {
  const disk = mountSmall();
  if (typeof disk === 'string') return context.skip(disk);
  const options = { folder: disk.folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 100 };
  const remount = (how: string): unknown => execFileSync('mount', ['-o', `remount,${how}`, disk.folder], { stdio: 'pipe' });
  try {
    const store = LocalStore.open(options);
    await store.append(batchOf([['m', 1_700_000_000_000, 1]]));
    await store.close();
    remount('ro');
    expect(() => LocalStore.open(options)).toThrow(StoreOpenError);
    expect(() => LocalStore.open(options)).toThrow(/cannot be .*(read-only|write|writable)/);
    remount('rw');
    const again = LocalStore.open(options);
    expect(readAll(again.source, []).get(keyOf('m'))).toHaveLength(1);
    await again.close();
  } finally {
    disk.remove();
  }
});
