import { commonLabels, deduplicate, logLines, orderLines } from '@vitrine/compute/log-lines.ts';
import type { Deduplication, LogLevel, LogLines } from '@vitrine/compute/log-lines.ts';
import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement, ReactNode } from 'react';

import { formatInstant } from '../chart/time-axis.ts';
import { useRows } from '../table/use-rows.ts';
import classes from './log-list.module.css';

export interface LogListProps {
  readonly label: string;
  readonly frames: readonly Frame[];
  readonly width: number;
  readonly height: number;
  readonly timeZone: string;
  readonly showTime: boolean;
  readonly showLabels: boolean;
  readonly showCommonLabels: boolean;
  readonly wrap: boolean;
  /** Lays out lines that are JSON. */
  readonly prettify: boolean;
  readonly dedup: Deduplication;
  readonly newestFirst: boolean;
  readonly details: boolean;
  /** Labels that stand instead of the line; empty shows the line. */
  readonly displayed: readonly string[];
  readonly small: boolean;
  readonly links?: (frame: Frame, row: number) => readonly ResolvedLink[];
}

const BAR = 30;
/** Narrower lists leave the date to the details. */
const DATE_FROM_WIDTH = 420;
const SEARCH_FROM = { width: 260, height: 120 };
const ROW = { normal: 22, small: 18 };
/** A line longer than this is shown by its start; its details hold the whole. */
const MOST_LETTERS = 20_000;
const MOST_MARKS = 100;

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
  const { label, frames, width, height, timeZone, wrap, prettify, dedup, newestFirst, small } = props;
  const lines = useMemo(() => logLines(frames), [frames]);
  const sorted = useMemo(() => orderLines(lines, newestFirst), [lines, newestFirst]);
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [active, setActive] = useState<number>();
  const part = search.trim().toLowerCase();
  const { order, counts } = useMemo(() => {
    const matching = part === '' ? sorted : sorted.filter((line) => matches(lines, line, part));
    return deduplicate(lines, matching, dedup);
  }, [lines, sorted, part, dedup]);
  const common = useMemo(
    () => (props.showCommonLabels || props.showLabels ? commonLabels(lines, sorted) : {}),
    [lines, sorted, props.showCommonLabels, props.showLabels],
  );
  const narrow = width < DATE_FROM_WIDTH;
  const commonEntries = Object.entries(common);
  const bar = width >= SEARCH_FROM.width && height >= SEARCH_FROM.height ? BAR : 0;
  const chips = props.showCommonLabels && commonEntries.length > 0 ? BAR : 0;
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = small ? ROW.small : ROW.normal;
  const varies = wrap || prettify || open.size > 0;
  const viewHeight = Math.max(rowHeight, height - bar - chips);
  const rows = useRows({
    count: order.length,
    rowHeight,
    viewHeight,
    scroller,
    measuredFor: varies
      ? `${width} ${wrap} ${prettify} ${part} ${dedup} ${newestFirst} ${order.length} ${order[0]} ${[...open].join()}`
      : '',
  });
  const id = useId();
  const toggle = (line: number) =>
    setOpen((now) => {
      const next = new Set(now);
      if (!next.delete(line)) next.add(line);
      return next;
    });
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || order.length === 0) return;
    const page = Math.max(1, Math.floor(viewHeight / rowHeight) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(order.length - 1, (active ?? -1) + step));
      setActive(next);
      rows.scrollTo(next);
    } else if (event.key === 'Enter' && active !== undefined && props.details) {
      event.preventDefault();
      toggle(order[active]!);
    } else if (event.key === 'Escape' && active !== undefined) {
      event.stopPropagation();
      setActive(undefined);
    }
  };
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
      <div
        ref={scroller}
        className={classes.scroller}
        role={props.details ? 'treegrid' : 'grid'}
        aria-label={label}
        aria-rowcount={order.length}
        aria-activedescendant={active === undefined ? undefined : `${id}-${active}`}
        tabIndex={0}
        style={{ height: viewHeight }}
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
                  aria-expanded={props.details ? isOpen : undefined}
                  className={classes.line}
                  data-level={level}
                  data-active={active === index || undefined}
                  data-wrap={wrap || undefined}
                  style={{ minHeight: rowHeight }}
                >
                  {props.details && (
                    <span role="gridcell" className={classes.gutter}>
                      <button
                        type="button"
                        tabIndex={-1}
                        aria-label={isOpen ? 'Hide details' : 'Show details'}
                        onClick={() => toggle(line)}
                      >
                        {isOpen ? '▾' : '▸'}
                      </button>
                    </span>
                  )}
                  {counts !== undefined && (
                    <span role="gridcell" className={classes.count} title={`${counts[index]} lines`}>
                      {counts[index]! > 1 ? `×${counts[index]}` : ''}
                    </span>
                  )}
                  {props.showTime && (
                    <span role="gridcell" className={classes.time} title={instantText(lines.times[line]!, timeZone)}>
                      {narrow ? instantText(lines.times[line]!, timeZone).slice(-12) : instantText(lines.times[line]!, timeZone)}
                    </span>
                  )}
                  <span role="gridcell" className={classes.level}>
                    {LEVEL_WORD[level]}
                  </span>
                  {props.showLabels && (
                    <span role="gridcell" className={classes.labels}>
                      {Object.entries(lines.labelsAt(line))
                        .filter(([name]) => !Object.hasOwn(common, name))
                        .map(([name, value]) => `${name}=${value}`)
                        .join(' ')}
                    </span>
                  )}
                  <span role="gridcell" className={classes.text}>
                    {marked(textOf(lines, line, props), part)}
                  </span>
                </div>
                {isOpen && <Details lines={lines} line={line} links={props.links} timeZone={timeZone} />}
              </div>
            );
          })}
        </div>
        {order.length === 0 && <p className={classes.none}>No line contains “{search}”</p>}
      </div>
    </div>
  );
}

