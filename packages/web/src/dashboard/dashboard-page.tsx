import { Button, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconLayoutDashboard, IconLock, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { endsWithClock } from '@vitrine/compute/time.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { ApiError } from '../api/client.ts';
import { dashboardQuery } from '../api/queries.ts';
import { serverClock } from '../api/server-clock.ts';
import { useShortcuts } from '../app/shortcuts.ts';
import type { Shortcut } from '../app/shortcuts.ts';
import { hasOverlay } from '../app/shortcuts.ts';
import { TopBar } from '../app/top-bar.tsx';
import { StatePage } from '../state/state-page.tsx';
import { useDelayed } from '../state/use-delayed.ts';
import { readFolded, writeFolded } from '../time/dashboard-search.ts';
import { LiveToggle } from '../time/live-toggle.tsx';
import { RangePicker } from '../time/range-picker.tsx';
import { RefreshPicker } from '../time/refresh-picker.tsx';
import classes from './dashboard-page.module.css';
import { EmptyRange } from './empty-range.tsx';
import { PanelGrid } from './panel-grid.tsx';
import { useDashboardScope } from './use-dashboard-scope.ts';
import { useKeepUp } from './use-keep-up.ts';

/** `/d/:uid`: a saved dashboard over the range of the URL. */
export function DashboardPage(): ReactElement {
  const { uid } = useParams({ from: '/shell/d/$uid' });
  const { data, error, refetch } = useQuery(dashboardQuery(uid));
  const slow = useDelayed(data === undefined && error === null);
  if (data !== undefined) return <OpenDashboard key={uid} dashboard={data.dashboard} />;
  if (error !== null) return <MissingDashboard uid={uid} error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }]} />
      {slow && (
        <div className={classes.skeletons} role="status" aria-label="Loading the dashboard">
          <div />
          <div />
          <div />
          <div />
        </div>
      )}
    </>
  );
}

function OpenDashboard({ dashboard }: { readonly dashboard: Dashboard }): ReactElement {
  const { scope, search, timeZone, problem, change } = useDashboardScope(dashboard);
  const { text } = scope.range;
  const refresh = search.refresh ?? dashboard.refresh;
  const wantsLive = refresh === 'live';
  const frozen = !endsWithClock(text);
  const status = useKeepUp({ scope, refresh });
  const [picking, setPicking] = useState(false);
  const folded = useMemo(() => readFolded(search.fold), [search.fold]);
  const full = search.panel === undefined ? undefined : dashboard.panels.find(({ id }) => id === search.panel);

  const actions = useMemo(() => {
    const toggleLive = (): void => {
      if (wantsLive && !frozen) change({ refresh: 'off' }, 'replace');
      else if (frozen) change({ refresh: 'live', ...nowRange(dashboard) }, 'push');
      else change({ refresh: 'live' }, 'replace');
    };
    const askNow = (): void => {
      scope.range.renew();
      scope.pulse.all(true);
    };
    const fold = (row: number): void => {
      const next = new Set(folded);
      if (!next.delete(row)) next.add(row);
      change({ fold: writeFolded(next) }, 'replace');
    };
    const shortcuts: Shortcut[] = [
      { keys: 't', label: 'Choose the time range', group: 'Dashboard', run: () => setPicking(true) },
      { keys: 'l', label: 'Live on or off', group: 'Dashboard', run: toggleLive },
      { keys: 'r', label: 'Ask again now', group: 'Dashboard', run: askNow },
      { keys: 'z', label: 'Zoom out', group: 'Dashboard', run: scope.widen },
      { keys: ',', label: 'Half a range back', group: 'Dashboard', run: () => scope.shift(-1) },
      { keys: '.', label: 'Half a range forward', group: 'Dashboard', run: () => scope.shift(1) },
    ];
    return { toggleLive, askNow, fold, shortcuts };
  }, [change, dashboard, folded, frozen, scope, wantsLive]);
  useShortcuts(actions.shortcuts);
  useShortcuts(
    useMemo(
      (): Shortcut[] =>
        full === undefined
          ? []
          : [
              {
                keys: 'Escape',
                label: 'Back to all panels',
                group: 'Dashboard',
                run: () => hasOverlay() || scope.showFull(undefined),
              },
            ],
      [full, scope],
    ),
  );

  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: dashboard.title }]}>
        <Tooltip label="What all panels have along their x axis">
          <span className={classes.domain}>x: {DOMAIN_NAMES[dashboard.x]}</span>
        </Tooltip>
        <RangePicker
          range={text}
          timeZone={timeZone}
          now={serverClock.now}
          problem={problem}
          opened={picking}
          onOpened={setPicking}
          onRange={(range) => change(range, 'push')}
          onTimeZone={(tz) => change({ tz: tz === 'browser' ? undefined : tz }, 'replace')}
          onShift={scope.shift}
          onZoomOut={scope.widen}
        />
        <RefreshPicker refresh={refresh} onRefresh={(next) => change({ refresh: next }, 'replace')} onNow={actions.askNow} />
        <LiveToggle status={status} wanted={wantsLive} frozen={frozen} onToggle={actions.toggleLive} />
      </TopBar>
      <PanelGrid
        panels={dashboard.panels}
        scope={scope}
        folded={folded}
        onFold={actions.fold}
        full={search.panel}
        onBack={() => scope.showFull(undefined)}
      />
      <EmptyRange scope={scope} onRange={(range) => change(range, 'push')} onWiden={scope.widen} />
    </>
  );
}

const DOMAIN_NAMES = { time: 'Time', step: 'Step', epoch: 'Epoch', elapsed: 'Elapsed' } as const;

/** The range to come back to: the dashboard's own where it moves with the clock. */
function nowRange({ range }: Dashboard): { from: string | undefined; to: string | undefined } {
  return endsWithClock(range) ? { from: undefined, to: undefined } : { from: 'now-1h', to: 'now' };
}

interface MissingDashboardProps {
  readonly uid: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

function MissingDashboard({ uid, error, onRetry }: MissingDashboardProps): ReactElement {
  const status = error instanceof ApiError ? error.status : undefined;
  const out = (
    <Button component={Link} to="/dashboards" variant="default" leftSection={<IconArrowLeft size={16} />}>
      All dashboards
    </Button>
  );
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: uid }]} />
      {status === 404 ? (
        <StatePage icon={<IconLayoutDashboard size={32} stroke={1.5} />} title={`There is no dashboard “${uid}”`} actions={out}>
          <p>It may have been renamed or removed. The address is as somebody wrote it.</p>
        </StatePage>
      ) : status === 403 ? (
        <StatePage icon={<IconLock size={32} stroke={1.5} />} title="This dashboard is not yours to see" actions={out}>
          <p>{error.message}</p>
        </StatePage>
      ) : (
        <StatePage
          isAlert
          icon={<IconPlugConnectedX size={32} stroke={1.5} />}
          title="The dashboard could not be opened"
          actions={
            <>
              <Button onClick={onRetry}>Try again</Button>
              {out}
            </>
          }
        >
          <p>{error.message}</p>
        </StatePage>
      )}
    </>
  );
}
