import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import { memo, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { MouseEvent, ReactElement } from 'react';

import { useRowWindow } from '../widget/use-row-window.ts';
import { askedSort, calcText, calcTitle, LAST, LEGEND_HEAD, LEGEND_ROW, legendColumns, sortSeries } from './legend-layout.ts';
import type { LegendChoice, LegendNeeds, LegendSort } from './legend-layout.ts';
import classes from './legend-table.module.css';
import { LineSwatch } from './line-swatch.tsx';
import type { Plot } from './plot.ts';
import { readSeries } from './reading.ts';
import type { ChartSeries } from './series.ts';

/** From here on the names can be searched. */
const SEARCH_FROM = 13;

export interface LegendProps {
  readonly series: readonly ChartSeries[];
  readonly choice: LegendChoice;
  /** Whether a line is drawn. */
  readonly isOn: (series: ChartSeries) => boolean;
  readonly width: number;
  readonly height: number;
  readonly needs: LegendNeeds;
  /** Whose cursor is read. */
  readonly plot: Plot | undefined;
  /** How far beside a line's end the cursor still counts. */
  readonly reach: number;
  readonly linksOf: (series: ChartSeries) => readonly ResolvedLink[];
  /** A click: the line alone, or all again. With ⌘ or ctrl: it too, or no longer. */
  readonly onPick: (id: string, add: boolean) => void;
  readonly onHover: (id: string | undefined) => void;
}

/** Names the lines with their numbers. The pointer over the plot does not draw it again. */
export const LegendTable = memo(function LegendTable(props: LegendProps): ReactElement {
  const { series, choice, width, height, needs, plot, reach } = props;
  const [search, setSearch] = useState('');
  const [picked, setPicked] = useState<LegendSort | 'none'>();
  const asked = useMemo(() => askedSort(choice, choice.calcs), [choice]);
  const sort = picked === 'none' ? undefined : (picked ?? asked);
  const rows = useMemo(
    () => sortSeries(matching(series, search), sort).slice(0, choice.limit ?? Infinity),
    [series, search, sort, choice.limit],
  );
  const view = useRowWindow(rows.length, LEGEND_ROW, height - LEGEND_HEAD);
  const columns = legendColumns(width, needs, choice.calcs);
  const template = `minmax(0, 1fr) repeat(${columns.length}, ${needs.number}px)`;

  // The cursor moves sixty times a second on every chart of the page: its column is written past React.
  const cursorHead = useRef<HTMLButtonElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const lastHead = `${arrow(LAST, sort)}last`;
    const byId = new Map(rows.map((one) => [one.id, one]));
    const write = () => {
      const x = plot?.hover?.x;
      if (cursorHead.current !== null) cursorHead.current.textContent = x === undefined ? lastHead : 'cursor';
      for (const cell of body.current!.querySelectorAll<HTMLElement>('[data-cursor]')) {
        cell.textContent = cursorText(byId.get(cell.dataset['cursor']!), x, reach);
      }
    };
    write();
    return plot?.subscribe(write);
  });
  const turn = (by: string) =>
    // High first, low first, as it was.
    setPicked(sort?.by !== by ? { by, down: true } : sort.down ? { by, down: false } : 'none');
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
        {columns.map((by) => (
          <span
            key={by}
            role="columnheader"
            aria-sort={sort?.by === by ? (sort.down ? 'descending' : 'ascending') : 'none'}
            className={classes.number}
          >
            {by === LAST ? (
              <button type="button" className={classes.sort} onClick={() => turn(by)} ref={cursorHead} />
            ) : (
              <button type="button" className={classes.sort} onClick={() => turn(by)}>
                {arrow(by, sort)}
                {calcTitle(by)}
              </button>
            )}
          </span>
        ))}
      </div>
      <div className={classes.body} role="rowgroup" onScroll={view.onScroll} onMouseLeave={() => props.onHover(undefined)}>
        <div ref={body} className={classes.tall} style={{ height: rows.length * LEGEND_ROW }}>
          {rows.slice(view.start, view.end).map((one, index) => (
            <div
              key={one.id}
              role="row"
              className={classes.row}
              data-off={!props.isOn(one) || undefined}
              style={{ gridTemplateColumns: template, transform: `translateY(${(view.start + index) * LEGEND_ROW}px)` }}
              onMouseEnter={() => props.onHover(one.id)}
            >
              <span role="cell" className={classes.name}>
                <LegendName one={one} {...props} />
              </span>
              {columns.map((by) =>
                by === LAST ? (
                  <span key={by} role="cell" className={classes.cursor} data-cursor={one.id} />
                ) : (
                  <span key={by} role="cell" className={classes.number}>
                    {calcText(one, by)}
                  </span>
                ),
              )}
            </div>
          ))}
        </div>
        {rows.length === 0 && <div className={classes.none}>No series is called like that</div>}
      </div>
    </div>
  );
});

