import { evaluate } from '../evaluate/evaluate.ts';
import { runCorpus, sum } from './conformance.ts';
import type { Count, FileReport } from './conformance.ts';
import { hasCorpus } from './corpus.ts';

/**
 * `node packages/promql/src/promqltest/report.ts [all]`: how Prometheus' own test scripts fare, a line per file, then why
 * plain cases (with "all": any case) fail.
 */
const COLUMNS = ['plain', 'strictPlain', 'all', 'strict', 'pinned', 'middleStep'] as const;
const WIDTH = 12;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function row(name: string, counts: readonly Count[]): string {
  return name.padEnd(24) + counts.map(({ passed, total }) => `${passed}/${total}`.padStart(WIDTH)).join('');
}

function printReport(reports: readonly FileReport[], everything: boolean): void {
  print('file'.padEnd(24) + COLUMNS.map((column) => column.padStart(WIDTH)).join(''));
  for (const report of reports) {
    print(
      row(
        report.file,
        COLUMNS.map((column) => report[column]),
      ),
    );
  }
  print(
    row(
      'total',
      COLUMNS.map((column) => sum(reports.map((report) => report[column]))),
    ),
  );
  for (const { file, cases } of reports) {
    for (const { line, expr, plain, failure, rerunFailure } of cases) {
      if (!plain && !everything) continue;
      if (failure !== undefined) print(`\n${file}:${line} ${expr}\n  ${failure}`);
      else if (rerunFailure !== undefined) print(`\n${file}:${line} ${expr}\n  again: ${rerunFailure}`);
    }
  }
}

if (hasCorpus) printReport(await runCorpus(evaluate), process.argv.includes('all'));
else print('The corpus is not on this machine (see VITRINE_CORPUS): nothing was run.');