function countText(shown: number, all: number | undefined, counts: Uint32Array | undefined): string {
  const words = `${shown.toLocaleString('en')} ${shown === 1 ? 'line' : 'lines'}`;
  const of = all === undefined ? words : `${shown.toLocaleString('en')} of ${all.toLocaleString('en')} lines`;
  return counts === undefined ? of : `${of}, alike ones together`;
}

function instantText(atMs: number, timeZone: string): string {
  if (Number.isNaN(atMs)) return 'no time';
  const text = formatInstant(atMs, timeZone);
  // Lines stand below each other: all have their milliseconds.
  return /\.\d+$/.test(text) ? text : `${text}.000`;
}

function matches(lines: LogLines, line: number, part: string): boolean {
  if (lines.bodies[line]!.toLowerCase().includes(part)) return true;
  return Object.entries(lines.labelsAt(line)).some(([name, value]) => `${name}=${value}`.toLowerCase().includes(part));
}

function textOf(
  lines: LogLines,
  line: number,
  { displayed, prettify, wrap }: Pick<LogListProps, 'displayed' | 'prettify' | 'wrap'>,
): string {
  if (displayed.length > 0) {
    const labels = lines.labelsAt(line);
    return displayed.map((name) => `${name}=${Object.hasOwn(labels, name) ? labels[name] : '–'}`).join(' ');
  }
  const body = lines.bodies[line]!;
  const text = prettify ? (pretty(body) ?? body) : wrap ? body : body.replaceAll(/[\r\n]+/g, ' ↵ ');
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}

function pretty(body: string): string | undefined {
  if (!/^\s*[[{]/.test(body)) return undefined;
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return undefined;
  }
}

/** The text with what was searched for set apart. */
function marked(text: string, part: string): ReactNode {
  if (part === '') return text;
  const pieces: ReactNode[] = [];
  const lower = text.toLowerCase();
  // Lower case may be longer than what it stands for; then nothing is marked rather than the wrong letters.
  if (lower.length !== text.length) return text;
  let from = 0;
  for (let at = lower.indexOf(part); at >= 0 && pieces.length < 2 * MOST_MARKS; at = lower.indexOf(part, from)) {
    pieces.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + part.length)}</mark>);
    from = at + part.length;
  }
  return [...pieces, text.slice(from)];
}

function Details(props: { lines: LogLines; line: number; links: LogListProps['links']; timeZone: string }): ReactElement {
  const { lines, line, links, timeZone } = props;
  const [copied, setCopied] = useState(false);
  const { frame, row } = lines.originAt(line);
  const found = links?.(frame, row).filter(({ href }) => href !== undefined) ?? [];
  const copy = () =>
    void navigator.clipboard.writeText(lines.bodies[line]!).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div className={classes.details}>
      <table>
        <tbody>
          <tr>
            <th scope="row">time</th>
            <td>{instantText(lines.times[line]!, timeZone)}</td>
          </tr>
          {Object.entries(lines.labelsAt(line)).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <pre>{pretty(lines.bodies[line]!) ?? lines.bodies[line]}</pre>
      <div className={classes.actions}>
        <button type="button" onClick={copy}>
          {copied ? 'Copied' : 'Copy line'}
        </button>
        {found.map(({ title, href, targetBlank }, at) => (
          <a key={at} href={href} {...(targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
            {title}
          </a>
        ))}
      </div>
    </div>
  );
}
