import { Button, Tabs } from '@mantine/core';
import { IconPlugConnectedX, IconTimelineEventX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { RunAnswer } from '@vitrine/model/run-api.ts';
import { lazy, Suspense, useCallback } from 'react';
import type { ReactElement } from 'react';
import { TopBar } from '../app/top-bar.tsx';
import { RunFeedContext, useRunFeed } from '../runs/run-feed.ts';
import { PanelSkeletons } from '../state/skeleton.tsx';
import { StatePage } from '../state/state-page.tsx';
import { RunActions } from './run-actions.tsx';
import { RunHeader } from './run-header.tsx';
import classes from './run-page.module.css';
import { isNoSuchRun, runQuery } from './run-queries.ts';
import type { RunSearch, RunTab } from './run-search.ts';
import { tabsOf } from './run-tabs.ts';
import { useRenewedRun } from './use-renewed-run.ts';

const RUNS = { label: 'Runs', to: '/runs' } as const;

// Whoever looks at the curves does not wait for the code of the other tabs.
const Charts = lazy(async () => ({ default: (await import('./charts-tab.tsx')).ChartsTab }));
const Overview = lazy(async () => ({ default: (await import('./overview-tab.tsx')).OverviewTab }));
const Health = lazy(async () => ({ default: (await import('./health-tab.tsx')).HealthTab }));
const System = lazy(async () => ({ default: (await import('./system/system-tab.tsx')).SystemTab }));
const Media = lazy(async () => ({ default: (await import('./media/media-tab.tsx')).MediaTab }));
const Distributions = lazy(async () => ({ default: (await import('./distributions-tab.tsx')).DistributionsTab }));
const PrCurves = lazy(async () => ({ default: (await import('./pr-tab.tsx')).PrTab }));
const Artifacts = lazy(async () => ({ default: (await import('./artifacts/artifacts-tab.tsx')).ArtifactsTab }));

/** What each tab of a run is given. */
export interface RunTabProps {
  readonly answer: RunAnswer;
  readonly search: RunSearch;
  /** What is undefined is taken out of the URL. */
  readonly change: (next: RunSearch, how?: 'push' | 'replace') => void;
}

/** `/runs/:id`: one run, and what is wrong with it. */
export function RunPage(): ReactElement {
  const { id } = useParams({ from: '/shell/runs/$id' });
  const feed = useRunFeed([id]);
  return (
    <RunFeedContext value={feed}>
      <OneRun key={id} id={id} />
    </RunFeedContext>
  );
}

function OneRun({ id }: { readonly id: string }): ReactElement {
  const { data, error, refetch } = useQuery(runQuery(id));
  const search = useSearch({ from: '/shell/runs/$id' });
  const navigate = useNavigate({ from: '/runs/$id' });
  useRenewedRun(id);
  const change = useCallback<RunTabProps['change']>(
    (next, how = 'replace') =>
      void navigate({ search: (before) => ({ ...before, ...next }), replace: how === 'replace', resetScroll: false }),
    [navigate],
  );
  if (data === undefined) {
    const isGone = isNoSuchRun(error);
    return (
      <>
        <TopBar crumbs={[RUNS, { label: isGone ? 'Not found' : id }]} />
        {error === null ? (
          <PanelSkeletons label="Loading the run" />
        ) : (
          <StatePage
            isAlert
            icon={isGone ? <IconTimelineEventX size={32} stroke={1.5} /> : <IconPlugConnectedX size={32} stroke={1.5} />}
            title={isGone ? 'There is no such run' : 'The run could not be read'}
            actions={
              <>
                {!isGone && <Button onClick={() => void refetch()}>Try again</Button>}
                <Button component={Link} to="/runs" variant="default">
                  All runs
                </Button>
              </>
            }
          >
            <p>
              {isGone ? `No run has the id ${id}. It may have been erased; those in the bin can still be opened.` : error.message}
            </p>
          </StatePage>
        )}
      </>
    );
  }
  const { run } = data;
  const tabs = tabsOf(data);
  const tab = tabs.some(({ name }) => name === search.tab) ? (search.tab ?? 'charts') : 'charts';
  const props: RunTabProps = { answer: data, search, change };
  return (
    <>
      <TopBar crumbs={[RUNS, { label: run.project, to: '/runs', search: { project: run.project } }, { label: run.name }]}>
        <RunActions run={run} />
      </TopBar>
      <RunHeader answer={data} onHealth={() => change({ tab: 'health' }, 'push')} />
      {error !== null && (
        <p className={classes.problem} role="alert">
          {error.message} What you see is how the run was.
        </p>
      )}
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) =>
          change({ tab: next === 'charts' ? undefined : (next as RunTab), q: undefined, step: undefined }, 'push')
        }
      >
        <Tabs.List className={classes.tabs}>
          {tabs.map(({ name, title, count }) => (
            <Tabs.Tab key={name} value={name}>
              {title}
              {count > 0 && <span className={classes.count}>{count}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Suspense fallback={<PanelSkeletons label="Loading the tab" />}>
            {tab === 'charts' && <Charts {...props} />}
            {tab === 'overview' && <Overview {...props} />}
            {tab === 'health' && <Health {...props} />}
            {tab === 'system' && <System {...props} />}
            {tab === 'media' && <Media {...props} />}
            {tab === 'distributions' && <Distributions {...props} />}
            {tab === 'pr' && <PrCurves {...props} />}
            {tab === 'artifacts' && <Artifacts {...props} />}
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
