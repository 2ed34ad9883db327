import { Labels } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { afterEach, describe, expect, test, vi } from 'vitest';
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

describe('once answers take too much', () => {
  const GONE = 'the answer is not being written any more';
  const share = shares[0]!;
  const sized = new Writings(UNTOUCHED_MS, 1e12);
  sized.add('one', share);
  const answerBytes = sized.bytes;
  sized.next('one');
  const readBytes = sized.bytes;
  sized.drop('one');

  test('what they take is counted', () => {
    expect(answerBytes).toBeGreaterThan(series.length * timesMs.byteLength);
    expect(readBytes).toBeGreaterThan(answerBytes);
    expect(sized.bytes).toBe(0);
  });

  test('those that nobody reads make room for others, the longest unread first', () => {
    vi.useFakeTimers();
    // Room for two, and a little more.
    const bounded = new Writings(UNTOUCHED_MS, answerBytes * 2.5);
    bounded.add('longest unread', share);
    bounded.add('unread', share);
    vi.advanceTimersByTime(20_000);
    bounded.add('new', share);
    expect(bounded.size).toBe(2);
    expect(() => bounded.next('longest unread')).toThrow(GONE);
    expect(bounded.next('unread').bytes).toBeGreaterThan(1_000);
  });

  test('those that are read go on, however slowly, and new ones are refused until there is room', () => {
    vi.useFakeTimers();
    const bounded = new Writings(UNTOUCHED_MS, answerBytes * 2.5);
    bounded.add('slow', share);
    bounded.add('fast', share);
    for (let block = 0; block < blocks; block++) {
      for (const writing of ['slow', 'fast']) expect(bounded.next(writing).bytes).toBeGreaterThan(1_000);
      if (block === 0) expect(() => bounded.add('new', share)).toThrow(/^Answers that are being read take \d+ MB/);
      vi.advanceTimersByTime(10_000);
    }
    expect(bounded.size).toBe(2);
    bounded.drop('fast');
    bounded.add('new', share);
    expect(bounded.size).toBe(2);
  });

  test('one that takes more than all may is taken alone', () => {
    vi.useFakeTimers();
    const tight = new Writings(UNTOUCHED_MS, answerBytes / 2);
    tight.add('first', share);
    expect(() => tight.add('second', share)).toThrow(QueryError);
    for (let block = 0; block < blocks; block++) tight.next('first');
    tight.drop('first');
    tight.add('second', share);
    vi.advanceTimersByTime(20_000);
    tight.add('third', share);
    expect(() => tight.next('second')).toThrow(GONE);
    tight.drop('third');
    expect([tight.size, tight.bytes]).toEqual([0, 0]);
  });
});
