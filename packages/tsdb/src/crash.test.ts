import { test } from 'vitest';
import { surviveKills } from './crashes.ts';

const KILLS = 14;

test(`all that was acknowledged survives ${KILLS} kills at random moments, bit for bit`, { timeout: 180_000 }, () =>
  surviveKills(KILLS),
);
