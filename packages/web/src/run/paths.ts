import { writeSearch } from '../time/dashboard-search.ts';
import type { RunsSearch } from '../runs/runs-view.ts';

/** The address of the page Runs with these runs selected, so that others can be put beside them. */
export function runsPath(search: RunsSearch): string {
  return `/runs${writeSearch(search)}`;
}

/** What else happened while a run ran. */
export function explorePath({
  startedMs,
  endedMs,
}: {
  readonly startedMs: number;
  readonly endedMs: number | undefined;
}): string {
  return `/explore${writeSearch({ from: String(Math.floor(startedMs)), to: endedMs === undefined ? 'now' : String(Math.ceil(endedMs)) })}`;
}

/** The page that puts runs beside each other: the chosen ones, else all that the filter lets through. */
export function comparePath({ q, project, run }: Pick<RunsSearch, 'q' | 'project' | 'run'>): string {
  return `/compare${writeSearch({ q, project, run })}`;
}
