import { commonLabels, deduplicate, labelNames, logLines, orderLines } from '@vitrine/compute/log-lines.ts';
import type { Deduplication, LogLevel, LogLines } from '@vitrine/compute/log-lines.ts';
import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { Fragment, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement, ReactNode } from 'react';

import { useRows } from '../table/use-rows.ts';
import { LogDetails } from './log-details.tsx';
import classes from './log-list.module.css';
import { LogMenu, withOrWithout } from './log-menu.tsx';
import type { LogView } from './log-menu.tsx';
import { colouredParts, lineMatches, lineText, lineTime, markedParts } from './log-text.ts';
import type { TimePrecision } from './log-text.ts';

export interface LogListProps {
  readonly label: string;
  readonly frames: readonly Frame[];
  readonly width: number;
  readonly height: number;
  readonly timeZone: string;
  /** At first; the reader may choose otherwise where `controls` are offered. */
  readonly showTime: boolean;
  readonly showLabels: boolean;
  readonly showCommonLabels: boolean;
  readonly wrap: boolean;
  /** Lays out lines that are JSON. */
  readonly prettify: boolean;
  /** Colours names, quoted text and numbers. */
  readonly highlight: boolean;
  readonly precision: TimePrecision;
  readonly dedup: Deduplication;
  readonly newestFirst: boolean;
  /** Labels that stand instead of the line; empty shows the line. */
  readonly displayed: readonly string[];
  /** Where the details of a line are: below it, or of one line at the side where there is room. */
  readonly details: 'none' | 'inline' | 'sidebar';
  readonly controls: boolean;
  readonly small: boolean;
  readonly links?: (frame: Frame, row: number) => readonly ResolvedLink[];
}

const BAR = 30;
/** Narrower lists leave the date to the details. */
const DATE_FROM_WIDTH = 420;
const SEARCH_FROM = { width: 260, height: 120 };
const SIDE = { fromWidth: 640, share: 0.4, most: 480 };
const ROW = { normal: 22, small: 18 };

const LEVEL_WORD: Readonly<Record<LogLevel, string>> = {
  critical: 'CRIT',
  error: 'ERROR',
  warning: 'WARN',
  info: 'INFO',
  debug: 'DEBUG',
  trace: 'TRACE',
  unknown: '',
};

