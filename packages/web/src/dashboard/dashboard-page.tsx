import { ActionIcon, Button, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowLeft,
  IconCamera,
  IconLayoutDashboard,
  IconLock,
  IconPencil,
  IconPlugConnectedX,
  IconStar,
  IconStarFilled,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { endsWithClock } from '@vitrine/compute/time.ts';
import type { FolderRef } from '@vitrine/model/api.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { lazy, Suspense, use, useEffect, useMemo, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { ApiError, ask } from '../api/client.ts';
import { dashboardQuery } from '../api/queries.ts';
import type { LoadedDashboard } from '../api/queries.ts';
import { serverClock } from '../api/server-clock.ts';
import { useInternalLink } from '../app/internal-link.ts';
import { useShortcuts } from '../app/shortcuts.ts';
import type { Shortcut } from '../app/shortcuts.ts';
import { hasOverlay } from '../app/shortcuts.ts';
import { TopBar } from '../app/top-bar.tsx';
import { PanelSkeletons } from '../state/skeleton.tsx';
import { StatePage } from '../state/state-page.tsx';
import { LiveToggle } from '../time/live-toggle.tsx';
import { RangePicker } from '../time/range-picker.tsx';
import { RefreshPicker } from '../time/refresh-picker.tsx';
import { arrange, findShown, repeatNames } from './arrange.ts';
import classes from './dashboard-page.module.css';
import { EmptyRange } from './empty-range.tsx';
import { PanelGrid } from './panel-grid.tsx';
import { loadPatternEngine, mentionsPattern } from './pattern-engine.ts';
import { noteOpened } from './recent-dashboards.ts';
import { useUnfolding } from './unfolding.ts';
import { useDashboardScope } from './use-dashboard-scope.ts';
import { useKeepUp } from './use-keep-up.ts';
import { VariablesBar } from './variables/variables-bar.tsx';

const ShareBar = lazy(async () => ({ default: (await import('../share/share-bar.tsx')).ShareBar }));
const AnnotationForm = lazy(async () => ({ default: (await import('./annotations/annotation-form.tsx')).AnnotationForm }));

/** `/d/:uid`: a saved dashboard over the range of the URL. */
export function DashboardPage(): ReactElement {
  const { uid } = useParams({ from: '/shell/d/$uid' });
  return <DashboardByUid uid={uid} />;
}

export interface DashboardByUidProps {
  readonly uid: string;
  /** Stands beside the time controls. */
  readonly controls?: ReactNode;
}

/** A dashboard on any page whose search part is that of a dashboard. */
export function DashboardByUid({ uid, controls }: DashboardByUidProps): ReactElement {
  const { data, error, refetch } = useQuery(dashboardQuery(uid));
  const title = data?.dashboard.title;
  useEffect(() => {
    if (title !== undefined) noteOpened({ uid, title });
  }, [uid, title]);
  if (data !== undefined) {
    const { dashboard, folder, notices, lost } = data;
    return (
      <DashboardView key={uid} {...{ dashboard, folder, notices, lost }} beside={<Star loaded={data} />} controls={controls} />
    );
  }
  if (error !== null) return <MissingDashboard uid={uid} error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }]} />
      <PanelSkeletons label="Loading the dashboard" />
    </>
  );
}

export interface DashboardViewProps {
  readonly dashboard: Dashboard;
  readonly folder?: FolderRef | undefined;
  /** Sentences above the panels. */
  readonly notices?: readonly string[];
  /** Ids of the panels whose library panel is not there any more. */
  readonly lost?: readonly number[];
  /** Right behind the title. */
  readonly beside?: ReactNode;
  /** Stands beside the time controls. */
  readonly controls?: ReactNode;
  /** The data of a snapshot, by the panel's id: nothing is asked. */
  readonly frozen?: ReadonlyMap<number, PanelData>;
}

const NO_NOTICES: readonly string[] = [];
const NO_PANELS: readonly number[] = [];

