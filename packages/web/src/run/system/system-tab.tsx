import { SegmentedControl, Select } from '@mantine/core';
import { IconServer2 } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { isSystemMetric } from '@vitrine/compute/system-metric.ts';
import type { CurvesRequest } from '@vitrine/model/run-api.ts';
import { directionOf } from '@vitrine/model/run.ts';
import type { Finding } from '@vitrine/model/run.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import { CurveChart } from '@vitrine/ui/chart/curve-chart.tsx';
import { HeatmapChart } from '@vitrine/ui/chart/heatmap-chart.tsx';
import { interpolate } from '@vitrine/ui/chart/annotations.ts';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';
import type { LineChartContext } from '@vitrine/ui/chart/time-chart.tsx';
import { heatColoring } from '@vitrine/ui/heat/heat-colors.ts';
import { useCallback, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { serverClock } from '../../api/server-clock.ts';
import { useCurves } from '../../runs/charts/use-curves.ts';
import { runColor } from '../run-color.ts';
import classes from '../run-page.module.css';
import type { RunTabProps } from '../run-page.tsx';
import { TagCard } from '../tag-card.tsx';
import { useNames } from '../use-names.ts';
import { useRunTimes } from '../use-run-times.ts';
import { useStepContext } from '../use-step-context.ts';
import { hostGrid, hostRows } from './host-grid.ts';
import type { HostRow } from './host-grid.ts';
import { HOST_PANELS, hostPattern } from './host-panels.ts';
import type { HostPanel } from './host-panels.ts';
import { hostNamesQuery, hostSeriesQuery, hostSpan, rateWindow } from './host-queries.ts';
import type { HostSpan } from './host-queries.ts';
import { Moment } from './moment.tsx';
import { remapFrames } from './remap-frames.ts';
import system from './system.module.css';

const XS = ['step', 'elapsed', 'time'] as const;
type SystemX = (typeof XS)[number];
const X_NAMES: Readonly<Record<SystemX, string>> = { step: 'Step', elapsed: 'Elapsed', time: 'Wall time' };
const RENEW_MS = 10_000;

/** The machines while the run ran on them, over the run's own steps: hovering a step shows the GPU at that moment. */
export function SystemTab({ answer, search, change }: RunTabProps): ReactElement {
  const { run } = answer;
  const x = XS.find((each) => each === search.x) ?? 'step';
  const map = useRunTimes(answer, x);
  const own = useNames(answer.metrics.map(({ metric }) => metric).filter((metric) => isSystemMetric(metric)));
  const others = useNames(answer.metrics.map(({ metric }) => metric).filter((metric) => !isSystemMetric(metric)));
  const top = others.find((metric) => metric === search.metric) ?? mainMetric(others);
  const regions = useMemo(
    () => answer.findings.filter(({ state, metrics }) => state !== 'muted' && top !== undefined && metrics.includes(top)),
    [answer.findings, top],
  );
  const [cursor] = useState(createCrosshair);
  const [first, last] = [map.xs[0] ?? 0, map.xs.at(-1) ?? 0];
  const from = search.from ?? first;
  const to = search.to ?? last;
  const onZoom = useCallback(
    (next: { readonly from: number | undefined; readonly to: number | undefined }) => change(next, 'push'),
    [change],
  );
  const context = useStepContext({ x, cursor, from, to, onZoom });
  const timeAt = (at: number, otherwise: number): number =>
    interpolate(map.xs, map.times, Math.min(last, Math.max(first, at))) ?? otherwise;
  const endMs = run.endedMs ?? map.times.at(-1) ?? serverClock.now();
  const span = hostSpan(timeAt(from, run.startedMs), timeAt(to, endMs));
  const names = useQuery(hostNamesQuery(hostSpan(run.startedMs, endMs))).data ?? [];
  const host = search.host ?? run.hosts[0];
  const panels = useHostPanels(host, span, run.status === 'running');
  const choices = [...new Set([...run.hosts, ...(host === undefined ? [] : [host]), ...names])];
  const shown = panels.filter(({ rows }) => rows.length > 0);
  const problem = panels.find(({ error }) => error !== null)?.error;
  return (
    <>
      <div className={classes.toolbar}>
        <Select
          className={system.machine}
          aria-label="Machine"
          placeholder="Choose the machine that it ran on"
          leftSection={<IconServer2 size={15} />}
          data={choices}
          searchable
          nothingFoundMessage="No machine was measured at that time"
          value={host ?? null}
          onChange={(next) => change({ host: next ?? undefined })}
        />
        <SegmentedControl
          aria-label="What x is"
          value={x}
          data={XS.map((value) => ({ value, label: X_NAMES[value] }))}
          onChange={(value) => change({ x: value === 'step' ? undefined : value, from: undefined, to: undefined })}
        />
        {others.length > 0 && (
          <Select
            className={system.machine}
            aria-label="Metric on top"
            data={[...others]}
            searchable
            allowDeselect={false}
            limit={200}
            value={top ?? null}
            onChange={(next) => change({ metric: next ?? undefined })}
          />
        )}
      </div>
      <Moment cursor={cursor} map={map} x={x} panels={shown} reachMs={reachOf(span)} />
      <div className={system.stack}>
        {top !== undefined && (
          <div className={system.tall}>
            <TagCard title={top}>
              {(width, height) => (
                <OwnCurve {...{ metric: top, run: run.id, x, map, context, width, height, isMapped: false }} regions={regions} />
              )}
            </TagCard>
          </div>
        )}
        {shown.map((panel) => (
          <div key={panel.panel.id} style={{ height: heightOf(panel.rows.length) }}>
            <TagCard title={panel.panel.title} note={host ?? ''}>
              {(width, height) => <HostHeat {...{ ...panel, map, from, to, context, width, height }} reachMs={reachOf(span)} />}
            </TagCard>
          </div>
        ))}
        {own.map((metric) => (
          <div key={metric} className={system.low}>
            <TagCard title={metric} note="logged by the run">
              {(width, height) => <OwnCurve {...{ metric, run: run.id, x, map, context, width, height, isMapped: true }} />}
            </TagCard>
          </div>
        ))}
      </div>
      {host === undefined && (
        <p className={classes.none}>
          The run did not say which machine it ran on. Choose one above to see its GPUs and processors beside the curves.
        </p>
      )}
      {host !== undefined && shown.length === 0 && panels.every(({ isLoading }) => !isLoading) && (
        <p className={classes.none}>
          {problem?.message ??
            `Nothing was measured on ${host} while the run ran. Scrape its node exporter, and for GPUs the DCGM exporter, and the next run shows them here.`}
        </p>
      )}
    </>
  );
}

/** Samples this far from a moment do not tell of it. */
function reachOf({ stepMs }: HostSpan): number {
  return Math.max(stepMs * 1.5, 5_000);
}

function heightOf(rows: number): number {
  return Math.min(300, 96 + Math.max(1, rows) * 16);
}

/** What most want to see above the machine: the loss. */
function mainMetric(metrics: readonly string[]): string | undefined {
  return (
    metrics.find((metric) => /^(train[/_.]?)?loss$/i.test(metric)) ??
    metrics.find((metric) => directionOf(metric) === 'min') ??
    metrics[0]
  );
}

export interface HostAnswer {
  readonly panel: HostPanel;
  readonly rows: readonly HostRow[];
  readonly error: Error | null;
  readonly isLoading: boolean;
}

function useHostPanels(host: string | undefined, span: HostSpan, isRunning: boolean): readonly HostAnswer[] {
  const pattern = host === undefined ? '' : hostPattern(host);
  const answers = useQueries({
    queries: HOST_PANELS.map(({ query }) => ({
      ...hostSeriesQuery(query(pattern, rateWindow(span)), span),
      enabled: host !== undefined,
      refetchInterval: isRunning ? RENEW_MS : (false as const),
    })),
  });
  return HOST_PANELS.map((panel, at): HostAnswer => {
    const { data, error, isFetching } = answers[at]!;
    return { panel, rows: hostRows(data ?? [], panel.rows), error, isLoading: isFetching && data === undefined };
  });
}

interface OwnCurveProps {
  readonly run: string;
  readonly metric: string;
  readonly x: SystemX;
  readonly map: TimeMap;
  readonly context: LineChartContext;
  readonly width: number;
  readonly height: number;
  /** Its steps are its own, not the training's: it is put on x by its times. */
  readonly isMapped: boolean;
  readonly regions?: readonly Finding[];
}

const NO_FINDINGS: readonly Finding[] = [];
const NO_LEGEND = {
  showLegend: false,
  displayMode: 'list',
  placement: 'bottom',
  calcs: [],
  sortBy: '',
  sortDesc: false,
  width: undefined,
  limit: undefined,
} as const;

function OwnCurve({
  run,
  metric,
  x,
  map,
  context,
  width,
  height,
  isMapped,
  regions = NO_FINDINGS,
}: OwnCurveProps): ReactElement | null {
  const isByTime = isMapped && x !== 'time';
  const request = useMemo(
    (): CurvesRequest => ({
      runs: [run],
      metrics: [metric],
      x: { kind: isByTime ? 'time' : x },
      // A curve that is put elsewhere has all its points thinned for the whole.
      widthPx: isByTime ? 4 * width : width,
      smoothing: { kind: 'none' },
      ...(isByTime || !(context.to > context.from) ? {} : { from: context.from, to: context.to }),
    }),
    [run, metric, isByTime, x, width, context.from, context.to],
  );
  const { data, error } = useCurves(request, true);
  const frames = useMemo(
    () => (data === undefined ? [] : isByTime ? remapFrames(data.frames, map) : data.frames),
    [data, isByTime, map],
  );
  const colorOf = useCallback((id: string) => runColor(id, context.theme), [context.theme]);
  if (error !== null && data === undefined) return <p className={classes.cardProblem}>{error.message}</p>;
  if (data === undefined) return null;
  return <CurveChart title={metric} legend={NO_LEGEND} {...{ frames, width, height, context, x, colorOf, regions }} />;
}

interface HostHeatProps extends HostAnswer {
  readonly map: TimeMap;
  readonly from: number;
  readonly to: number;
  readonly context: LineChartContext;
  readonly width: number;
  readonly height: number;
  readonly reachMs: number;
}

const PX_A_COLUMN = 4;
const isNowhere = (): boolean => false;
const sayShare = (value: number): string => formatText(value, 'percentunit');

function HostHeat({ panel, rows, map, from, to, context, width, height, reachMs }: HostHeatProps): ReactElement {
  const columns = Math.max(10, Math.floor(width / PX_A_COLUMN));
  const { grid, xs } = useMemo(() => hostGrid(rows, map, from, to, columns, reachMs), [rows, map, from, to, columns, reachMs]);
  const coloring = useMemo(
    () => heatColoring({ mode: 'scheme', scheme: '', fill: '', reverse: false, steps: 256, exponent: 1 }, 0, 1, context.theme),
    [context.theme],
  );
  const names = useMemo(() => rows.map(({ name }) => name), [rows]);
  return (
    <HeatmapChart
      label={panel.title}
      place="rows"
      reversed
      namesHidden={false}
      events={{ lineWidth: 1, regionOpacity: 0.1 }}
      selects="x"
      thresholds={[]}
      isBlank={isNowhere}
      gap={0}
      radius={0}
      showValue="never"
      describe={(row) => `${panel.short} ${names[row] ?? ''}`}
      legend={false}
      tooltip={{ mode: 'single', histogram: false, scale: true }}
      marks={[]}
      markColor=""
      say={sayShare}
      {...{ grid, xs, names, width, height, context, coloring }}
    />
  );
}
