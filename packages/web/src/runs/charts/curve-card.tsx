import { ActionIcon, Button, Menu, Modal } from '@mantine/core';
import { IconArrowsMaximize, IconDots, IconDownload, IconLayoutDashboard } from '@tabler/icons-react';
import { CurveChart } from '@vitrine/ui/chart/curve-chart.tsx';
import type { LineChartContext } from '@vitrine/ui/chart/time-chart.tsx';
import { useQuery } from '@tanstack/react-query';
import { lazy, memo, Suspense, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import { useInView, useQueryWidth, useSize } from '../../dashboard/use-size.ts';
import { readSmoothing, readX } from '../runs-view.ts';
import type { ChartLook } from '../runs-view.ts';
import type { ChartPlan } from './chart-sections.ts';
import type { CurveChartsProps } from './curve-charts.tsx';
import classes from './curve-charts.module.css';
import { exportPath, savePoints } from './export-points.ts';
import { panelQuery, runsThatFit } from './panel-query.ts';
import { useCurves } from './use-curves.ts';

// Its code is the editor's.
const SendDialog = lazy(async () => ({ default: (await import('../../explore/send-dialog.tsx')).SendDialog }));

export interface CurveCardProps extends Pick<CurveChartsProps, 'runs' | 'look' | 'groupBy' | 'colorOf' | 'regions'> {
  readonly plan: ChartPlan;
  readonly context: LineChartContext;
}

/** One chart with its name and menu. */
export const CurveCard = memo(function CurveCard(props: CurveCardProps): ReactElement {
  const { plan, runs } = props;
  const [isMenuOpen, setIsMenuOpen] = useState(false);
  const [isWhole, setIsWhole] = useState(false);
  const [isSending, setIsSending] = useState(false);
  const [problem, setProblem] = useState('');
  const title = plan.title;
  return (
    <article className={classes.card} aria-label={title}>
      <header className={classes.top}>
        <h3 className={classes.title} title={plan.metrics.join('\n')}>
          {title}
        </h3>
        <Menu opened={isMenuOpen} onChange={setIsMenuOpen} position="bottom-end">
          <Menu.Target>
            <ActionIcon className={classes.menu} size={24} aria-label={`Menu of ${title}`}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconArrowsMaximize size={15} />} onClick={() => setIsWhole(true)}>
              Full screen
            </Menu.Item>
            <ToDashboardItem onClick={() => setIsSending(true)} count={runs.length} fits={runsThatFit(runs).length} />
            <ExportItem runs={runs} metrics={plan.metrics} onProblem={setProblem} />
          </Menu.Dropdown>
        </Menu>
      </header>
      <ChartBody {...props} />
      {problem !== '' && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {isWhole && (
        <Modal opened onClose={() => setIsWhole(false)} title={title} fullScreen closeButtonProps={{ 'aria-label': 'Close' }}>
          <div className={classes.whole}>
            <ChartBody {...props} isAlone />
          </div>
        </Modal>
      )}
      {isSending && (
        <Suspense fallback={null}>
          <SendDialog
            kind="curve"
            queries={[panelQuery(runs, plan.metrics, props.look, props.groupBy ?? '')]}
            onClose={() => setIsSending(false)}
          />
        </Suspense>
      )}
    </article>
  );
});

interface ToDashboardItemProps {
  readonly count: number;
  /** Runs that a panel can name. */
  readonly fits: number;
  readonly onClick: () => void;
}

/** For those who may change dashboards. */
function ToDashboardItem({ count, fits, onClick }: ToDashboardItemProps): ReactElement | null {
  const role = useQuery(sessionQuery).data?.user.role;
  if (role !== 'admin' && role !== 'editor') return null;
  return (
    <Menu.Item leftSection={<IconLayoutDashboard size={15} />} onClick={onClick}>
      {fits < count ? `Add the first ${fits} runs to a dashboard…` : 'Add to a dashboard…'}
    </Menu.Item>
  );
}

interface ExportItemProps {
  readonly runs: readonly string[];
  readonly metrics: readonly string[];
  /** Told why there is no file; "" before it is asked for. */
  readonly onProblem: (sentence: string) => void;
}

/** A link, which the browser loads to disk by itself, or where the runs are more than an address holds, a file put together here. */
function ExportItem({ runs, metrics, onProblem }: ExportItemProps): ReactElement {
  const path = exportPath(runs, metrics);
  const icon = <IconDownload size={15} />;
  if (path !== undefined)
    return (
      <Menu.Item component="a" href={path} download leftSection={icon}>
        All points as CSV
      </Menu.Item>
    );
  const save = async (): Promise<void> => {
    onProblem('');
    try {
      await savePoints(runs, metrics);
    } catch (error) {
      onProblem(`The points could not be saved. ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <Menu.Item onClick={() => void save()} leftSection={icon}>
      All points as CSV
    </Menu.Item>
  );
}

interface ChartBodyProps extends CurveCardProps {
  readonly isAlone?: boolean;
}

const STEP: NonNullable<ReturnType<typeof readX>> = { kind: 'step' };

function ChartBody({ plan, runs, look, context, groupBy, colorOf, regions, isAlone = false }: ChartBodyProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const isInView = useInView(box) || isAlone;
  const widthPx = useQueryWidth(size.width);
  const request = useMemo(
    () => ({ ...askedOf(look), runs, metrics: plan.metrics, widthPx, ...grouping(look, groupBy) }),
    [look, runs, plan.metrics, widthPx, groupBy],
  );
  const { data, error, isOld, again } = useCurves(request, isInView);
  const own = useMemo(
    () => regions?.filter(({ metrics }) => metrics.some((metric) => plan.metrics.includes(metric))) ?? [],
    [regions, plan.metrics],
  );
  return (
    <div ref={box} className={classes.body} data-old={isOld || undefined}>
      {isInView && data !== undefined && size.width > 0 && (
        <CurveChart
          title={plan.title}
          frames={data.frames}
          width={size.width}
          height={size.height}
          context={context}
          x={request.x.kind}
          {...(request.x.kind === 'metric' ? { xLabel: request.x.metric } : {})}
          logX={look.logx}
          logY={look.logy}
          clipOutliers={look.clip}
          regions={own}
          legend={isAlone ? WHOLE_LEGEND : NO_LEGEND}
          {...(colorOf === undefined ? {} : { colorOf })}
        />
      )}
      {error !== null && (
        <p className={classes.problem} role="alert">
          {error.message}{' '}
          <Button size="compact-xs" variant="default" onClick={again}>
            Try again
          </Button>
        </p>
      )}
      {data?.notices.map(({ text }) => (
        <p key={text} className={classes.notice}>
          {text}
        </p>
      ))}
    </div>
  );
}

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
const WHOLE_LEGEND = {
  ...NO_LEGEND,
  showLegend: true,
  displayMode: 'table',
  placement: 'right',
  calcs: ['lastNotNull', 'min', 'max'],
} as const;

function askedOf({ x, smooth, logx, from, to }: ChartLook) {
  return {
    x: readX(x) ?? STEP,
    smoothing: readSmoothing(smooth) ?? { kind: 'none' as const },
    ...(logx ? { logX: true } : {}),
    ...(from === undefined || to === undefined ? {} : { from, to }),
  };
}

function grouping({ band }: ChartLook, groupBy: string | undefined) {
  return groupBy === undefined || groupBy === '' ? {} : { groupBy, band };
}
