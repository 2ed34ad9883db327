import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DETECTOR_IDS } from '@vitrine/compute/detect/detector.ts';
import { expect, test } from 'vitest';
import { ROOT } from '../../self/version.ts';
import { withTables } from './health-tables.ts';
import { readLabelledRuns } from './labelled-runs.ts';

test('docs/training-health.md says what the detectors say of the labelled runs; node scripts/training-health.mjs writes it anew', () => {
  const page = readFileSync(join(ROOT, 'docs/training-health.md'), 'utf8');
  expect(page).toBe(withTables(page));
});

test('the labels name detectors, healthy runs have none, and both halves have runs of every kind', () => {
  const runs = readLabelledRuns();
  expect(runs.length).toBeGreaterThan(100);
  const known: readonly string[] = DETECTOR_IDS;
  for (const { name, family, sick, unsure } of runs) {
    expect([name, [...sick, ...unsure].filter((id) => !known.includes(id))]).toEqual([name, []]);
    expect([name, sick.filter((id) => unsure.includes(id))]).toEqual([name, []]);
    expect([name, family === 'healthy']).toEqual([name, sick.length === 0]);
  }
  const families = (split: string): string[] =>
    [...new Set(runs.filter((run) => run.split === split).map(({ family }) => family))].sort();
  expect(families('tune')).toEqual(families('test'));
});
