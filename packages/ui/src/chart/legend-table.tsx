import { formatText } from '@vitrine/model/unit.ts';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { MouseEvent, ReactElement } from 'react';

import classes from './legend-table.module.css';
import { useRowWindow } from '../widget/use-row-window.ts';
import { LineSwatch } from './line-swatch.tsx';
import type { Plot } from './plot.ts';
import { readSeries } from './reading.ts';
import { summaryOf } from './series.ts';
import type { ChartSeries } from './series.ts';

export const LEGEND_ROW = 22;
export const LEGEND_HEAD = 24;
/** From here on the names can be searched. */
const SEARCH_FROM = 13;

const NUMBER_WIDTH = 76;
const NAME_WIDTH = 120;

type Sort = 'last' | 'min' | 'max' | 'mean';

/** The numbers that there is room for beside the names, in the order of their columns. Pure. */
export function legendColumns(width: number): readonly Sort[] {
  // One column is the cursor's.
  const room = Math.floor((width - NAME_WIDTH) / NUMBER_WIDTH) - 1;
  if (room >= 4) return ['last', 'min', 'max', 'mean'];
  if (room === 3) return ['last', 'max', 'mean'];
  if (room === 2) return ['last', 'max'];
  return room === 1 ? ['last'] : [];
}

export interface LegendTableProps {
  readonly series: readonly ChartSeries[];
  /** Ids that are drawn; undefined means all. */
  readonly shown: ReadonlySet<string> | undefined;
  readonly width: number;
  readonly height: number;
  readonly decimals: number | undefined;
  /** Whose cursor is read. */
  readonly plot: Plot | undefined;
  /** How far beside a line's end the cursor still counts. */
  readonly reach: number;
  /** A click: the line alone, or all again. With ⌘ or ctrl: it too, or no longer. */
  readonly onPick: (id: string, add: boolean) => void;
  readonly onHover: (id: string | undefined) => void;
}

/** Names the lines with their numbers. */
export function LegendTable(props: LegendTableProps): ReactElement {
  const { series, width, height } = props;
  const [search, setSearch] = useState('');
  const [sort, setSort] = useState<{ by: Sort; down: boolean }>();
  const rows = useMemo(() => sorted(matching(series, search), sort), [series, search, sort]);
  const view = useRowWindow(rows.length, LEGEND_ROW, height - LEGEND_HEAD);
  const columns = legendColumns(width);

  // The cursor moves sixty times a second on every chart of the page: its column is written past React.
  const { plot, decimals, reach } = props;
  const cursorHead = useRef<HTMLSpanElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const alone = columns.length === 0;
    const byId = new Map(rows.map((one) => [one.id, one]));
    const write = () => {
      const x = plot?.hover?.x;
      cursorHead.current!.textContent = x !== undefined ? 'cursor' : alone ? 'last' : '';
      for (const cell of body.current!.querySelectorAll<HTMLElement>('[data-cursor]')) {
        cell.textContent = cursorText(byId.get(cell.dataset['cursor']!), x, alone, reach, decimals);
      }
    };
    write();
    return plot?.subscribe(write);
  });
  const turn = (by: Sort) =>
    // High first, low first, as it was.
    setSort((now) => (now?.by !== by ? { by, down: true } : now.down ? { by, down: false } : undefined));
  const template = { gridTemplateColumns: `minmax(0, 1fr) repeat(${columns.length + 1}, ${NUMBER_WIDTH}px)` };
  return (
    <div role="table" aria-label="Legend" aria-rowcount={rows.length + 1} className={classes.legend} style={{ width, height }}>
      <div role="row" className={classes.head} style={template}>
        <span role="columnheader" className={classes.search}>
          {series.length >= SEARCH_FROM ? (
            <input
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              placeholder={`Search ${series.length} series`}
              aria-label="Search series"
            />
          ) : (
            <span className={classes.srOnly}>Series</span>
          )}
        </span>
        <span role="columnheader" className={classes.number} ref={cursorHead} />
        {columns.map((by) => (
          <span
            key={by}
            role="columnheader"
            aria-sort={sort?.by === by ? (sort.down ? 'descending' : 'ascending') : 'none'}
            className={classes.number}
          >
            <button type="button" className={classes.sort} onClick={() => turn(by)}>
              {sort?.by === by && (sort.down ? '↓ ' : '↑ ')}
              {by}
            </button>
          </span>
        ))}
      </div>
      <div className={classes.body} role="rowgroup" onScroll={view.onScroll} onMouseLeave={() => props.onHover(undefined)}>
        <div ref={body} className={classes.tall} style={{ height: rows.length * LEGEND_ROW }}>
          {rows.slice(view.start, view.end).map((one, index) => (
            <Row key={one.id} {...props} one={one} columns={columns} top={(view.start + index) * LEGEND_ROW} />
          ))}
        </div>
        {rows.length === 0 && <div className={classes.none}>No series is called like that</div>}
      </div>
    </div>
  );
}

