import { listedCases, readCorpus } from './corpus.ts';
import { runScript } from './run-script.ts';
import type { CaseReport, Evaluate } from './run-script.ts';

export interface Count {
  readonly passed: number;
  readonly total: number;
}

/** How one script of Prometheus' suite fares. */
export interface FileReport {
  readonly file: string;
  /** Cases that need neither native histograms nor anything experimental. */
  readonly plain: Count;
  readonly all: Count;
  readonly pinned: Count;
  readonly middleStep: Count;
  /** Cases that pass as written and in every re-run, as upstream counts. */
  readonly strict: Count;
  /** The same among the plain ones. */
  readonly strictPlain: Count;
  readonly cases: readonly (CaseReport & { readonly plain: boolean })[];
}

/** Runs every script of the corpus. */
export async function runCorpus(evaluate: Evaluate): Promise<readonly FileReport[]> {
  const listed = listedCases();
  const plain = new Set(listed.filter((one) => one.plain).map(({ file, line }) => `${file}:${line}`));
  const reports: FileReport[] = [];
  for (const file of [...new Set(listed.map((one) => one.file))].toSorted()) {
    const cases = (await runScript(readCorpus(`promqltest/${file}`), evaluate)).map((report) => ({
      ...report,
      plain: plain.has(`${file}:${report.line}`),
    }));
    const ofPlain = cases.filter((one) => one.plain);
    reports.push({
      file,
      plain: count(ofPlain, (one) => one.failure === undefined),
      all: count(cases, (one) => one.failure === undefined),
      pinned: sum(cases.map((one) => one.pinned)),
      middleStep: sum(cases.map((one) => one.middleStep)),
      strict: count(cases, (one) => one.failure === undefined && one.rerunFailure === undefined),
      strictPlain: count(ofPlain, (one) => one.failure === undefined && one.rerunFailure === undefined),
      cases,
    });
  }
  return reports;
}

export function sum(counts: readonly Count[]): Count {
  return counts.reduce((a, b) => ({ passed: a.passed + b.passed, total: a.total + b.total }), { passed: 0, total: 0 });
}

function count<T>(items: readonly T[], passes: (item: T) => boolean): Count {
  return { passed: items.filter(passes).length, total: items.length };
}