/** A dashboard with its bars. */
export function DashboardView(props: DashboardViewProps): ReactElement {
  const { dashboard, folder, notices = NO_NOTICES, lost = NO_PANELS, beside, controls, frozen } = props;
  const internal = useInternalLink();
  const hasPatterns = useMemo(() => mentionsPattern(dashboard), [dashboard]);
  if (hasPatterns) use(loadPatternEngine());
  const opened = useDashboardScope(dashboard, { frozen });
  const { search, timeZone, problem, change, drafted, closeDraft } = opened;
  const scope = useMemo(() => (lost.length === 0 ? opened.scope : { ...opened.scope, lost }), [opened.scope, lost]);
  const { text } = scope.range;
  const refresh = search.refresh ?? dashboard.refresh;
  const wantsLive = refresh === 'live';
  const isStill = !endsWithClock(text);
  const status = useKeepUp({ scope, refresh });
  const [picking, setPicking] = useState(false);
  const unfolding = useUnfolding(search, change);
  const { repeatsOf } = scope.variables;
  const repeats = useMemo(() => repeatNames(dashboard), [dashboard]);
  // What is repeated, and for which values, changes far more rarely than what is chosen.
  const copies = JSON.stringify([...repeats].map((name) => [name, repeatsOf(name)]));
  const arranged = useMemo(() => {
    const values = new Map(JSON.parse(copies) as [string, ReturnType<typeof repeatsOf>][]);
    return arrange(dashboard, (name) => values.get(name) ?? undefined);
  }, [dashboard, copies]);
  const full = search.panel === undefined ? undefined : findShown(arranged, search.panel);

  const actions = useMemo(() => {
    const toggleLive = (): void => {
      if (wantsLive && !isStill) change({ refresh: 'off' }, 'replace');
      else if (isStill) change({ refresh: 'live', ...nowRange(dashboard) }, 'push');
      else change({ refresh: 'live' }, 'replace');
    };
    const askNow = (): void => {
      scope.range.renew();
      scope.pulse.all(true);
    };
    const shortcuts: Shortcut[] = [
      { keys: 't', label: 'Choose the time range', group: 'Dashboard', run: () => setPicking(true) },
      { keys: 'l', label: 'Live on or off', group: 'Dashboard', run: toggleLive },
      { keys: 'r', label: 'Ask again now', group: 'Dashboard', run: askNow },
      { keys: 'z', label: 'Zoom out', group: 'Dashboard', run: scope.widen },
      { keys: ',', label: 'Half a range back', group: 'Dashboard', run: () => scope.shift(-1) },
      { keys: '.', label: 'Half a range forward', group: 'Dashboard', run: () => scope.shift(1) },
      {
        keys: 'k',
        label: 'Nothing but the panels, or all again',
        group: 'Dashboard',
        run: () => change({ kiosk: scope.isKiosk ? undefined : true }, 'push'),
      },
    ];
    return { toggleLive, askNow, shortcuts };
  }, [change, dashboard, isStill, scope, wantsLive]);
  useShortcuts(actions.shortcuts);
  useShortcuts(
    useMemo(
      (): Shortcut[] =>
        full === undefined && !scope.isKiosk
          ? []
          : [
              {
                keys: 'Escape',
                label: full === undefined ? 'Show the bars again' : 'Back to all panels',
                group: 'Dashboard',
                run: () => {
                  if (hasOverlay()) return;
                  if (full === undefined) change({ kiosk: undefined }, 'replace');
                  else scope.showFull(undefined);
                },
              },
            ],
      [change, full, scope],
    ),
  );

  const { timePicker } = dashboard;
  const title = scope.variables.text(dashboard.title);
  return (
    <>
      {!scope.isKiosk && (
        <TopBar
          crumbs={[
            { label: 'Dashboards', to: '/dashboards' },
            ...(folder === undefined ? [] : [{ label: folder.title, to: '/dashboards', search: { folder: folder.uid } }]),
            { label: title },
          ]}
          beside={beside}
        >
          {controls}
          <Tooltip label="What all panels have along their x axis">
            <span className={classes.domain}>x: {DOMAIN_NAMES[dashboard.x]}</span>
          </Tooltip>
          {!timePicker.hidden && frozen === undefined && (
            <>
              <RangePicker
                range={text}
                timeZone={timeZone}
                calendar={dashboard}
                now={serverClock.now}
                problem={problem}
                opened={picking}
                quickRanges={timePicker.quickRanges}
                onOpened={setPicking}
                onRange={({ from, to }) => change({ from, to }, 'push')}
                onTimeZone={(tz) =>
                  change({ tz: tz === 'browser' && dashboard.timezone === 'browser' ? undefined : tz }, 'replace')
                }
                onShift={scope.shift}
                onZoomOut={scope.widen}
              />
              <RefreshPicker
                refresh={refresh}
                intervals={timePicker.refreshIntervals}
                onRefresh={(next) => change({ refresh: next }, 'replace')}
                onNow={actions.askNow}
              />
              <LiveToggle status={status} wanted={wantsLive} frozen={isStill} onToggle={actions.toggleLive} />
            </>
          )}
          <Suspense fallback={<span className={classes.shareRoom} />}>
            <ShareBar {...{ scope, title, arranged }} />
          </Suspense>
          {scope.mayEdit && dashboard.editable && (
            <Button
              component="a"
              {...internal(`/d/${encodeURIComponent(dashboard.uid)}/edit`)}
              variant="default"
              className={classes.edit}
              leftSection={<IconPencil size={15} />}
            >
              Edit
            </Button>
          )}
        </TopBar>
      )}
      {notices.length > 0 && (
        <p className={classes.notices} role="status" data-quiet={frozen !== undefined || undefined}>
          {frozen === undefined ? <IconAlertTriangle size={15} aria-hidden /> : <IconCamera size={15} aria-hidden />}{' '}
          {notices.join(' ')}
        </p>
      )}
      {!scope.isKiosk && <VariablesBar scope={scope} />}
      <EmptyRange scope={scope} onRange={({ from, to }) => change({ from, to }, 'push')} onWiden={scope.widen} />
      <PanelGrid
        arranged={arranged}
        scope={scope}
        unfolding={unfolding}
        full={search.panel}
        onBack={() => scope.showFull(undefined)}
      />
      {drafted !== undefined && (
        <Suspense fallback={null}>
          <AnnotationForm dashboard={dashboard.uid} timeZone={timeZone} draft={drafted} onClose={closeDraft} />
        </Suspense>
      )}
    </>
  );
}

const DOMAIN_NAMES = { time: 'Time', step: 'Step', epoch: 'Epoch', elapsed: 'Elapsed' } as const;

function Star({ loaded: { dashboard, starred } }: { readonly loaded: LoadedDashboard }): ReactElement {
  const client = useQueryClient();
  const { uid } = dashboard;
  const star = useMutation({
    mutationFn: (on: boolean) => ask(`/api/dashboards/${encodeURIComponent(uid)}/star`, { method: on ? 'PUT' : 'DELETE' }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['dashboard', uid] });
      void client.invalidateQueries({ queryKey: ['dashboards'] });
    },
  });
  // At once, and back again where the server says no.
  const isOn = star.isPending ? star.variables : starred;
  return (
    <Tooltip label={isOn ? 'Take the star away' : 'Give it a star'}>
      <ActionIcon aria-label="Star" aria-pressed={isOn} onClick={() => star.mutate(!isOn)}>
        {isOn ? <IconStarFilled size={16} color="var(--v-warning)" /> : <IconStar size={16} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  );
}

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
