import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onceAFrame } from './once-a-frame.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what comes within a frame is done together and in its order, and what comes of it in the next', () => {
  const done: string[] = [];
  const frames: (() => void)[] = [];
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
  vi.stubGlobal('cancelAnimationFrame', () => {});
  const schedule = onceAFrame();
  schedule(() => {
    done.push('a');
    schedule(() => done.push('c'));
  });
  schedule(() => done.push('b'));
  expect(done).toEqual([]);
  frames.shift()!();
  expect(done).toEqual(['a', 'b']);
  frames.shift()!();
  expect(done).toEqual(['a', 'b', 'c']);
  vi.unstubAllGlobals();
});

test('a hidden page, which gets no frames, is told all the same', () => {
  vi.stubGlobal('requestAnimationFrame', () => 0);
  vi.stubGlobal('cancelAnimationFrame', () => {});
  const work = vi.fn();
  onceAFrame()(work);
  vi.advanceTimersByTime(1_000);
  expect(work).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});

test('one that fails keeps none of the others waiting', () => {
  const frames: (() => void)[] = [];
  const reported = vi.fn();
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
  vi.stubGlobal('cancelAnimationFrame', () => {});
  vi.stubGlobal('reportError', reported);
  const schedule = onceAFrame();
  const failure = new Error('no');
  const other = vi.fn();
  schedule(() => {
    throw failure;
  });
  schedule(other);
  frames.shift()!();
  expect(other).toHaveBeenCalledOnce();
  expect(reported).toHaveBeenCalledWith(failure);
  vi.unstubAllGlobals();
});
