import { afterEach, expect, test, vi } from 'vitest';
import { SeriesRefs } from './series-refs.ts';

afterEach(() => void vi.useRealTimers());

test("a dropped series' ref is given again when neither the log nor a query may know it", () => {
  vi.useFakeTimers();
  const refs = new SeriesRefs();
  const [first, second] = [refs.take(), refs.take()];
  refs.rest(first, 7);
  refs.cut(7);
  // A query that was told of the series a moment ago may read its chunks still.
  expect(refs.take()).toBe(2);
  vi.advanceTimersByTime(600_000);
  refs.rest(second, 9);
  refs.cut(8);
  expect([refs.take(), refs.take()]).toEqual([first, 3]);
  vi.advanceTimersByTime(600_000);
  refs.cut(8);
  expect(refs.take()).toBe(4);
  refs.cut(9);
  expect(refs.take()).toBe(second);
});
