import { spanAt } from '@vitrine/compute/state-spans.ts';
import type { StateSpans } from '@vitrine/compute/state-spans.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import { AnnotationLane } from '../chart/annotation-lane.tsx';
import { formatMark, useEventMarks } from '../chart/event-marks.ts';
import type { EventLook, MarkedContext } from '../chart/event-marks.ts';
import floatClasses from '../chart/float.module.css';
import { Float } from '../chart/float.tsx';
import { formatX } from '../chart/format-x.ts';
import { rowLabels } from '../chart/heatmap-chart.tsx';
import type { PlotPicture } from '../chart/plot.ts';
import { usePlot } from '../chart/use-plot.ts';
import { xRange } from '../chart/x-range.ts';
import { INK } from '../theme/ink.ts';
import { AXIS_FONT } from './axes.ts';
import { legendRoom, LegendList } from './legend-list.tsx';
import type { LegendItem } from './legend-list.tsx';
import { SpokenTable } from '../widget/spoken-table.tsx';
import { textOver } from './text-over.ts';
import classes from './state-chart.module.css';

/** What one thing was in over x. */
export interface StateRow {
  readonly name: string;
  readonly xs: Float64Array;
  readonly spans: StateSpans;
  /** Of a point, by its row. */
  readonly textAt: (row: number) => string;
  readonly colorAt: (row: number) => string;
  /** 0 to 1. */
  readonly fill: number;
  /** CSS pixels. */
  readonly lineWidth: number;
}

export interface StateChartProps {
  readonly label: string;
  /** What kind of chart it is: "state timeline". */
  readonly role: string;
  /** The first on top. */
  readonly rows: readonly StateRow[];
  readonly width: number;
  readonly height: number;
  readonly context: MarkedContext;
  readonly events: EventLook;
  /** Of the row's height, 0 to 1. */
  readonly rowHeight: number;
  /** Rows a page; 0 shows all. */
  readonly perPage: number;
  /** Rows are not named beside the plot. */
  readonly namesHidden: boolean;
  readonly showValue: 'auto' | 'always' | 'never';
  readonly alignValue: 'left' | 'center' | 'right';
  readonly legend: {
    readonly placement: 'bottom' | 'right' | 'hidden';
    readonly items: readonly LegendItem[];
    /** CSS pixels, at the right. */
    readonly width: number | undefined;
  };
  readonly tooltip: 'single' | 'multi' | 'none';
  /** Whether a span says how long it lasts. */
  readonly lasting: boolean;
}

const PAGER = 24;
const NAME_LETTERS = { narrow: 14, wide: 28, wideFrom: 420 };
const MOST_STOPS = 20_000;
const MOST_ROWS_TOLD = 16;
const NO_STOPS = new Float64Array();

