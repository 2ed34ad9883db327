import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Soaked } from './soak-program.ts';
import { tempFolder } from './store-for-tests.ts';

/** A whole day with VITRINE_LONG=1: that takes some minutes. */
const HOURS = process.env['VITRINE_LONG'] === '1' ? 24 : 12;
/** Retention drops the first samples after three hours; from then on as much goes as comes. */
const WARM_HOURS = 8;
const PROGRAM = fileURLToPath(new URL('./soak-program.ts', import.meta.url));

test(
  `${HOURS} hours of scrapes with coming and going series leave memory, files and disk as they are`,
  { timeout: 1_200_000 },
  async () => {
    const { folder, remove } = tempFolder();
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM, folder, String(HOURS)]);
      const hours = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Soaked);
      const warm = hours.slice(WARM_HOURS / 2, WARM_HOURS);
      const end = hours.slice(-WARM_HOURS / 2);
      const most = (some: readonly Soaked[], what: keyof Soaked): number => Math.max(...some.map((one) => one[what]));
      expect(hours).toHaveLength(HOURS);
      expect(most(end, 'series')).toBeLessThanOrEqual(most(warm, 'series') * 1.05);
      expect(most(end, 'heapBytes')).toBeLessThan(most(warm, 'heapBytes') * 1.15);
      expect(most(end, 'residentBytes')).toBeLessThan(most(warm, 'residentBytes') * 1.3);
      expect(most(end, 'diskBytes')).toBeLessThan(most(warm, 'diskBytes') * 1.3);
      expect(most(end, 'openFiles')).toBeLessThanOrEqual(most(warm, 'openFiles'));
    } finally {
      remove();
    }
  },
);