interface RowProps extends LegendTableProps {
  readonly one: ChartSeries;
  readonly columns: readonly Sort[];
  readonly top: number;
}

function Row({ one, columns, top, shown, decimals, onPick, onHover }: RowProps): ReactElement {
  const summary = summaryOf(one);
  const number = (value: number) => (summary.count === 0 ? '–' : formatText(value, one.unit, decimals));
  const on = shown === undefined || shown.has(one.id);
  const pick = (event: MouseEvent) => onPick(one.id, event.metaKey || event.ctrlKey);
  return (
    <div
      role="row"
      className={classes.row}
      data-off={!on || undefined}
      style={{
        gridTemplateColumns: `minmax(0, 1fr) repeat(${columns.length + 1}, ${NUMBER_WIDTH}px)`,
        transform: `translateY(${top}px)`,
      }}
      onMouseEnter={() => onHover(one.id)}
    >
      <span role="cell" className={classes.name}>
        <button
          type="button"
          aria-pressed={on}
          onClick={pick}
          title={`${one.name}\nClick: only this. Ctrl or ⌘ click: add or remove.`}
        >
          <LineSwatch color={one.color} style={one.style} />
          <span>{one.name}</span>
        </button>
      </span>
      <span role="cell" className={classes.cursor} data-cursor={one.id} />
      {columns.map((by) => (
        <span key={by} role="cell" className={classes.number}>
          {number(summary[by])}
        </span>
      ))}
    </div>
  );
}

/** What the cursor's column says of a line; where there is no room for "last", that stands here while there is no cursor. */
function cursorText(
  one: ChartSeries | undefined,
  x: number | undefined,
  alone: boolean,
  reach: number,
  decimals: number | undefined,
): string {
  if (one === undefined) return '';
  if (x === undefined) return alone ? lastText(one, decimals) : '';
  const reading = readSeries(one, x, reach);
  if (reading === undefined) return '';
  if (reading.isNaN) return 'NaN';
  return Number.isNaN(reading.value) ? '–' : formatText(reading.value, one.unit, decimals);
}

function lastText(one: ChartSeries, decimals: number | undefined): string {
  const { last, count } = summaryOf(one);
  return count === 0 ? '–' : formatText(last, one.unit, decimals);
}

function matching(series: readonly ChartSeries[], search: string): readonly ChartSeries[] {
  const text = search.trim().toLowerCase();
  return text === '' ? series : series.filter((one) => one.name.toLowerCase().includes(text));
}

/** Lines without values come last, whichever way. */
function sorted(series: readonly ChartSeries[], sort: { by: Sort; down: boolean } | undefined): readonly ChartSeries[] {
  if (sort === undefined) return series;
  const { by, down } = sort;
  const sign = down ? -1 : 1;
  return series.toSorted((a, b) => {
    const [x, y] = [summaryOf(a)[by], summaryOf(b)[by]];
    if (Number.isNaN(x) || Number.isNaN(y)) return (Number.isNaN(x) ? 1 : 0) - (Number.isNaN(y) ? 1 : 0);
    return sign * (x - y);
  });
}
