import { IconChevronRight, IconEye, IconEyeOff } from '@tabler/icons-react';
import { formatDuration } from '@vitrine/compute/time.ts';
import type { MetricCell, RunRow } from '@vitrine/model/run-api.ts';
import { formatExact, formatText } from '@vitrine/model/unit.ts';
import { runColors } from '@vitrine/ui/theme/run-color.ts';
import { Sparkline } from '@vitrine/ui/chart/sparkline.tsx';
import { createContext, memo, useContext, useEffect, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { serverClock } from '../../api/server-clock.ts';
import { useInternalLink } from '../../app/internal-link.ts';
import { HealthBadges } from '../../health/health-badges.tsx';
import { Ago } from '../../ingest/ago.tsx';
import { RunStatusBadge } from '../run-status.tsx';
import type { Sparklines } from '../runs-queries.ts';
import { sparkKey } from '../runs-queries.ts';
import { BOXES_PX, durationMs, numberOf, pinnedAt } from './columns.ts';
import type { MetricShow, RunColumn } from './columns.ts';
import { durationSpread, groupKey, metricSpread } from './group-rows.ts';
import type { RunGroup, Spread } from './group-rows.ts';
import classes from './run-table.module.css';

/** What lines know of the page. */
export interface LineContext {
  readonly theme: 'dark' | 'light';
  /** Of the drawn runs, as on the charts. */
  readonly colors: ReadonlyMap<string, string>;
  /** Of the drawn groups, by their titles. */
  readonly groupColors: ReadonlyMap<string, string>;
  readonly selected: ReadonlySet<string>;
  /** Runs whose curves the charts draw. */
  readonly drawn: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  /** The best value of each metric among the loaded rows. */
  readonly best: ReadonlyMap<string, number>;
  /** Runs of a bin can't be opened. */
  readonly isBin: boolean;
  readonly onHide: (ids: readonly string[]) => void;
  /** Selects the runs of a group, or none of them any more. */
  readonly onSelectAll: (ids: readonly string[]) => void;
}

/** The small curves of the lines that are seen. They come while the table scrolls: only what draws them is made anew then. */
export const SparklinesContext = createContext<Sparklines>(new Map());

/** A run's colour on the charts; what it would have alone where they don't draw it. */
function colorOf(run: string, { colors, theme }: LineContext): string {
  return colors.get(run) ?? runColors([run], theme).get(run)!;
}

interface Columns {
  readonly pinned: readonly RunColumn[];
  readonly others: readonly RunColumn[];
}

const SPARK = { width: 84, height: 22 };

export interface RunLineProps {
  readonly row: RunRow;
  readonly columns: Columns;
  readonly context: LineContext;
  readonly onSelect: (row: RunRow, reach: boolean) => void;
  readonly onOpen: (row: RunRow) => void;
}

/** One run. */
export const RunLine = memo(function RunLine({ row, columns, context, onSelect, onOpen }: RunLineProps): ReactElement {
  const { run } = row;
  const isHidden = context.hidden.has(run.id);
  return (
    <>
      <div className={classes.boxes} role="gridcell" style={{ width: BOXES_PX }}>
        <input
          type="checkbox"
          className={classes.check}
          tabIndex={-1}
          aria-label={`Select ${run.name}`}
          checked={context.selected.has(run.id)}
          // The change itself does not tell of ⇧.
          onClick={(event) => onSelect(row, event.shiftKey)}
          readOnly
        />
        <Eye
          isHidden={isHidden}
          isDrawn={context.drawn.has(run.id)}
          color={colorOf(run.id, context)}
          name={run.name}
          onPress={() => context.onHide([run.id])}
        />
      </div>
      <Cells columns={columns} renderCell={(column) => <RunCell {...{ row, column, context, onOpen }} />} />
    </>
  );
});

interface EyeProps {
  readonly isHidden: boolean;
  readonly isDrawn: boolean;
  readonly color: string;
  readonly name: string;
  readonly onPress: () => void;
}

/** The run's colour, an eye under the pointer: whether charts draw it. */
function Eye({ isHidden, isDrawn, color, name, onPress }: EyeProps): ReactElement {
  const label = isHidden ? `Show ${name} in charts` : `Hide ${name} from charts`;
  return (
    <button
      type="button"
      className={classes.eye}
      tabIndex={-1}
      aria-label={label}
      title={label}
      data-off={isHidden || undefined}
      data-drawn={isDrawn || undefined}
      onClick={onPress}
    >
      <span className={classes.dot} style={{ color }} />
      {isHidden ? <IconEyeOff size={15} stroke={1.7} /> : <IconEye size={15} stroke={1.7} />}
    </button>
  );
}

function Cells({
  columns,
  renderCell,
}: {
  readonly columns: Columns;
  readonly renderCell: (column: RunColumn) => ReactNode;
}): ReactElement {
  return (
    <>
      {pinnedAt(columns.pinned).map(({ column, leftPx }) => (
        <div
          key={column.key}
          className={classes.cell}
          role="gridcell"
          data-pinned
          data-number={column.isNumber || undefined}
          style={{ width: column.width, left: leftPx }}
        >
          {renderCell(column)}
        </div>
      ))}
      {columns.others.map((column) => (
        <div
          key={column.key}
          className={classes.cell}
          role="gridcell"
          data-number={column.isNumber || undefined}
          style={{ width: column.width }}
        >
          {renderCell(column)}
        </div>
      ))}
      <div className={classes.filler} />
    </>
  );
}

interface RunCellProps {
  readonly row: RunRow;
  readonly column: RunColumn;
  readonly context: LineContext;
  readonly onOpen: (row: RunRow) => void;
}

function RunCell({ row, column, context, onOpen }: RunCellProps): ReactNode {
  const { run } = row;
  switch (column.kind) {
    case 'metric':
      return <MetricValue cell={row.metrics[column.metric]} {...{ row, column, context }} />;
    case 'param':
      return <Text text={run.params[column.name]} isCode />;
    case 'tag':
      return <Text text={run.tags[column.name]} />;
    case 'fact':
      break;
  }
  switch (column.fact) {
    case 'name':
      return <Name row={row} isBin={context.isBin} onOpen={onOpen} />;
    case 'status':
      return <RunStatusBadge status={run.status} />;
    case 'health':
      return <HealthBadges findings={row.findings} limit={1} />;
    case 'created':
      return (
        <span className={classes.dim}>
          <Ago atMs={run.startedMs} />
        </span>
      );
    case 'duration':
      return <Duration row={row} />;
    case 'tags':
      return <Tags tags={run.tags} />;
    case 'host':
      return <Text text={run.hosts.join(', ')} />;
    case 'project':
    case 'group':
    case 'user':
    case 'source':
    case 'notes':
      return <Text text={run[column.fact]} />;
    case 'id':
      return <Text text={run.id} isCode />;
  }
}

function Name({ row, isBin, onOpen }: Pick<RunCellProps, 'row' | 'onOpen'> & { readonly isBin: boolean }): ReactElement {
  const { run } = row;
  const linkTo = useInternalLink();
  if (isBin) {
    return (
      <span className={classes.text} title={run.name}>
        {run.name}
      </span>
    );
  }
  const link = linkTo(`/runs/${encodeURIComponent(run.id)}`);
  return (
    <a className={classes.run} title={run.name} {...link} onAuxClick={() => onOpen(row)} tabIndex={-1}>
      {run.name}
    </a>
  );
}

function Text({ text, isCode = false }: { readonly text: string | undefined; readonly isCode?: boolean }): ReactElement {
  if (text === undefined || text === '') return <None />;
  return (
    <span className={isCode ? classes.code : classes.text} title={text}>
      {text}
    </span>
  );
}

/** Not there is not zero. */
function None(): ReactElement {
  return (
    <span className={classes.none} aria-label="none">
      –
    </span>
  );
}

/** MLflow's own say what other columns say. */
function Tags({ tags }: { readonly tags: Readonly<Record<string, string>> }): ReactElement {
  const own = Object.entries(tags).filter(([name]) => !name.startsWith('mlflow.'));
  if (own.length === 0) return <None />;
  const texts = own.map(([name, value]) => (value === '' ? name : `${name}: ${value}`));
  return (
    <span className={classes.tags} title={texts.join('\n')}>
      {texts.map((text) => (
        <span key={text} className={classes.tag}>
          {text}
        </span>
      ))}
    </span>
  );
}

function Duration({ row }: { readonly row: RunRow }): ReactElement {
  const isRunning = row.run.status === 'running';
  const [nowMs, setNowMs] = useState(serverClock.now);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNowMs(serverClock.now()), 1_000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return <span className={classes.dim}>{durationText(durationMs(row, nowMs))}</span>;
}

function durationText(ms: number): string {
  return formatDuration(ms < 10_000 ? Math.round(ms) : Math.round(ms / 1_000) * 1_000);
}

interface MetricValueProps {
  readonly cell: MetricCell | undefined;
  readonly row: RunRow;
  readonly column: RunColumn & { readonly kind: 'metric' };
  readonly context: LineContext;
}

function MetricValue({ cell, row, column, context }: MetricValueProps): ReactElement {
  const { metric, shows } = column;
  if (cell === undefined) return <None />;
  const value = numberOf(cell, shows);
  const isBest = shows !== 'curve' && shows !== 'last' && value !== undefined && value === context.best.get(metric);
  const number =
    value === undefined ? (
      <None />
    ) : (
      <span className={classes.number} data-best={isBest || undefined} title={valueTitle(cell, shows, isBest)}>
        {formatText(value, 'none')}
      </span>
    );
  if (shows !== 'curve') return number;
  return (
    <>
      <SparkCell run={row.run.id} metric={metric} color={colorOf(row.run.id, context)} />
      {number}
    </>
  );
}

function SparkCell({
  run,
  metric,
  color,
}: {
  readonly run: string;
  readonly metric: string;
  readonly color: string;
}): ReactElement {
  const line = useContext(SparklinesContext).get(sparkKey(run, metric));
  return (
    <span className={classes.spark} style={SPARK}>
      {line !== undefined && line.steps.length > 0 && (
        <Sparkline
          {...SPARK}
          xs={line.steps}
          ys={line.values}
          xMin={line.steps[0]!}
          xMax={Math.max(line.steps[0]! + 1, line.steps.at(-1)!)}
          color={color}
        />
      )}
    </span>
  );
}

function valueTitle(cell: MetricCell, shows: MetricShow, isBest: boolean): string {
  const point = shows === 'curve' || shows === 'last' ? cell.last : cell[shows];
  if (point === undefined) return '';
  const at = `${formatExact(point.value, 'none')} at step ${point.step.toLocaleString('en')}, of ${cell.points.toLocaleString('en')} points`;
  return isBest ? `${at}: the best of these runs` : at;
}

export interface GroupLineProps {
  readonly group: RunGroup;
  readonly isOpen: boolean;
  readonly columns: Columns;
  readonly context: LineContext;
  readonly onFold: (value: string) => void;
}

/** Runs of one value as one line, each number as its mean and deviation over them. */
export const GroupLine = memo(function GroupLine({ group, isOpen, columns, context, onFold }: GroupLineProps): ReactElement {
  const { value, title, rows } = group;
  const ids = rows.map(({ run }) => run.id);
  const selected = ids.filter((id) => context.selected.has(id)).length;
  const isHidden = ids.every((id) => context.hidden.has(id));
  return (
    <>
      <div className={classes.boxes} role="gridcell" style={{ width: BOXES_PX }}>
        <input
          ref={(box) => {
            if (box !== null) box.indeterminate = selected > 0 && selected < ids.length;
          }}
          type="checkbox"
          className={classes.check}
          tabIndex={-1}
          aria-label={`Select the runs of ${title}`}
          checked={selected === ids.length}
          onChange={() => context.onSelectAll(ids)}
        />
        <Eye
          isHidden={isHidden}
          isDrawn={ids.some((id) => context.drawn.has(id))}
          color={context.groupColors.get(title) ?? 'var(--v-faint)'}
          name={title}
          onPress={() => context.onHide(ids)}
        />
      </div>
      <Cells
        columns={columns}
        renderCell={(column) =>
          column.key === 'name' ? (
            <button
              type="button"
              className={classes.fold}
              tabIndex={-1}
              aria-expanded={isOpen}
              onClick={() => onFold(groupKey(value))}
            >
              <IconChevronRight size={15} className={classes.chevron} />
              <span className={value === '' ? classes.none : classes.text} title={title}>
                {value === '' ? title : value}
              </span>
              <span className={classes.count}>{rows.length}</span>
            </button>
          ) : (
            <GroupCell rows={rows} column={column} />
          )
        }
      />
    </>
  );
});

function GroupCell({ rows, column }: { readonly rows: readonly RunRow[]; readonly column: RunColumn }): ReactNode {
  if (column.kind === 'metric') return <SpreadText spread={metricSpread(rows, column.metric, column.shows)} of={rows.length} />;
  if (column.kind === 'param') return <Common values={rows.map(({ run }) => run.params[column.name])} isCode />;
  if (column.kind === 'tag') return <Common values={rows.map(({ run }) => run.tags[column.name])} />;
  switch (column.fact) {
    case 'status':
      return <Statuses rows={rows} />;
    case 'health':
      return <HealthBadges findings={rows.flatMap(({ findings }) => findings)} limit={1} />;
    case 'created':
      return (
        <span className={classes.dim}>
          <Ago atMs={Math.max(...rows.map(({ run }) => run.startedMs))} />
        </span>
      );
    case 'duration':
      return <SpreadText spread={durationSpread(rows, serverClock.now())} of={rows.length} show={durationText} />;
    case 'project':
    case 'group':
    case 'user':
    case 'source':
      return <Common values={rows.map(({ run }) => run[column.fact as 'project' | 'group' | 'user' | 'source'])} />;
    default:
      return null;
  }
}

function Statuses({ rows }: { readonly rows: readonly RunRow[] }): ReactElement {
  const counts = [...Map.groupBy(rows, ({ run }) => run.status)].map(([status, own]) => ({ status, count: own.length }));
  const [most] = counts.toSorted((a, b) => b.count - a.count);
  if (most === undefined) return <None />;
  const all = counts.map(({ status, count }) => `${count} ${status}`).join(', ');
  return (
    <span className={classes.dim} title={all}>
      <RunStatusBadge status={most.status} /> {most.count < rows.length && `${most.count} of ${rows.length}`}
    </span>
  );
}

/** The value that all runs have, or how many different ones. */
function Common({ values, isCode = false }: { readonly values: readonly (string | undefined)[]; readonly isCode?: boolean }) {
  const different = new Set(values);
  const [only] = different;
  if (different.size === 1) return <Text text={only} isCode={isCode} />;
  return (
    <span className={classes.none} title={[...different].map((value) => value ?? 'none').join('\n')}>
      {different.size} values
    </span>
  );
}

interface SpreadTextProps {
  readonly spread: Spread | undefined;
  readonly of: number;
  readonly show?: (value: number) => string;
}

function SpreadText({ spread, of, show = (value) => formatText(value, 'none') }: SpreadTextProps): ReactElement {
  if (spread === undefined) return <None />;
  const { mean, deviation, count } = spread;
  const title = `Mean ${formatExact(mean, 'none')}${Number.isNaN(deviation) ? '' : `, standard deviation ${formatExact(deviation, 'none')}`} of ${count}${count === of ? '' : ` of ${of}`} runs`;
  return (
    <span className={classes.number} title={title}>
      {show(mean)}
      {!Number.isNaN(deviation) && <span className={classes.deviation}> ± {show(deviation)}</span>}
    </span>
  );
}

/** The place of a run that is on its way. */
export function LoadingLine(): ReactElement {
  return <div className={classes.loading} role="gridcell" aria-label="Loading" />;
}
