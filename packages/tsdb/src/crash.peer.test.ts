import { describe, test } from 'vitest';
import { surviveKills } from './crashes.ts';

// Each store takes many kills after each other, and starts anew before reading all of it takes most of the time.
// 200 kills with VITRINE_LONG=1: that takes some minutes.
const STORES = process.env['VITRINE_LONG'] === '1' ? 10 : 2;
const KILLS = 20;

describe(`all that was acknowledged survives ${STORES * KILLS} kills at random moments, bit for bit`, () => {
  test.each([...Array(STORES).keys()])(`${KILLS} kills, store %i`, { timeout: 600_000 }, () => surviveKills(KILLS));
});
