import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPacedAsk } from './paced-ask.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function paced() {
  let asked = 0;
  const pace = createPacedAsk(() => Date.now());
  const set = (state: { may?: boolean; busy?: boolean }): void =>
    pace.update({ may: true, busy: false, spacingMs: 250, ...state, ask: () => (asked += 1) });
  const run = (ms: number): number => {
    vi.advanceTimersByTime(ms);
    return asked;
  };
  set({});
  return { pace, set, run };
}

test('the first is asked at once, the next no sooner than its spacing', () => {
  const { pace, run } = paced();
  pace.want(false);
  expect(run(0)).toBe(1);
  pace.want(false);
  pace.want(false);
  expect(run(249)).toBe(1);
  expect(run(1)).toBe(2);
  expect(run(10_000)).toBe(2);
});

test('what comes while it is busy is asked once it is not', () => {
  const { pace, set, run } = paced();
  set({ busy: true });
  pace.want(false);
  expect(run(5_000)).toBe(0);
  set({ busy: false });
  expect(run(0)).toBe(1);
});

test('out of view it waits for the view', () => {
  const { pace, set, run } = paced();
  set({ may: false });
  pace.want(false);
  expect(run(5_000)).toBe(0);
  set({ may: true });
  expect(run(0)).toBe(1);
});

test('a wish for all of it is not lost to one for the new part, and counts once', () => {
  const { pace } = paced();
  pace.want(true);
  pace.want(false);
  expect(pace.takeWhole()).toBe(true);
  expect(pace.takeWhole()).toBe(false);
});
