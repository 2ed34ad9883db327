import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PluginProcesses } from './plugin-processes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;

function started(count: number) {
  const stopped: number[] = [];
  const processes = new PluginProcesses();
  const all = Array.from({ length: count }, (_, index) => ({
    busy: 0,
    isOver: false,
    stop: async () => void stopped.push(index),
  }));
  for (const one of all) processes.add(one);
  return { stopped, processes, all };
}

test('a process that nobody asks for 5 minutes is ended', () => {
  const { stopped, processes, all } = started(2);
  vi.advanceTimersByTime(4 * MINUTE);
  processes.used(all[1]!);
  vi.advanceTimersByTime(2 * MINUTE);
  expect(stopped).toEqual([0]);
  vi.advanceTimersByTime(3 * MINUTE);
  expect(stopped).toEqual([0, 1]);
});

test('one that is asked something for long is not', () => {
  const { stopped, all } = started(1);
  all[0]!.busy = 1;
  vi.advanceTimersByTime(12 * MINUTE);
  expect(stopped).toEqual([]);
  all[0]!.busy = 0;
  vi.advanceTimersByTime(5 * MINUTE);
  expect(stopped).toEqual([0]);
});

test('past 16 those that nobody has asked for the longest time are ended', () => {
  const { stopped, processes, all } = started(16);
  processes.used(all[0]!);
  processes.add({ busy: 0, isOver: false, stop: async () => {} });
  expect(stopped).toEqual([1]);
});

test('when the server stops all are ended', async () => {
  const { stopped, processes } = started(3);
  await processes.stop();
  expect(stopped).toEqual([0, 1, 2]);
  vi.advanceTimersByTime(10 * MINUTE);
  expect(stopped).toHaveLength(3);
});
