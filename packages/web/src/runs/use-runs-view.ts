import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { runsViewOf, writeRunsView } from './runs-view.ts';
import type { RunsView } from './runs-view.ts';

export type ChangeView = (change: Partial<RunsView>, how?: 'push' | 'replace') => void;

/** What the URL says of the page, and how to say otherwise. Lists stay the same objects while they say the same. */
export function useRunsView(): readonly [RunsView, ChangeView] {
  const search = useSearch({ from: '/shell/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const view = useMemo(() => runsViewOf(search), [search]);
  const change = useCallback<ChangeView>(
    (next, how = 'replace') =>
      void navigate({
        search: (before) => writeRunsView({ ...runsViewOf(before), ...next }),
        replace: how === 'replace',
        resetScroll: false,
      }),
    [navigate],
  );
  return [view, change];
}
