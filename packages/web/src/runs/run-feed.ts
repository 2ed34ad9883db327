import { useQueryClient } from '@tanstack/react-query';
import type { RunsGrowth } from '@vitrine/model/run-api.ts';
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import { openLiveFeed } from '../api/live-feed.ts';
import type { LiveStatus } from '../api/live-feed.ts';
import { sessionQuery } from '../api/queries.ts';
import { useVisible } from '../state/use-visible.ts';

/** What happened to runs; "all" where it may have been anything. */
export type RunNotice = RunsGrowth | 'all';

export interface RunFeed {
  readonly status: LiveStatus;
  /** Answers how to stop. */
  readonly subscribe: (listener: (notice: RunNotice) => void) => () => void;
}

const SILENT: RunFeed = { status: { kind: 'off' }, subscribe: () => () => {} };

/** What the page hears of runs. Nothing where no page listens. */
export const RunFeedContext = createContext<RunFeed>(SILENT);

export function useRunNotices(listener: (notice: RunNotice) => void): void {
  const { subscribe } = useContext(RunFeedContext);
  useEffect(() => subscribe(listener), [subscribe, listener]);
}

/** Listens to what happens to the runs, or to all where none are named; a hidden page rests. One a page. */
export function useRunFeed(runs?: readonly string[]): RunFeed {
  const client = useQueryClient();
  const isVisible = useVisible();
  const [status, setStatus] = useState<LiveStatus>({ kind: 'off' });
  const [listeners] = useState(() => new Set<(notice: RunNotice) => void>());
  const search = new URLSearchParams((runs ?? []).map((run) => ['run', run])).toString();
  useEffect(() => {
    if (!isVisible) return;
    const tell = (notice: RunNotice): void => {
      for (const listener of listeners) listener(notice);
    };
    return openLiveFeed({
      url: search === '' ? '/api/runs/live' : `/api/runs/live?${search}`,
      event: 'runs',
      read: readRunsGrowth,
      onNotice: tell,
      onReturn: () => tell('all'),
      onStatus: (next) => {
        setStatus(next);
        // The line may be down because nobody is signed in any more: asking tells.
        if (next.kind === 'lost') void client.invalidateQueries(sessionQuery);
      },
    });
  }, [isVisible, search, listeners, client]);
  return useMemo(
    () => ({
      status,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    }),
    [status, listeners],
  );
}

function readRunsGrowth(notice: unknown): RunsGrowth | undefined {
  const { grown, changed, findings } = (notice ?? {}) as Partial<RunsGrowth>;
  if (typeof grown !== 'object' || grown === null || !Array.isArray(changed) || !Array.isArray(findings)) return undefined;
  return { grown, changed, findings };
}

/** Whether a chart of these metrics of these runs has something new. */
export function growsWith(notice: RunNotice, runs: readonly string[], metrics: readonly string[]): boolean {
  if (notice === 'all') return true;
  return runs.some((run) => {
    const own = Object.hasOwn(notice.grown, run) ? notice.grown[run] : undefined;
    return own !== undefined && own.metrics.some((metric) => metrics.includes(metric));
  });
}