/** More than these nobody reads one by one; a table searches them. */
const MOST_LISTED = 200;

/** Names the lines one behind the other, each followed by the numbers that were asked for. */
export const LegendList = memo(function LegendList(props: LegendProps): ReactElement {
  const { series, choice, width, height } = props;
  const items = useMemo(
    () => sortSeries(series, askedSort(choice, choice.calcs)).slice(0, choice.limit ?? Infinity),
    [series, choice],
  );
  const rest = items.length - MOST_LISTED;
  return (
    <ul
      aria-label="Legend"
      className={classes.list}
      data-side={choice.placement}
      style={{ width, height }}
      onMouseLeave={() => props.onHover(undefined)}
    >
      {items.slice(0, MOST_LISTED).map((one) => (
        <li key={one.id} data-off={!props.isOn(one) || undefined} onMouseEnter={() => props.onHover(one.id)}>
          <LegendName one={one} {...props} />
          {choice.calcs.map((id) => (
            <span key={id} className={classes.inline}>
              <i>{calcTitle(id)}</i> {calcText(one, id)}
            </span>
          ))}
        </li>
      ))}
      {rest > 0 && <li className={classes.none}>and {rest} more</li>}
    </ul>
  );
});

function LegendName({ one, isOn, onPick, linksOf }: LegendProps & { readonly one: ChartSeries }): ReactElement {
  const pick = (event: MouseEvent) => onPick(one.id, event.metaKey || event.ctrlKey);
  const links = linksOf(one).filter(({ href }) => href !== undefined);
  return (
    <>
      <button
        type="button"
        aria-pressed={isOn(one)}
        onClick={pick}
        title={`${one.name}\nClick: only this. Ctrl or ⌘ click: add or remove.`}
      >
        <LineSwatch color={one.color} style={one.style} dash={one.look.dash} area={one.look.drawStyle === 'bars'} />
        <span>{one.name}</span>
      </button>
      {links.map(({ title, href, targetBlank }) => (
        <a
          key={`${title} ${href}`}
          className={classes.link}
          href={href}
          title={title}
          aria-label={title}
          {...(targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {})}
        >
          ↗
        </a>
      ))}
    </>
  );
}

function arrow(by: string, sort: LegendSort | undefined): string {
  return sort?.by === by ? (sort.down ? '↓ ' : '↑ ') : '';
}

/** What the cursor's column says of a line; without a cursor, its last value. */
function cursorText(one: ChartSeries | undefined, x: number | undefined, reach: number): string {
  if (one === undefined) return '';
  if (x === undefined) return calcText(one, LAST);
  const reading = readSeries(one, x, reach);
  if (reading === undefined) return '';
  if (reading.isNaN) return 'NaN';
  return Number.isNaN(reading.value) ? '–' : one.show(reading.value);
}

function matching(series: readonly ChartSeries[], search: string): readonly ChartSeries[] {
  const text = search.trim().toLowerCase();
  return text === '' ? series : series.filter((one) => one.name.toLowerCase().includes(text));
}
