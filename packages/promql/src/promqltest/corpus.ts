import { existsSync, readFileSync } from 'node:fs';

const ROOT = process.env['VITRINE_CORPUS'] ?? new URL('../../../../../shared/corpus', import.meta.url).pathname;

/** Whether the third-party test data is on this machine: it is not part of the project. */
export const hasCorpus = existsSync(`${ROOT}/promqltest/cases.jsonl`);

/** A file of the corpus, by its path in it. */
export function readCorpus(path: string): string {
  return readFileSync(`${ROOT}/${path}`, 'utf8');
}

/** One case of the scripts, as the corpus lists it. */
export interface ListedCase {
  readonly file: string;
  readonly line: number;
  /** Needs neither native histograms nor anything experimental. */
  readonly plain: boolean;
}

export function listedCases(): readonly ListedCase[] {
  return readCorpus('promqltest/cases.jsonl')
    .trim()
    .split('\n')
    .map((text) => {
      const { file, line, flags } = JSON.parse(text) as { file: string; line: number; flags: readonly string[] };
      // "anno" only says that the case looks at warnings.
      return { file, line, plain: flags.every((flag) => flag === 'anno') };
    });
}
