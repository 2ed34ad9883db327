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

test('answers that nobody reads make room for others once they take too much, the longest unread first', () => {
  const share = shares[0]!;
  const writings = new Writings(UNTOUCHED_MS, 1e12);
  writings.add('one', share);
  const answerBytes = writings.bytes;
  writings.next('one');
  const readBytes = writings.bytes;
  expect(answerBytes).toBeGreaterThan(series.length * timesMs.byteLength);
  expect(readBytes).toBeGreaterThan(answerBytes);
  writings.drop('one');
  expect(writings.bytes).toBe(0);

  // Room for two, and a little more.
  const bounded = new Writings(UNTOUCHED_MS, answerBytes * 2.5);
  bounded.add('unread', share);
  bounded.add('read', share);
  bounded.next('unread');
  bounded.next('read');
  bounded.next('unread');
  bounded.add('new', share);
  expect(bounded.size).toBe(2);
  expect(() => bounded.next('read')).toThrow('the answer is not being written any more');
  for (let block = 2; block < blocks; block++) bounded.next('unread');
  // What is left of it is its last blocks: there is room for another.
  bounded.add('another', share);
  expect(bounded.size).toBe(3);

  // One that takes more than all may is taken alone.
  const tight = new Writings(UNTOUCHED_MS, answerBytes / 2);
  tight.add('first', share);
  tight.add('second', share);
  for (let block = 0; block < blocks; block++) tight.next('second');
  expect(() => tight.next('first')).toThrow('the answer is not being written any more');
  tight.drop('second');
  expect([tight.size, tight.bytes]).toEqual([0, 0]);
});
