import { useQuery } from '@tanstack/react-query';
import type { DashboardAnswer } from '@vitrine/model/api.ts';
import { useEffect } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { dashboardQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import { PanelSkeletons } from '../state/skeleton.tsx';
import { ForEditors } from '../state/for-editors.tsx';
import { StatePage } from '../state/state-page.tsx';
import { openDraft } from './draft.ts';
import type { DraftState } from './draft.ts';
import { useDraft } from './use-draft.ts';

export interface WithDraftProps {
  readonly uid: string;
  readonly children: (draft: DraftState) => ReactNode;
}

/** Opens a dashboard for editing: what was changed in this page before, else what the server has. */
export function WithDraft({ uid, children }: WithDraftProps): ReactElement {
  const draft = useDraft(uid);
  // What was never saved is only here.
  const isNew = draft !== undefined && draft.meta.revision === 0 && !draft.meta.builtin;
  const { data, error } = useQuery({ ...dashboardQuery(uid), enabled: !isNew });
  useEffect(() => {
    if (data !== undefined) openDraft(data satisfies DashboardAnswer);
  }, [data]);
  if (draft !== undefined) {
    return (
      <ForEditors title="This dashboard is not yours to change" uid={uid}>
        {children(draft)}
      </ForEditors>
    );
  }
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: uid }]} />
      {error === null ? (
        <PanelSkeletons label="Loading the dashboard" />
      ) : (
        <StatePage isAlert icon={null} title="The dashboard could not be opened for editing">
          <p>{error.message}</p>
        </StatePage>
      )}
    </>
  );
}
