import { parseRunField } from '@vitrine/compute/run-filter/parse-run-filter.ts';
import type { RunField } from '@vitrine/compute/run-filter/run-field.ts';
import { runFieldValue } from '@vitrine/compute/run-filter/run-matcher.ts';
import { readNumber } from '@vitrine/compute/run-filter/run-values.ts';
import type { FilterValuesAnswer, FilterValuesRequest } from '@vitrine/model/run-api.ts';
import type { Run } from '@vitrine/model/run.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import { runsOf } from './run-table.ts';

/** What can stand behind a field in a filter. Throws BadRequest for a field that cannot be read. */
export async function filterValues(request: FilterValuesRequest, runs: OwnRuns): Promise<FilterValuesAnswer> {
  const { projects = [], deleted = false, limit } = request;
  const field = parseRunField(request.field);
  const text = request.text.toLowerCase();
  const names = new Set(projects);
  const counts = new Map<string, number>();
  for (const run of await runsOf(runs, deleted)) {
    if (names.size > 0 && !names.has(run.project)) continue;
    for (const value of valuesOf(field, run)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const found = [...counts]
    .filter(([value]) => value !== '' && value.toLowerCase().includes(text))
    .map(([value, count]) => ({ value, runs: count, begins: value.toLowerCase().startsWith(text) }));
  const best = found
    .toSorted((a, b) => Number(b.begins) - Number(a.begins) || b.runs - a.runs || inOrder(a.value, b.value))
    .slice(0, limit);
  return {
    values: best.map(({ value, runs: count }) => ({ value, runs: count })).toSorted((a, b) => inOrder(a.value, b.value)),
    more: found.length - best.length,
  };
}

function valuesOf(field: RunField, run: Run): readonly string[] {
  const value = runFieldValue(field, { run, metric: () => undefined, health: [], nowMs: 0 });
  return typeof value === 'string' ? [value] : typeof value === 'object' ? value : [];
}

const BY_TEXT = new Intl.Collator('en', { numeric: true });

/** Numbers before text. */
function inOrder(a: string, b: string): number {
  const [left = Number.NaN, right = Number.NaN] = [readNumber(a), readNumber(b)];
  if (Number.isNaN(left) || Number.isNaN(right))
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || BY_TEXT.compare(a, b);
  return left < right ? -1 : left > right ? 1 : BY_TEXT.compare(a, b);
}
