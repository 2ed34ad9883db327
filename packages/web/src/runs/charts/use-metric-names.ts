import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { askAgain } from '../ask-again.ts';
import { useRunNotices } from '../run-feed.ts';
import type { RunNotice } from '../run-feed.ts';
import { metricNamesOfRunsQuery } from '../runs-queries.ts';

const NONE: readonly string[] = [];

/** The longest text that names can be searched for. */
const LONGEST_TEXT = 200;
/** Where not all names are known, a new one may be an old one: it is asked no more often than this. */
const SPACING_MS = 10_000;

export interface MetricNames {
  readonly metrics: readonly string[];
  /** Names that are not among them, for there are too many. */
  readonly more: number;
  /** What is searched for may yet be found among those. */
  readonly isSearching: boolean;
  readonly isLoading: boolean;
  readonly error: Error | null;
}

/**
 * Names of all metrics of some runs, and of those that come while one looks; where they are too many, of those that are searched for. The
 * same object while they are the same.
 */
export function useMetricNames(runs: readonly string[], find = ''): MetricNames {
  const client = useQueryClient();
  const first = useQuery({ ...metricNamesOfRunsQuery(runs), enabled: runs.length > 0 });
  const word = longestWord(find);
  const isAsked = word !== '' && runs.length > 0 && (first.data?.more ?? 0) > 0;
  const search = useQuery({ ...metricNamesOfRunsQuery(runs, word), enabled: isAsked });
  const isSearching = isAsked && search.error === null && (search.data === undefined || search.isPlaceholderData);
  const data = isAsked && search.data !== undefined && !isSearching ? search.data : first.data;
  const error = first.error ?? (isAsked ? search.error : null);
  const more = runs.length === 0 ? 0 : (data?.more ?? 0);
  const metrics = useMemo(
    () => (runs.length === 0 ? NONE : (data?.metrics.map(({ metric }) => metric) ?? NONE)),
    [data, runs.length],
  );
  const known = useMemo(() => new Set(metrics), [metrics]);
  useRunNotices(
    useCallback(
      (notice: RunNotice) => {
        const isNew =
          notice === 'all' ||
          runs.some((run) => Object.hasOwn(notice.grown, run) && notice.grown[run]!.metrics.some((metric) => !known.has(metric)));
        const { queryKey } = metricNamesOfRunsQuery(runs);
        const mayBeOld = notice !== 'all' && more > 0;
        if (isNew && !(mayBeOld && (client.getQueryState(queryKey)?.dataUpdatedAt ?? 0) > Date.now() - SPACING_MS))
          void askAgain(client, queryKey);
      },
      [client, known, runs, more],
    ),
  );
  return useMemo(
    () => ({ metrics, more, isSearching, isLoading: runs.length > 0 && data === undefined && error === null, error }),
    [metrics, more, isSearching, runs.length, data, error],
  );
}

/** What the server is asked for: the page looks for the other words itself. */
function longestWord(find: string): string {
  const [longest = ''] = find.split(/\s+/).toSorted((a, b) => b.length - a.length);
  return longest.slice(0, LONGEST_TEXT);
}