/** Lines of logs, the newest first or last: searched, unfolded, and as many of them as there are. */
export function LogList(props: LogListProps): ReactElement {
  const { label, frames, width, height, timeZone, small } = props;
  const lines = useMemo(() => logLines(frames), [frames]);
  const [chosen, setChosen] = useState<Partial<LogView>>({});
  const newestFirst = chosen.newestFirst ?? props.newestFirst;
  const wrap = chosen.wrap ?? props.wrap;
  const prettify = chosen.prettify ?? props.prettify;
  const highlight = chosen.highlight ?? props.highlight;
  const showTime = chosen.showTime ?? props.showTime;
  const showLabels = chosen.showLabels ?? props.showLabels;
  const precision = chosen.precision ?? props.precision;
  const dedup = chosen.dedup ?? props.dedup;
  const displayed = chosen.displayed ?? props.displayed;
  const choose = (change: Partial<LogView>) => setChosen((now) => ({ ...now, ...change }));
  const display = (name: string) => choose({ displayed: withOrWithout(displayed, name) });

  const sorted = useMemo(() => orderLines(lines, newestFirst), [lines, newestFirst]);
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [active, setActive] = useState<number>();
  const [menu, setMenu] = useState<HTMLElement>();
  const part = search.trim().toLowerCase();
  const { order, counts } = useMemo(() => {
    const matching = part === '' ? sorted : sorted.filter((line) => lineMatches(lines, line, part));
    return deduplicate(lines, matching, dedup);
  }, [lines, sorted, part, dedup]);
  const common = useMemo(
    () => (props.showCommonLabels || showLabels ? commonLabels(lines, sorted) : {}),
    [lines, sorted, props.showCommonLabels, showLabels],
  );
  const names = useMemo(() => (menu === undefined ? [] : labelNames(lines)), [menu, lines]);
  const hasNanos = useMemo(() => lines.length > 0 && lines.nanosAt(0) !== undefined, [lines]);

  const hasDetails = props.details !== 'none';
  const isAside = props.details === 'sidebar' && width >= SIDE.fromWidth;
  // At the side there is room for one: the last that was opened.
  const aside = isAside ? [...open].at(-1) : undefined;
  const sideWidth = aside === undefined ? 0 : Math.min(SIDE.most, Math.round(width * SIDE.share));
  const listWidth = width - sideWidth;
  const narrow = listWidth < DATE_FROM_WIDTH;
  const commonEntries = Object.entries(common);
  const bar = width >= SEARCH_FROM.width && height >= SEARCH_FROM.height ? BAR : 0;
  const chips = props.showCommonLabels && commonEntries.length > 0 ? BAR : 0;
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = small ? ROW.small : ROW.normal;
  const varies = wrap || prettify || (open.size > 0 && !isAside);
  const viewHeight = Math.max(rowHeight, height - bar - chips);
  const rows = useRows({
    count: order.length,
    rowHeight,
    viewHeight,
    scroller,
    measuredFor: varies
      ? `${listWidth} ${wrap} ${prettify} ${part} ${dedup} ${newestFirst} ${order.length} ${order[0]} ${displayed.join()} ${isAside ? '' : [...open].join()}`
      : '',
  });
  // The line that the source points at is what the reader came for.
  const marked = useMemo(() => order.findIndex((line) => lines.isMarkedAt(line)), [order, lines]);
  const shown = useRef<LogLines>(undefined);
  useEffect(() => {
    if (marked === -1 || shown.current === lines) return;
    shown.current = lines;
    // In the middle, so that lines on both sides of it are seen.
    rows.scrollTo(Math.min(order.length - 1, marked + Math.floor(viewHeight / rowHeight / 2)));
  }, [marked, lines, rows, order, viewHeight, rowHeight]);
  const id = useId();
  const toggle = (line: number) =>
    setOpen((now) => {
      if (isAside) return now.has(line) ? new Set() : new Set([line]);
      const next = new Set(now);
      if (!next.delete(line)) next.add(line);
      return next;
    });
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || order.length === 0) return;
    const page = Math.max(1, Math.floor(viewHeight / rowHeight) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    const line = active === undefined ? undefined : order[active];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(order.length - 1, (active ?? -1) + step));
      setActive(next);
      rows.scrollTo(next);
      if (aside !== undefined) setOpen(new Set([order[next]!]));
    } else if (line === undefined) return;
    else if (event.key === 'c' && (event.metaKey || event.ctrlKey) && String(window.getSelection() ?? '') === '') {
      void navigator.clipboard.writeText(lines.bodies[line]!).catch(() => {});
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (aside === undefined) setActive(undefined);
      else setOpen(new Set());
    } else if (
      hasDetails &&
      (event.key === 'Enter' || (event.key === 'ArrowRight' && !open.has(line)) || (event.key === 'ArrowLeft' && open.has(line)))
    ) {
      event.preventDefault();
      toggle(line);
    }
  };
  const timeOf = (line: number) => {
    const text = lineTime(lines, line, timeZone, precision);
    return narrow ? text.slice(text.indexOf(' ') + 1) : text;
  };
  const detailsOf = (line: number) => (
    <LogDetails lines={lines} line={line} links={props.links} timeZone={timeZone} displayed={displayed} onDisplay={display} />
  );
  return (
    <div className={classes.logs} data-small={small || undefined} style={{ width, height }}>
      {bar > 0 && (
        <div className={classes.bar}>
          <input
            type="search"
            value={search}
            placeholder="Search lines"
            aria-label={`Search ${label}`}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <span role="status">{countText(order.length, part === '' ? undefined : lines.length, counts)}</span>
          {props.controls && (
            <button
              type="button"
              aria-haspopup="dialog"
              aria-expanded={menu !== undefined}
              onClick={(event) => {
                const anchor = event.currentTarget;
                setMenu((now) => (now === undefined ? anchor : undefined));
              }}
            >
              View
            </button>
          )}
        </div>
      )}
      {chips > 0 && (
        <div className={classes.common} aria-label="Labels of all lines">
          {commonEntries.map(([name, value]) => (
            <span key={name} title={`${name}=${value}`}>
              <b>{name}</b> {value}
            </span>
          ))}
        </div>
      )}
      <div className={classes.halves}>
        <div
          ref={scroller}
          className={classes.scroller}
          role={hasDetails ? 'treegrid' : 'grid'}
          aria-label={label}
          aria-rowcount={order.length}
          aria-activedescendant={active === undefined ? undefined : `${id}-${active}`}
          tabIndex={0}
          style={{ width: listWidth, height: viewHeight }}
          onKeyDown={onKey}
        >
          <div className={classes.body} role="rowgroup" style={{ height: rows.total }}>
            {rows.items.map(({ index, start }) => {
              const line = order[index]!;
              const level = lines.levelAt(line);
              const isOpen = open.has(line);
              return (
                <div
                  key={`${line} ${isOpen}`}
                  ref={varies ? rows.measure : undefined}
                  data-index={index}
                  className={classes.item}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <div
                    id={`${id}-${index}`}
                    role="row"
                    aria-rowindex={index + 1}
                    aria-expanded={hasDetails ? isOpen : undefined}
                    className={classes.line}
                    data-level={level}
                    data-active={active === index || undefined}
                    data-marked={lines.isMarkedAt(line) || undefined}
                    aria-current={lines.isMarkedAt(line) || undefined}
                    data-wrap={wrap || undefined}
                    style={{ minHeight: rowHeight }}
                  >
                    {hasDetails && (
                      <span role="gridcell" className={classes.gutter}>
                        <button
                          type="button"
                          tabIndex={-1}
                          aria-label={isOpen ? 'Hide details' : 'Show details'}
                          onClick={() => toggle(line)}
                        >
                          {isAside ? (isOpen ? '◂' : '▸') : isOpen ? '▾' : '▸'}
                        </button>
                      </span>
                    )}
                    {counts !== undefined && (
                      <span role="gridcell" className={classes.count} title={`${counts[index]} lines`}>
                        {counts[index]! > 1 ? `×${counts[index]}` : ''}
                      </span>
                    )}
                    {showTime && (
                      <span role="gridcell" className={classes.time} title={lineTime(lines, line, timeZone, 'ns')}>
                        {timeOf(line)}
                      </span>
                    )}
                    <span role="gridcell" className={classes.level}>
                      {LEVEL_WORD[level]}
                    </span>
                    {showLabels && (
                      <span role="gridcell" className={classes.labels}>
                        {labelsText(lines, line, common)}
                      </span>
                    )}
                    <span role="gridcell" className={classes.text}>
                      {written(lineText(lines, line, { displayed, prettify, wrap }), part, highlight)}
                    </span>
                  </div>
                  {isOpen && !isAside && detailsOf(line)}
                </div>
              );
            })}
          </div>
          {order.length === 0 && <p className={classes.none}>No line contains “{search}”</p>}
        </div>
        {aside !== undefined && (
          <aside className={classes.side} aria-label="Details of the line" style={{ width: sideWidth, height: viewHeight }}>
            <button type="button" className={classes.close} aria-label="Close details" onClick={() => setOpen(new Set())}>
              ✕
            </button>
            {detailsOf(aside)}
          </aside>
        )}
      </div>
      {menu !== undefined && (
        <LogMenu
          label={label}
          view={{ newestFirst, wrap, prettify, highlight, showTime, showLabels, precision, dedup, displayed }}
          names={names}
          hasNanos={hasNanos}
          anchor={menu}
          onChange={choose}
          onClose={() => setMenu(undefined)}
        />
      )}
    </div>
  );
}

function countText(shown: number, all: number | undefined, counts: Uint32Array | undefined): string {
  const words = `${shown.toLocaleString('en')} ${shown === 1 ? 'line' : 'lines'}`;
  const of = all === undefined ? words : `${shown.toLocaleString('en')} of ${all.toLocaleString('en')} lines`;
  return counts === undefined ? of : `${of}, alike ones together`;
}

/** What tells the line apart from others. */
function labelsText(lines: LogLines, line: number, common: Readonly<Record<string, string>>): string {
  return Object.entries(lines.labelsAt(line))
    .filter(([name]) => !Object.hasOwn(common, name))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** What was searched for goes before colours: it is what the reader looks for. */
function written(text: string, part: string, highlight: boolean): ReactNode {
  if (part === '' && !highlight) return text;
  return (part === '' ? colouredParts(text) : markedParts(text, part)).map(({ kind, text: words }, at) =>
    kind === 'found' ? (
      <mark key={at}>{words}</mark>
    ) : kind === 'plain' ? (
      <Fragment key={at}>{words}</Fragment>
    ) : (
      <span key={at} data-kind={kind}>
        {words}
      </span>
    ),
  );
}
