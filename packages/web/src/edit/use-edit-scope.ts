import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { useMemo } from 'react';
import { useDashboardScope } from '../dashboard/use-dashboard-scope.ts';
import { useKeepUp } from '../dashboard/use-keep-up.ts';
import type { DraftState } from './draft.ts';

/** The scope of a dashboard that is being edited: as the reader's, but one that was never saved has no address on the server. */
export function useEditScope(draft: DraftState) {
  const dashboard: Dashboard = draft.history.now;
  const isNew = draft.meta.revision === 0 && !draft.meta.builtin;
  const open = useDashboardScope(dashboard, {
    isUnsaved: isNew,
    isEdited: dashboard.variables !== draft.history.saved.variables,
  });
  const { scope } = open;
  const edited = useMemo(() => (isNew ? { ...scope, uid: '' } : scope), [isNew, scope]);
  const refresh = open.search.refresh ?? dashboard.refresh;
  // A stream of growth is by dashboard: one that the server does not know is asked again every so often.
  const status = useKeepUp({ scope: edited, refresh: isNew && refresh === 'live' ? '5s' : refresh });
  return { ...open, scope: edited, status, refresh };
}
