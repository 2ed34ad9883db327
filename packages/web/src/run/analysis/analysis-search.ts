import type { RunTableRequest } from '@vitrine/model/run-api.ts';
import { readRunsSearch } from '../../runs/runs-view.ts';
import type { RunsSearch } from '../../runs/runs-view.ts';
import { STATS } from './dimension.ts';
import type { Stat } from './dimension.ts';

export const ANALYSES = ['params', 'parallel', 'scatter', 'importance'] as const;
export type Analysis = (typeof ANALYSES)[number];

/** What the URL of the comparison says: which runs, as on the page Runs, and how they are looked at. */
export interface AnalysisSearch extends Pick<RunsSearch, 'q' | 'project' | 'run'> {
  /** The parameters side by side where absent. */
  readonly view?: Analysis | undefined;
  /** The metric that the runs are judged by; the most common one where absent. */
  readonly metric?: string | undefined;
  /** The best where absent. */
  readonly stat?: Stat | undefined;
  /** Keys of the axes of parallel coordinates; those that differ where absent. */
  readonly axes?: readonly string[] | undefined;
  /** Keys of what a scatter goes over. */
  readonly sx?: string | undefined;
  readonly sy?: string | undefined;
  readonly color?: string | undefined;
  /** Whether what is the same in all runs is shown too. */
  readonly same?: boolean | undefined;
}

const LONGEST = 1_000;
const MOST_AXES = 20;

export function readAnalysisSearch(raw: Readonly<Record<string, unknown>>): AnalysisSearch {
  const { q, project, run, same } = readRunsSearch(raw);
  const search: { -readonly [Key in keyof AnalysisSearch]: AnalysisSearch[Key] } = {};
  if (q !== undefined) search.q = q;
  if (project !== undefined) search.project = project;
  if (run !== undefined) search.run = run;
  if (same !== undefined) search.same = same;
  const view = ANALYSES.find((each) => each === raw['view']);
  if (view !== undefined && view !== 'params') search.view = view;
  const stat = STATS.find((each) => each === raw['stat']);
  if (stat !== undefined && stat !== 'best') search.stat = stat;
  if (typeof raw['metric'] === 'string' && raw['metric'] !== '') search.metric = raw['metric'].slice(0, LONGEST);
  for (const name of ['sx', 'sy', 'color'] as const) {
    const key = raw[name];
    if (typeof key === 'string' && isKey(key)) search[name] = key;
  }
  const list: readonly unknown[] = Array.isArray(raw['axes']) ? raw['axes'] : [raw['axes']];
  const axes = list.filter((each): each is string => typeof each === 'string' && isKey(each)).slice(0, MOST_AXES);
  if (axes.length > 0) search.axes = axes;
  return search;
}

function isKey(text: string): boolean {
  return text.length <= LONGEST && /^(params\..|metrics\..|duration$)/s.test(text);
}

/** What of the table is asked for: the chosen runs, or else all that the page's filter lets through. */
export function questionOf({
  q,
  run,
  project,
}: Pick<AnalysisSearch, 'q' | 'run' | 'project'>): Pick<RunTableRequest, 'filter' | 'runs' | 'projects'> {
  if (run !== undefined && run.length > 0) return { filter: '', runs: run };
  return { filter: q ?? '', ...(project === undefined ? {} : { projects: project }) };
}
