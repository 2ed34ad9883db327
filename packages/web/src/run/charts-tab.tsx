import { IconChartLine } from '@tabler/icons-react';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { useCallback, useMemo, useRef } from 'react';
import type { ReactElement } from 'react';
import { useShortcuts } from '../app/shortcuts.ts';
import type { Shortcut } from '../app/shortcuts.ts';
import { SeverityShape } from '../health/health-badges.tsx';
import { ChartToolbar } from '../runs/charts/chart-toolbar.tsx';
import { CurveCharts } from '../runs/charts/curve-charts.tsx';
import { runColor } from './run-color.ts';
import { USUAL_RUNS_VIEW } from '../runs/runs-view.ts';
import type { ChartLook } from '../runs/runs-view.ts';
import { inOrder, stepsText } from './finding-order.ts';
import classes from './charts-tab.module.css';
import type { RunTabProps } from './run-page.tsx';
import { CompareChildren, RelatedRuns } from './related-runs.tsx';
import { chartLookOf } from './run-search.ts';
import { useNames } from './use-names.ts';

/** How many findings stand above the charts. */
const MOST_FINDINGS = 3;
/** How many children stand in the place of curves. */
const MOST_CHILDREN = 20;

/** All curves of the run by prefix of their names, with what the detectors found marked on them. */
export function ChartsTab({ answer, search, change }: RunTabProps): ReactElement {
  const { run, findings } = answer;
  const theme = useThemeName();
  const look = useMemo(() => chartLookOf(search), [search]);
  const onLook = useCallback(
    (next: Partial<ChartLook>, how: 'push' | 'replace' = 'replace') => {
      const usual = (name: string, value: unknown) =>
        JSON.stringify(value) === JSON.stringify(USUAL_RUNS_VIEW[name as keyof ChartLook]);
      // What is as usual leaves the URL bare.
      change(
        Object.fromEntries(Object.entries(next).map(([name, value]) => [name, usual(name, value) ? undefined : value])),
        how,
      );
    },
    [change],
  );
  const runs = useMemo(() => [run.id], [run.id]);
  const metrics = useNames(answer.metrics.map(({ metric }) => metric));
  const told = useMemo(() => findings.filter(({ state }) => state !== 'muted'), [findings]);
  const colorOf = useCallback((id: string) => runColor(id, theme), [theme]);
  const searchField = useRef<HTMLInputElement>(null);
  useShortcuts(
    useMemo(
      (): readonly Shortcut[] => [{ keys: '/', label: 'Search charts', group: 'Page', run: () => searchField.current?.focus() }],
      [],
    ),
  );
  if (metrics.length === 0) {
    const { children } = answer;
    if (children.length > 0) {
      return (
        <div className={classes.nothing}>
          <IconChartLine size={28} stroke={1.5} aria-hidden />
          <h2>The curves are its children’s</h2>
          <p>
            The run itself has logged no metric{run.status === 'running' ? ' so far' : ''}.{' '}
            {children.length === 1 ? 'One run belongs' : `${children.length.toLocaleString('en')} runs belong`} to it.
          </p>
          <CompareChildren childRuns={children} />
          <RelatedRuns runs={children.slice(0, MOST_CHILDREN)} />
          {children.length > MOST_CHILDREN && (
            <button type="button" className={classes.more} onClick={() => change({ tab: 'overview' }, 'push')}>
              {(children.length - MOST_CHILDREN).toLocaleString('en')} more
            </button>
          )}
        </div>
      );
    }
    return (
      <div className={classes.nothing}>
        <IconChartLine size={28} stroke={1.5} aria-hidden />
        <h2>No curve yet</h2>
        <p>
          {run.status === 'running'
            ? 'The run has logged no metric so far. Charts appear here with its first number.'
            : 'The run ended without logging a metric.'}
        </p>
      </div>
    );
  }
  const open = inOrder(told).filter(({ state, active }) => state === 'open' && active);
  return (
    <>
      {open.length > 0 && (
        <ul className={classes.findings} aria-label="What is wrong">
          {open.slice(0, MOST_FINDINGS).map((finding) => (
            <li key={finding.id}>
              <SeverityShape severity={finding.severity} size={12} />
              <span>
                {finding.sentence} <span className={classes.advice}>{finding.advice}</span>
              </span>
              <button type="button" onClick={() => change({ tab: 'health' }, 'push')}>
                {stepsText(finding) === '' ? 'Why' : `${stepsText(finding)} · why`}
              </button>
            </li>
          ))}
          {open.length > MOST_FINDINGS && (
            <li>
              <button type="button" onClick={() => change({ tab: 'health' }, 'push')}>
                {open.length - MOST_FINDINGS} more
              </button>
            </li>
          )}
        </ul>
      )}
      <ChartToolbar look={look} onLook={onLook} metrics={metrics} searchRef={searchField} />
      <div className={classes.charts}>
        <CurveCharts runs={runs} metrics={metrics} look={look} onLook={onLook} colorOf={colorOf} regions={told} />
      </div>
    </>
  );
}
