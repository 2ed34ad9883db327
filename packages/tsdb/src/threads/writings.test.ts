import { Labels } from '@vitrine/model/labels.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { dealOut, Writings } from './writings.ts';

const UNTOUCHED_MS = 60_000;

afterEach(() => void vi.useRealTimers());

const timesMs = Float64Array.of(0, 1_000);
const series = Array.from({ length: 20_000 }, (_, i) => ({
  labels: Labels.from({ __name__: 'x', i: String(i) }),
  values: Float64Array.of(i, 1),
  present: undefined,
}));
const { shares, blocks } = dealOut(series, timesMs, 1);

test('an answer is held until it is dropped, or nobody has asked for more of it for long', () => {
  vi.useFakeTimers();
  const writings = new Writings(UNTOUCHED_MS);
  writings.add('dropped', shares[0]!);
  writings.add('taken slowly', shares[0]!);
  writings.add('forgotten', shares[0]!);
  const first = writings.next('dropped');
  expect(first.bytes).toBeGreaterThan(1_000);
  writings.drop('dropped');
  expect(writings.size).toBe(2);
  for (let block = 0; block < blocks; block++) {
    vi.advanceTimersByTime(UNTOUCHED_MS * 0.9);
    expect(writings.next('taken slowly').bytes).toBeGreaterThan(1_000);
  }
  expect(writings.size).toBe(1);
  expect(() => writings.next('forgotten')).toThrow('the answer is not being written any more');
  vi.advanceTimersByTime(UNTOUCHED_MS * 2);
  expect([writings.size, vi.getTimerCount()]).toEqual([0, 0]);
});
