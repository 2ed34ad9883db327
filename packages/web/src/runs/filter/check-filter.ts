import { FilterError } from '@vitrine/compute/run-filter/filter-error.ts';
import { parseRunFilter } from '@vitrine/compute/run-filter/parse-run-filter.ts';
import type { FilterProblem } from './filter-field.tsx';

/** What is wrong with a filter, as the server will say it; undefined where it can be read. */
export function checkFilter(text: string): FilterProblem | undefined {
  try {
    parseRunFilter(text, { nowMs: 0 });
    return undefined;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { problem, from, to } = error;
    return { message: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`, from, to };
  }
}
