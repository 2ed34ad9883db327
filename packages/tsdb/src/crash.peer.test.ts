import { describe, test } from 'vitest';
import { surviveKills } from './crashes.ts';

// Each store takes many kills after each other, and starts anew before reading all of it takes most of the time.
const STORES = 10;
const KILLS = 20;

describe(`all that was acknowledged survives ${STORES * KILLS} kills at random moments, bit for bit`, () => {
  test.each([...Array(STORES).keys()])(`${KILLS} kills, store %i`, { timeout: 600_000 }, () => surviveKills(KILLS));
});
