import type { RunRow } from '@vitrine/model/run-api.ts';
import type { RunsView } from './runs-view.ts';
import { groupRows, readGrouping } from './table/group-rows.ts';

/** Curves of more runs than that are not asked for at once. */
const MOST_RUNS = 500;

export interface DrawnRuns {
  /** In the order of the table. */
  readonly ids: readonly string[];
  /** What they were chosen from: the selected ones, or the first of the table. */
  readonly from: 'selected' | 'first';
  /** How many there are to choose from. */
  readonly of: number;
}

/** Which runs the charts draw: those that are selected, else the first of the table, or of its groups; without those that are hidden. */
export function drawnRuns(
  { run, hide, by, lines }: Pick<RunsView, 'run' | 'hide' | 'by' | 'lines'>,
  rows: readonly RunRow[],
): DrawnRuns {
  const hidden = new Set(hide);
  if (run.length > 0) {
    const place = new Map(rows.map((row, index) => [row.run.id, index]));
    const seen = run.filter((id) => !hidden.has(id));
    // Selected runs that the filter now leaves out are drawn still, after the others.
    const inOrder = seen.toSorted((a, b) => (place.get(a) ?? Infinity) - (place.get(b) ?? Infinity) || 0);
    return { ids: inOrder.slice(0, by === '' ? lines : MOST_RUNS), from: 'selected', of: run.length };
  }
  const shown = rows.filter((row) => !hidden.has(row.run.id));
  const grouping = readGrouping(by);
  if (grouping === undefined) return { ids: shown.slice(0, lines).map((row) => row.run.id), from: 'first', of: rows.length };
  const groups = groupRows(shown, grouping).slice(0, lines);
  const ids = groups.flatMap((group) => group.rows.map((row) => row.run.id));
  return { ids: ids.slice(0, MOST_RUNS), from: 'first', of: rows.length };
}

/** The titles of the groups that the drawn runs are in, among the rows. */
export function drawnGroups(rows: readonly RunRow[], ids: readonly string[], by: string): readonly string[] {
  const grouping = readGrouping(by);
  if (grouping === undefined) return [];
  const drawn = new Set(ids);
  const shown = rows.filter(({ run }) => drawn.has(run.id));
  return groupRows(shown, grouping).map(({ title }) => title);
}
