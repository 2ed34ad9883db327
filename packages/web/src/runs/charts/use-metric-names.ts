import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { askAgain } from '../ask-again.ts';
import { useRunNotices } from '../run-feed.ts';
import type { RunNotice } from '../run-feed.ts';
import { metricNamesOfRunsQuery } from '../runs-queries.ts';

const NONE: readonly string[] = [];

export interface MetricNames {
  readonly metrics: readonly string[];
  readonly isLoading: boolean;
  readonly error: Error | null;
}

/** Names of all metrics of some runs, and of those that come while one looks. The same object while they are the same. */
export function useMetricNames(runs: readonly string[]): MetricNames {
  const client = useQueryClient();
  const query = metricNamesOfRunsQuery(runs);
  const { data, error } = useQuery({ ...query, enabled: runs.length > 0 });
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
        if (isNew) void askAgain(client, metricNamesOfRunsQuery(runs).queryKey);
      },
      [client, known, runs],
    ),
  );
  return useMemo(
    () => ({ metrics, isLoading: runs.length > 0 && data === undefined && error === null, error }),
    [metrics, runs.length, data, error],
  );
}
