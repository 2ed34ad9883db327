import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readLiveGrowth } from '../dashboard/live-growth.ts';
import { openLiveFeed } from './live-feed.ts';
import type { NoticeSource } from './live-feed.ts';

class FakeSource implements NoticeSource {
  readonly listeners = new Map<string, (event: { data?: string }) => void>();
  closed = false;
  addEventListener(type: string, listener: (event: { data?: string }) => void): void {
    this.listeners.set(type, listener);
  }
  emit(type: string, data?: string): void {
    this.listeners.get(type)?.(data === undefined ? {} : { data });
  }
  close(): void {
    this.closed = true;
  }
}

function open() {
  const sources: FakeSource[] = [];
  const told: string[] = [];
  const close = openLiveFeed({
    url: '/api/live?dashboard=d',
    event: 'growth',
    read: readLiveGrowth,
    onNotice: ({ panels }) => told.push(`grown ${panels.join(',')}`),
    onStatus: ({ kind }) => told.push(kind),
    onReturn: () => told.push('returned'),
    open: () => {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
  });
  return { sources, told, close, last: () => sources.at(-1) as FakeSource };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('tells of growth, and of what was missed while the line was down', () => {
  const { told, last, close } = open();
  last().emit('open');
  last().emit('growth', '{"panels":[1,2],"toMs":5}');
  last().emit('error');
  vi.advanceTimersByTime(1_000);
  last().emit('open');
  close();
  expect(told).toEqual(['connecting', 'live', 'grown 1,2', 'lost', 'live', 'returned', 'off']);
});

test('waits longer each time, and at most about 15 s', () => {
  const { sources, last } = open();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    const before = sources.length;
    last().emit('error');
    let waited = 0;
    while (sources.length === before) {
      vi.advanceTimersByTime(100);
      waited += 100;
    }
    waits.push(waited);
  }
  expect(waits[0]).toBeLessThan(1_000);
  expect(waits[3]).toBeGreaterThan(2_500);
  expect(Math.max(...waits)).toBeLessThan(20_000);
});

test('a closed feed says no more and opens nothing', () => {
  const { sources, told, last, close } = open();
  last().emit('error');
  close();
  vi.advanceTimersByTime(60_000);
  last().emit('growth', '{"panels":[1],"toMs":5}');
  expect(sources).toHaveLength(1);
  expect(told.at(-1)).toBe('off');
});

test.each(['', 'no JSON', '{}', '{"panels":7,"toMs":1}', '{"panels":[1]}', 'null'])(
  'a notice that can’t be read is let go: %s',
  (data) => {
    const { told, last } = open();
    last().emit('growth', data);
    expect(told).toEqual(['connecting']);
  },
);
