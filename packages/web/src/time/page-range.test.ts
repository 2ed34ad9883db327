import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { byThePixel, createPageRange, slide } from './page-range.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_000_000_000);
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => setTimeout(callback, 16));
  vi.stubGlobal('cancelAnimationFrame', clearTimeout);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const open = (from: string, to: string) => createPageRange({ from, to }, 'UTC', Date.now);

test('a range that ends at the clock follows it, and says so', () => {
  const range = open('now-5m', 'now');
  let told = 0;
  range.subscribe(() => (told += 1));
  const stop = slide(range);
  vi.advanceTimersByTime(10_000);
  expect(range.get().toMs - 1_000_000_000).toBeGreaterThan(9_700);
  expect(range.get().toMs - range.get().fromMs).toBe(300_000);
  expect(told).toBeGreaterThan(40);
  stop();
  const last = range.get();
  vi.advanceTimersByTime(10_000);
  expect(range.get()).toBe(last);
});

test.each([
  ['2026-01-02', '2026-01-03'],
  ['now-1d/d', 'now-1d/d'],
])('%s to %s stands still', (from, to) => {
  const range = open(from, to);
  const before = range.get();
  slide(range);
  vi.advanceTimersByTime(60_000);
  expect(range.get()).toBe(before);
});

test('what is shown and what is meant just now differ until it is renewed', () => {
  const range = open('now-5m', 'now');
  vi.advanceTimersByTime(1_000);
  expect(range.get().toMs).toBe(1_000_000_000);
  expect(range.read().toMs).toBe(1_000_001_000);
  range.renew();
  expect(range.get().toMs).toBe(1_000_001_000);
});

test('a narrow chart is drawn anew only for a whole pixel', () => {
  const range = open('now-5m', 'now');
  const shown = byThePixel(range, 300);
  const first = shown();
  vi.advanceTimersByTime(999);
  range.renew();
  expect(shown()).toBe(first);
  vi.advanceTimersByTime(1);
  range.renew();
  expect(shown().toMs).toBe(1_000_001_000);
});
