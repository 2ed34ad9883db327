import { Button, Tabs } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { ReactElement } from 'react';
import { useInternalLink } from '../../app/internal-link.ts';
import { TopBar } from '../../app/top-bar.tsx';
import { RunFeedContext, useRunFeed } from '../../runs/run-feed.ts';
import { runsPath } from '../paths.ts';
import page from '../run-page.module.css';
import { ANALYSES } from './analysis-search.ts';
import type { Analysis } from './analysis-search.ts';
import { RunAnalysis } from './run-analysis.tsx';
import type { RunAnalysisProps } from './run-analysis.tsx';

const TITLES: Readonly<Record<Analysis, string>> = {
  params: 'Side by side',
  parallel: 'Parallel coordinates',
  scatter: 'Scatter',
  importance: 'Importance',
};

/** `/compare`: what the parameters of several runs do. */
export function ComparePage(): ReactElement {
  const feed = useRunFeed();
  const search = useSearch({ from: '/shell/compare' });
  const navigate = useNavigate({ from: '/compare' });
  const linkTo = useInternalLink();
  const change = useCallback<RunAnalysisProps['change']>(
    (next, how = 'replace') =>
      void navigate({ search: (before) => ({ ...before, ...next }), replace: how === 'replace', resetScroll: false }),
    [navigate],
  );
  const { q, project, run } = search;
  const chosen = Object.fromEntries(Object.entries({ q, project, run }).filter(([, value]) => value !== undefined));
  return (
    <RunFeedContext value={feed}>
      <TopBar crumbs={[{ label: 'Runs', to: '/runs' }, { label: 'Compare' }]}>
        <Button component="a" {...linkTo(runsPath(chosen))} variant="default" leftSection={<IconChartLine size={15} />}>
          Their curves
        </Button>
      </TopBar>
      <Tabs
        value={search.view ?? 'params'}
        onChange={(next) => change({ view: ANALYSES.find((each) => each === next && each !== 'params') }, 'push')}
      >
        <Tabs.List className={page.tabs}>
          {ANALYSES.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {TITLES[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={search.view ?? 'params'}>
          <RunAnalysis search={search} change={change} />
        </Tabs.Panel>
      </Tabs>
    </RunFeedContext>
  );
}
