import { Button, Select } from '@mantine/core';
import { IconChartLine, IconPlugConnectedX } from '@tabler/icons-react';
import type { RunRow } from '@vitrine/model/run-api.ts';
import { groupColors, runColors } from '@vitrine/ui/theme/run-color.ts';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { useCallback, useMemo } from 'react';
import type { ReactElement } from 'react';
import { Skeleton } from '../state/skeleton.tsx';
import { ChartToolbar } from './charts/chart-toolbar.tsx';
import { CurveCharts } from './charts/curve-charts.tsx';
import { useMetricNames } from './charts/use-metric-names.ts';
import { drawnGroups } from './drawn-runs.ts';
import type { DrawnRuns } from './drawn-runs.ts';
import { LINE_COUNTS } from './runs-view.ts';
import type { RunsView } from './runs-view.ts';
import type { ChangeView } from './use-runs-view.ts';
import classes from './runs-page.module.css';

export interface ChartsSideProps {
  readonly view: RunsView;
  readonly change: ChangeView;
  readonly drawn: DrawnRuns;
  readonly rows: readonly RunRow[];
  /** Runs that the filter lets through. */
  readonly total: number;
}

/** The curves of the drawn runs. */
export function ChartsSide({ view, change, drawn, rows, total }: ChartsSideProps): ReactElement {
  const theme = useThemeName();
  const { ids } = drawn;
  const { metrics, more, isSearching, isLoading, error } = useMetricNames(ids, view.find);
  const { by } = view;
  // Those of the table's dots.
  const colors = useMemo(
    () => (by === '' ? runColors(ids, theme) : groupColors(drawnGroups(rows, ids, by), theme)),
    [rows, ids, by, theme],
  );
  const colorOf = useCallback((name: string) => colors.get(name), [colors]);
  const regions = useMemo(() => {
    const shown = new Set(ids);
    // A chart of many runs would be all tints: findings stand on the charts of one.
    if (shown.size !== 1) return undefined;
    return rows.flatMap(({ run, findings }) => (shown.has(run.id) ? findings.filter(({ state }) => state !== 'muted') : []));
  }, [ids, rows]);
  return (
    <div className={classes.charts}>
      <div className={classes.chartsTop}>
        <ChartToolbar look={view} onLook={change} metrics={metrics} isGrouped={view.by !== ''} />
        <ShownText {...{ view, change, drawn, total }} />
      </div>
      {ids.length === 0 ? (
        <div className={classes.nothing}>
          <IconChartLine size={28} stroke={1.5} aria-hidden />
          <p>All of these runs are hidden from the charts.</p>
          <Button variant="default" onClick={() => change({ hide: [] })}>
            Show them
          </Button>
        </div>
      ) : isLoading ? (
        <div className={classes.waiting}>
          <Skeleton label="Loading the charts" heightPx={320} />
        </div>
      ) : metrics.length === 0 && (view.find === '' || error !== null) ? (
        <div className={classes.nothing} role={error === null ? undefined : 'alert'}>
          {error === null ? (
            <IconChartLine size={28} stroke={1.5} aria-hidden />
          ) : (
            <IconPlugConnectedX size={28} stroke={1.5} aria-hidden />
          )}
          <p>{error === null ? 'None of these runs has logged a metric yet.' : error.message}</p>
        </div>
      ) : (
        <CurveCharts
          runs={ids}
          metrics={metrics}
          more={more}
          isSearching={isSearching}
          look={view}
          onLook={change}
          colorOf={colorOf}
          groupBy={view.by}
          regions={regions}
        />
      )}
    </div>
  );
}

/** Which of the runs the lines are, where they are not all of them. */
function ShownText({ view, change, drawn, total }: Omit<ChartsSideProps, 'rows'>): ReactElement | null {
  const { ids, from, of } = drawn;
  const among = from === 'selected' ? of : total;
  if (view.by === '' && ids.length === among && view.hide.length === 0) return null;
  const count = ids.length.toLocaleString('en');
  const whole = among.toLocaleString('en');
  const newest = view.sort[0] === '-created' ? 'newest' : 'first';
  return (
    <p className={classes.shown}>
      <span>
        {view.by !== ''
          ? `Means over ${count} runs, grouped by ${view.by}.`
          : from === 'selected'
            ? `Showing ${count} of the ${whole} selected runs.`
            : `Showing the ${newest} ${count} of ${whole} runs. Select runs to choose.`}
        {view.hide.length > 0 && ` ${view.hide.length.toLocaleString('en')} hidden.`}
      </span>
      {among > ids.length && (
        <Select
          className={classes.lines}
          size="xs"
          aria-label={view.by === '' ? 'Lines a chart' : 'Groups a chart'}
          data={LINE_COUNTS.map((lines) => ({ value: String(lines), label: `up to ${lines}` }))}
          allowDeselect={false}
          value={String(view.lines)}
          onChange={(lines) => change({ lines: Number(lines) })}
        />
      )}
      {view.hide.length > 0 && (
        <Button size="compact-xs" variant="subtle" onClick={() => change({ hide: [] })}>
          Show hidden
        </Button>
      )}
    </p>
  );
}
