import type { FilterNamesAnswer } from '@vitrine/model/run-api.ts';
import type { OwnRuns } from '../../own/own-runs.ts';

/** Of each kind. */
const MOST_NAMES = 5_000;

/** Names with the text in them, whatever the case, that a filter of the runs that are not in the bin can use; in order. */
export async function filterNames(runs: OwnRuns, text: string): Promise<FilterNamesAnswer> {
  const searched = text.toLowerCase();
  const params = new Set<string>();
  const tags = new Set<string>();
  for (const run of await runs.all()) {
    for (const name in run.params) params.add(name);
    for (const name in run.tags) tags.add(name);
  }
  const metrics = await runs.curves.metricNames({ text, limit: MOST_NAMES, counted: false });
  const fitting = (names: ReadonlySet<string>): string[] =>
    [...names]
      .filter((name) => name.toLowerCase().includes(searched))
      .toSorted()
      .slice(0, MOST_NAMES);
  return { metrics: metrics.map(({ metric }) => metric), params: fitting(params), tags: fitting(tags) };
}
