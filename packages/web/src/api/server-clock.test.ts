import { expect, test } from 'vitest';
import { createServerClock } from './server-clock.ts';

test.each([
  ['a server an hour ahead', 3_600_000 + 1_020, 1_000, 1_040, 3_600_000],
  ['a server a minute behind', 1_020 - 60_000, 1_000, 1_040, -60_000],
  ['the same clock, within what the way there and back can tell', 1_050, 1_000, 1_040, 0],
])('%s', (_, serverMs, askedMs, answeredMs, aheadMs) => {
  const clock = createServerClock(() => 5_000);
  clock.set(serverMs, askedMs, answeredMs);
  expect(clock.now()).toBe(5_000 + aheadMs);
});
