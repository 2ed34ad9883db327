import { judgeRun } from '@vitrine/compute/detect/judge-run.ts';
import { detectorSettings } from '@vitrine/compute/detect/thresholds.ts';
import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolder } from '../../testing/corpus-folder.ts';

const FOLDER = corpusFolder('tensorboard/algoperf');
/** Looked at that often while they train. */
const LOOKS = 10;

/** What was logged, from the CSV files beside the event files; times are not compared. */
function readRun(folder: string): ReadonlyMap<string, CurvePoints> {
  const curves = new Map<string, CurvePoints>();
  for (const name of ['eval_measurements.csv', 'measurements.csv']) {
    if (!existsSync(join(folder, name))) continue;
    const [head = [], ...rows] = readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const stepAt = head.indexOf('global_step');
    for (const [column, metric] of head.entries()) {
      const told = rows.filter((row) => (row[column] ?? '') !== '');
      if (told.length <= (curves.get(metric)?.length ?? 0)) continue;
      const steps = Float64Array.from(told, (row) => Number(row[stepAt]));
      const values = Float64Array.from(told, (row) => Number(row[column]));
      curves.set(metric, { length: told.length, steps, timesMs: steps, values, epochs: undefined });
    }
  }
  return curves;
}

test.skipIf(FOLDER === undefined)(
  'of large healthy trainings only notices of a plateau and one burst of gradients are told',
  () => {
    const folders = readdirSync(FOLDER!, { recursive: true, withFileTypes: true })
      .filter(({ name }) => name === 'eval_measurements.csv')
      .map(({ parentPath }) => parentPath);
    expect(folders).toHaveLength(15);
    const told: string[] = [];
    for (const folder of folders) {
      const curves = readRun(folder);
      const found = new Set<string>();
      for (let look = 1; look <= LOOKS; look++) {
        const seen = new Map(
          [...curves].map(([metric, { length, steps, timesMs, values }]) => {
            const end = Math.ceil((length * look) / LOOKS);
            const part = { steps: steps.subarray(0, end), timesMs: timesMs.subarray(0, end), values: values.subarray(0, end) };
            return [metric, { length: end, ...part, epochs: undefined }];
          }),
        );
        for (const { detector, severity } of judgeRun(
          { curves: seen, params: {}, running: false, nowMs: 0 },
          detectorSettings({}),
        )) {
          found.add(`${detector} ${severity}`);
        }
      }
      told.push(...found);
    }
    // As docs/training-health.md says.
    expect(
      Object.fromEntries(
        Map.groupBy(told, (one) => one)
          .entries()
          .map(([one, all]) => [one, all.length]),
      ),
    ).toEqual({
      'plateau info': 7,
      'exploding warning': 1,
    });
  },
);