/** Rows of states over the page's x. */
export function StateChart(props: StateChartProps): ReactElement {
  const { label, rows: all, context, rowHeight, perPage, namesHidden, showValue, alignValue, legend } = props;
  const [page, setPage] = useState(0);
  const pages = perPage > 0 ? Math.max(1, Math.ceil(all.length / perPage)) : 1;
  const at = Math.min(page, pages - 1);
  const rows = useMemo(() => (pages === 1 ? all : all.slice(at * perPage, (at + 1) * perPage)), [all, pages, at, perPage]);
  const room = legendRoom(
    props.width,
    props.height - (pages > 1 ? PAGER : 0),
    legend.placement,
    legend.items,
    'list',
    legend.width,
  );
  const { width, height } = room.chart;
  const events = useEventMarks(context, props.events, height);

  const picture = useMemo<PlotPicture>(() => {
    const [xMin, xMax] = xRange(context, rows);
    const ink = INK[context.theme];
    const names = rows.map(({ name }) => name).toReversed();
    return {
      context,
      ink,
      xMin,
      xMax,
      y: {
        kind: 'rows',
        rows: rows.length,
        labels: namesHidden
          ? []
          : rowLabels(
              names,
              rows.length,
              1,
              height - 30,
              'rows',
              width < NAME_LETTERS.wideFrom ? NAME_LETTERS.narrow : NAME_LETTERS.wide,
            ),
      },
      stops: stopsOf(rows),
      ...events.plot,
      paint(surface) {
        const { ctx, left, top, width: across, height: down, ratio, xToPx } = surface;
        const band = down / Math.max(1, rows.length);
        const thick = Math.max(ratio, band * rowHeight);
        ctx.font = AXIS_FONT.replace('11px', `${11 * ratio}px`);
        ctx.textBaseline = 'middle';
        for (const [index, row] of rows.entries()) {
          const y = top + index * band + (band - thick) / 2;
          const { spans, fill, lineWidth } = row;
          for (let span = 0; span < spans.count; span++) {
            const from = Math.max(left, xToPx(spans.from[span]!));
            const to = Math.min(left + across, xToPx(spans.to[span]!));
            if (to < left || from > left + across) continue;
            const color = row.colorAt(spans.row[span]!);
            const size = Math.max(ratio, to - from);
            ctx.globalAlpha = fill;
            ctx.fillStyle = color;
            ctx.fillRect(from, y, size, thick);
            ctx.globalAlpha = 1;
            if (lineWidth > 0 && size > 4 * lineWidth * ratio) {
              ctx.strokeStyle = color;
              ctx.lineWidth = lineWidth * ratio;
              ctx.strokeRect(from, y, size, thick);
            }
            if (showValue === 'never' || thick < 12 * ratio || size < 10 * ratio) continue;
            const text = row.textAt(spans.row[span]!);
            const needed = text.length * 6.4 * ratio;
            if (needed + 8 * ratio > size && showValue === 'auto') continue;
            ctx.fillStyle = textOver(color, fill, context.theme);
            ctx.textAlign = alignValue;
            const pad = 5 * ratio;
            const x = alignValue === 'left' ? from + pad : alignValue === 'right' ? from + size - pad : from + size / 2;
            // A long text is cut by its span, never laid over the next.
            ctx.save();
            ctx.beginPath();
            ctx.rect(from, y, size, thick);
            ctx.clip();
            ctx.fillText(text, x, y + thick / 2);
            ctx.restore();
          }
        }
        events.paint(surface);
      },
    };
  }, [context, rows, width, height, rowHeight, namesHidden, showValue, alignValue, events]);
  const { host, plot, hover } = usePlot(picture, width, height);

  const told = useMemo(() => {
    if (hover === undefined || props.tooltip === 'none') return [];
    const own = hover.y === undefined ? -1 : rows.length - 1 - Math.floor(hover.y);
    const indices = props.tooltip === 'multi' || own < 0 ? rows.keys() : [own];
    return [...indices].flatMap((index) => {
      const row = rows[index];
      const span = row === undefined ? -1 : spanAt(row.spans, hover.x);
      return row === undefined || span < 0 ? [] : [{ row, span, isOwn: index === own }];
    });
  }, [hover, rows, props.tooltip]);
  const near = told.find(({ isOwn }) => isOwn) ?? (told.length === 1 ? told[0] : undefined);
  const stretch = (row: StateRow, span: number) => {
    const [from, to] = [row.spans.from[span]!, row.spans.to[span]!];
    const lasts = context.x === 'time' || context.x === 'elapsed' ? formatText(to - from, 'ms') : formatText(to - from, 'short');
    return `${formatX(from, context)} to ${formatX(to, context)}, ${lasts}`;
  };
  const chart = (
    <div
      ref={host}
      className="v-plot"
      tabIndex={0}
      role="group"
      aria-roledescription={props.role}
      aria-label={`${label}: ${all.length} rows. Arrow keys move the cursor.`}
      style={{ width, height }}
    />
  );
  return (
    <div className={classes.states} style={{ width: props.width, height: props.height }} data-side={legend.placement}>
      <div>
        {chart}
        {pages > 1 && (
          <div className={classes.pager} role="group" aria-label="Pages">
            <button type="button" aria-label="Previous page" disabled={at === 0} onClick={() => setPage(at - 1)}>
              ‹
            </button>
            {`${at * perPage + 1} – ${Math.min(all.length, (at + 1) * perPage)} of ${all.length}`}
            <button type="button" aria-label="Next page" disabled={at === pages - 1} onClick={() => setPage(at + 1)}>
              ›
            </button>
          </div>
        )}
      </div>
      {room.legend !== undefined && (
        <LegendList
          items={legend.items}
          heads={[]}
          mode="list"
          width={room.legend.width}
          height={room.legend.height}
          shown={undefined}
        />
      )}
      {plot !== undefined && events.hasLane && (
        <AnnotationLane
          plot={plot}
          marks={events.marks}
          xMin={picture.xMin}
          xMax={picture.xMax}
          width={width}
          theme={context.theme}
          formatX={(mark) => formatMark(mark, context)}
          onEdit={context.editAnnotation}
        />
      )}
      {hover !== undefined && hover.source !== 'shared' && plot !== undefined && told.length > 0 && (
        <Float x={hover.clientX} y={hover.clientY} pinned={hover.pinned}>
          <div className={floatClasses.head}>
            <span>{formatX(hover.x, context)}</span>
            {hover.pinned && (
              <button type="button" className={floatClasses.button} onClick={() => plot.unpin()} aria-label="Unpin">
                ✕
              </button>
            )}
          </div>
          <div className={floatClasses.rows}>
            {told.slice(0, MOST_ROWS_TOLD).map(({ row, span, isOwn }) => (
              <div key={row.name} className={floatClasses.row} data-near={isOwn || undefined}>
                <svg width={10} height={10} aria-hidden="true">
                  <rect width={10} height={10} rx={2} fill={row.colorAt(row.spans.row[span]!)} />
                </svg>
                <span className={floatClasses.name}>{row.name}</span>
                <span className={floatClasses.value}>{row.textAt(row.spans.row[span]!)}</span>
              </div>
            ))}
          </div>
          {told.length > MOST_ROWS_TOLD && <div className={floatClasses.more}>{told.length - MOST_ROWS_TOLD} more</div>}
          {near !== undefined && props.lasting && <div className={floatClasses.more}>{stretch(near.row, near.span)}</div>}
        </Float>
      )}
      <div className={classes.srOnly}>
        <SpokenTable
          caption={label}
          head={['', 'Newest', 'Since']}
          count={all.length}
          row={(index) => {
            const { name, spans, textAt } = all[index]!;
            if (spans.count === 0) return [name, 'no state', ''];
            const last = spans.count - 1;
            return [name, textAt(spans.row[last]!), formatX(spans.from[last]!, context)];
          }}
        />
      </div>
    </div>
  );
}

/** Where any row's state begins, rising. */
function stopsOf(rows: readonly StateRow[]): Float64Array {
  let size = 0;
  for (const { spans } of rows) size += spans.count;
  if (size === 0) return NO_STOPS;
  if (size > MOST_STOPS) return rows[0]!.xs;
  const starts = new Float64Array(size);
  let at = 0;
  for (const { spans, xs } of rows) for (const row of spans.row) starts[at++] = xs[row]!;
  starts.sort();
  return starts.filter((x, index) => index === 0 || x !== starts[index - 1]);
}
