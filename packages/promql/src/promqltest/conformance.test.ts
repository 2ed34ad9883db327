import { expect, test } from 'vitest';
import { evaluate } from '../evaluate/evaluate.ts';
import { runCorpus, sum } from './conformance.ts';
import type { FileReport } from './conformance.ts';
import { hasCorpus } from './corpus.ts';

/** What is reached; these only rise. `node packages/promql/src/promqltest/report.ts` says what fails and why. */
const FLOOR = { plain: 949, strictPlain: 949, all: 2214, strict: 2214, pinned: 8719, middleStep: 10229 } as const;

test.skipIf(!hasCorpus)(
  'Prometheus 3.14 test scripts pass as often as before [needs ../shared/corpus]',
  { timeout: 120_000 },
  async () => {
    const reports = await runCorpus(evaluate);
    const passed = (column: keyof typeof FLOOR): number => sum(reports.map((report) => report[column])).passed;
    expect(sum(reports.map((report) => report.plain)).total).toBe(949);
    for (const [column, floor] of Object.entries(FLOOR)) {
      expect(passed(column as keyof typeof FLOOR), failures(reports)).toBeGreaterThanOrEqual(floor);
    }
  },
);

function failures(reports: readonly FileReport[]): string {
  return reports
    .flatMap(({ file, cases }) =>
      cases
        .filter(({ plain, failure, rerunFailure }) => plain && (failure !== undefined || rerunFailure !== undefined))
        .map(({ line, expr, failure, rerunFailure }) => `${file}:${line} ${expr}: ${failure ?? rerunFailure}`),
    )
    .join('\n');
}
