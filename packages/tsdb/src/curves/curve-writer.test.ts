import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CurveWriter } from './curve-writer.ts';

/** Past this the log is packed where it is short as well. */
const MINUTES_MS = 120_000;

test('the writer keeps the curves at hand that grow, not all that there are', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-curves-'));
  const writer = CurveWriter.open(folder, () => undefined);
  onTestFinished(() => {
    writer.close();
    rmSync(folder, { recursive: true });
    vi.useRealTimers();
  });
  /** A point for each of a run's 100 curves; then a while later, with the thread's upkeep. */
  const log = (run: string): number => {
    const curves = Array.from({ length: 100 }, (_, at) => ({ run, metric: `m${at}` }));
    const columns = Float64Array.from(curves.keys());
    writer.commit([{ curves, curveIndex: Uint32Array.from(curves.keys()), steps: columns, timesMs: columns, values: columns }]);
    return rest();
  };
  const rest = (): number => {
    vi.setSystemTime(Date.now() + MINUTES_MS);
    if (writer.isDue()) writer.flush();
    return writer.stats().openCurves;
  };
  expect(['a', 'b', 'c', 'd'].map(log)).toEqual([100, 100, 100, 100]);
  // Nothing is logged any more.
  expect(rest()).toBe(0);
  expect(writer.isDue()).toBe(false);
  // A curve that grows again goes on.
  expect(log('a')).toBe(100);
});
