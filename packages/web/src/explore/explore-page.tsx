import { Button, Tooltip } from '@mantine/core';
import { IconColumns2, IconCompass, IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { dashboardQuery, dataSourcesQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import { useDashboardScope } from '../dashboard/use-dashboard-scope.ts';
import { useKeepUp } from '../dashboard/use-keep-up.ts';
import { VariablesBar } from '../dashboard/variables/variables-bar.tsx';
import { EditRange } from '../edit/edit-range.tsx';
import { usePagePlugins } from '../plugins/page-plugins.ts';
import { PanelSkeletons } from '../state/skeleton.tsx';
import { StatePage } from '../state/state-page.tsx';
import { RefreshPicker } from '../time/refresh-picker.tsx';
import classes from './explore.module.css';
import { emptyPane, readPane, writePane } from './explore-state.ts';
import type { Pane } from './explore-state.ts';
import { HistoryDrawer } from './history-drawer.tsx';
import { ExplorePane } from './explore-pane.tsx';

const BLANK = parseDashboard({ version: 2, uid: 'explore', title: 'Explore', panels: [], refresh: 'off' });

type Side = 'left' | 'right';

/** `/explore`: ask anything, see it as a chart and as a table, beside something else, and put it on a dashboard. */
export function ExplorePage(): ReactElement {
  const { dashboard: uid, panel, left } = useSearch({ from: '/shell/explore' });
  const { data, error } = useQuery({ ...dashboardQuery(uid ?? ''), enabled: uid !== undefined });
  const from = data?.dashboard;
  const navigate = useNavigate();
  // A panel's queries are what one comes with, once.
  useEffect(() => {
    if (from === undefined || left !== undefined || panel === undefined) return;
    const found = from.panels.find(({ id }) => id === Number.parseInt(panel, 10));
    if (found === undefined) return;
    const pane: Pane = { queries: found.queries, view: 'both' };
    void navigate({ to: '.', search: (before) => ({ ...before, left: writePane(pane), panel: undefined }), replace: true });
  }, [from, left, panel, navigate]);
  const dashboard = useMemo(
    (): Dashboard => (from === undefined ? BLANK : { ...BLANK, variables: from.variables, range: from.range }),
    [from],
  );
  if (uid !== undefined && from === undefined) {
    return (
      <>
        <TopBar crumbs={[{ label: 'Explore' }]} />
        {error === null ? (
          <PanelSkeletons label="Loading the panel’s queries" />
        ) : (
          <StatePage
            isAlert
            icon={<IconCompass size={32} stroke={1.5} />}
            title="The panel’s queries could not be read"
            actions={
              <Button component={Link} to="/explore" variant="default">
                Explore without them
              </Button>
            }
          >
            <p>{error.message}</p>
          </StatePage>
        )}
      </>
    );
  }
  return <Exploring dashboard={dashboard} />;
}

function Exploring({ dashboard }: { readonly dashboard: Dashboard }): ReactElement {
  const search = useSearch({ from: '/shell/explore' });
  const navigate = useNavigate();
  const { scope: open, timeZone, problem, change, search: shown } = useDashboardScope(dashboard, { isUnsaved: true });
  // Nothing of this page is saved: the server is asked for drafts only.
  const scope = useMemo(() => ({ ...open, uid: '' }), [open]);
  const refresh = shown.refresh ?? 'off';
  useKeepUp({ scope, refresh: refresh === 'live' ? '5s' : refresh });
  const [remembering, setRemembering] = useState(false);
  const { data: sources } = useQuery(dataSourcesQuery);
  // What a new query of a plugin's source is, its plugin says once it has loaded.
  usePagePlugins();
  const start = writePane(emptyPane(sources ?? []));
  const left = useMemo(() => readPane(search.left) ?? readPane(start) ?? emptyPane([]), [search.left, start]);
  const right = useMemo(() => readPane(search.right), [search.right]);
  const show = useCallback(
    (side: Side, pane: Pane | undefined, how: 'push' | 'replace') =>
      void navigate({
        to: '.',
        search: (before) => ({ ...before, [side]: pane === undefined ? undefined : writePane(pane) }),
        replace: how === 'replace',
        resetScroll: false,
      }),
    [navigate],
  );
  const close = (side: Side): void => {
    if (side === 'left' && right !== undefined) {
      void navigate({ to: '.', search: (before) => ({ ...before, left: before['right'], right: undefined }) });
    } else show('right', undefined, 'push');
  };
  const panes: readonly (readonly [Side, Pane])[] =
    right === undefined
      ? [['left', left]]
      : [
          ['left', left],
          ['right', right],
        ];
  return (
    <>
      <TopBar crumbs={[{ label: 'Explore' }]}>
        <EditRange {...{ scope, timeZone, problem, change }} />
        <RefreshPicker
          refresh={refresh}
          intervals={[]}
          onRefresh={(next) => change({ refresh: next }, 'replace')}
          onNow={() => {
            scope.range.renew();
            scope.pulse.all(true);
          }}
        />
        <Tooltip label="What was asked before, in this browser">
          <Button variant="default" leftSection={<IconHistory size={15} />} onClick={() => setRemembering(true)}>
            History
          </Button>
        </Tooltip>
        {right === undefined && (
          <Button variant="default" leftSection={<IconColumns2 size={15} />} onClick={() => show('right', left, 'push')}>
            Split
          </Button>
        )}
      </TopBar>
      {dashboard.variables.length > 0 && <VariablesBar scope={scope} />}
      <div className={classes.panes} data-split={right !== undefined || undefined}>
        {panes.map(([side, pane]) => (
          <section key={side} className={classes.pane} aria-label={right === undefined ? 'Query' : `Query on the ${side}`}>
            <ExplorePane
              id={side === 'left' ? 1 : 2}
              {...{ pane, scope }}
              variables={dashboard.variables}
              onChange={(next, how) => show(side, next, how)}
              onClose={right === undefined ? undefined : () => close(side)}
            />
          </section>
        ))}
      </div>
      {remembering && (
        <HistoryDrawer
          onClose={() => setRemembering(false)}
          onPick={(queries) => {
            show('left', { ...left, queries }, 'push');
            setRemembering(false);
          }}
        />
      )}
    </>
  );
}
