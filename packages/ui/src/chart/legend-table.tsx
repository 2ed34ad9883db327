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

export const LEGEND_ROW = 20;
export const LEGEND_HEAD = 22;
/** From here on the names can be searched. */
const SEARCH_FROM = 13;

/** The widest a tabular digit and the mean a letter gets, at 12 px. */
const DIGIT = 7.4;
const LETTER = 6.5;
/** Swatch, gaps and padding around a name. */
const BESIDE_NAME = 36;
const NAME = { least: 84, most: 200 };
const NUMBER = { least: 52, most: 132, gap: 12, grid: 8 };
/** Longer legends are measured by their start. */
const MOST_MEASURED = 60;

type Sort = 'last' | 'min' | 'max' | 'mean';
const COLUMNS: readonly (readonly Sort[])[] = [[], ['max'], ['max', 'mean'], ['min', 'max', 'mean']];

/** The widths of a legend's columns in CSS pixels. */
export interface LegendNeeds {
  readonly name: number;
  /** Of each column of numbers, the gap before it included. */
  readonly number: number;
}

/** What the columns need to show names and numbers in full, within reason; on a coarse grid, so that a digit more moves nothing. Pure. */
export function legendNeeds(
  series: readonly Pick<ChartSeries, 'name' | 'unit' | 'ys'>[],
  decimals: number | undefined,
): LegendNeeds {
  let letters = 0;
  let digits = 0;
  for (const one of series.slice(0, MOST_MEASURED)) {
    letters = Math.max(letters, one.name.length);
    const { count, last, min, max, mean } = summaryOf(one);
    if (count === 0) continue;
    for (const value of [last, min, max, mean]) digits = Math.max(digits, formatText(value, one.unit, decimals).length);
  }
  const number = Math.ceil((digits * DIGIT + NUMBER.gap) / NUMBER.grid) * NUMBER.grid;
  return {
    name: clamp(Math.ceil(letters * LETTER) + BESIDE_NAME, NAME.least, NAME.most),
    number: clamp(number, NUMBER.least, NUMBER.most),
  };
}

/** The numbers beside "last" (or the cursor's) that there is room for, in the order of their columns. Pure. */
export function legendColumns(width: number, { name, number }: LegendNeeds): readonly Sort[] {
  const room = Math.floor((width - name) / number) - 1;
  return COLUMNS[clamp(room, 0, COLUMNS.length - 1)]!;
}

/** How wide a legend is that may be `most`: no wider than its columns need. Pure. */
export function legendWidthWithin(most: number, needs: LegendNeeds): number {
  return Math.min(most, needs.name + (legendColumns(most, needs).length + 1) * needs.number);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

export interface LegendTableProps {
  readonly series: readonly ChartSeries[];
  /** Ids that are drawn; undefined means all. */
  readonly shown: ReadonlySet<string> | undefined;
  readonly width: number;
  readonly height: number;
  readonly needs: LegendNeeds;
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
  const { needs } = props;
  const columns = legendColumns(width, needs);
  const template = `minmax(0, 1fr) repeat(${columns.length + 1}, ${needs.number}px)`;

  // The cursor moves sixty times a second on every chart of the page: its column is written past React.
  const { plot, decimals, reach } = props;
  const cursorHead = useRef<HTMLButtonElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const lastHead = `${arrow('last', sort)}last`;
    const byId = new Map(rows.map((one) => [one.id, one]));
    const write = () => {
      const x = plot?.hover?.x;
      cursorHead.current!.textContent = x === undefined ? lastHead : 'cursor';
      for (const cell of body.current!.querySelectorAll<HTMLElement>('[data-cursor]')) {
        cell.textContent = cursorText(byId.get(cell.dataset['cursor']!), x, reach, decimals);
      }
    };
    write();
    return plot?.subscribe(write);
  });
  const turn = (by: Sort) =>
    // High first, low first, as it was.
    setSort((now) => (now?.by !== by ? { by, down: true } : now.down ? { by, down: false } : undefined));
  return (
    <div role="table" aria-label="Legend" aria-rowcount={rows.length + 1} className={classes.legend} style={{ width, height }}>
      <div role="row" className={classes.head} style={{ gridTemplateColumns: template }}>
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
        {(['last', ...columns] as const).map((by) => (
          <span
            key={by}
            role="columnheader"
            aria-sort={sort?.by === by ? (sort.down ? 'descending' : 'ascending') : 'none'}
            className={classes.number}
          >
            {by === 'last' ? (
              <button type="button" className={classes.sort} onClick={() => turn(by)} ref={cursorHead} />
            ) : (
              <button type="button" className={classes.sort} onClick={() => turn(by)}>
                {arrow(by, sort)}
                {by}
              </button>
            )}
          </span>
        ))}
      </div>
      <div className={classes.body} role="rowgroup" onScroll={view.onScroll} onMouseLeave={() => props.onHover(undefined)}>
        <div ref={body} className={classes.tall} style={{ height: rows.length * LEGEND_ROW }}>
          {rows.slice(view.start, view.end).map((one, index) => (
            <Row
              key={one.id}
              {...props}
              one={one}
              columns={columns}
              template={template}
              top={(view.start + index) * LEGEND_ROW}
            />
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
  readonly template: string;
  readonly top: number;
}

function Row({ one, columns, template, top, shown, decimals, onPick, onHover }: RowProps): ReactElement {
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
        gridTemplateColumns: template,
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

function arrow(by: Sort, sort: { readonly by: Sort; readonly down: boolean } | undefined): string {
  return sort?.by === by ? (sort.down ? '↓ ' : '↑ ') : '';
}

/** What the cursor's column says of a line; without a cursor, its last value. */
function cursorText(one: ChartSeries | undefined, x: number | undefined, reach: number, decimals: number | undefined): string {
  if (one === undefined) return '';
  if (x === undefined) return lastText(one, decimals);
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
