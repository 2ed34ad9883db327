import { formatText } from '@vitrine/model/unit.ts';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';

import type { ThemeName } from '../theme/ink.ts';
import { assignSlots, SERIES_COLORS } from '../theme/series-color.ts';
import { StatusShape } from '../widget/status-shape.tsx';
import { useRowWindow } from '../widget/use-row-window.ts';
import { SpanDetails } from './span-details.tsx';
import { TraceMinimap } from './trace-minimap.tsx';
import type { SpanLinks, TraceSpan } from './trace-model.ts';
import { findSpans } from './trace-search.ts';
import { criticalPath, visibleSpans } from './trace-tree.ts';
import type { CriticalStretch, TraceTree } from './trace-tree.ts';
import classes from './trace-view.module.css';

export interface TraceViewProps {
  readonly label: string;
  readonly spans: readonly TraceSpan[];
  readonly tree: TraceTree;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  /** An instant in words. */
  readonly timeText: (atMs: number) => string;
  readonly linksOf: SpanLinks;
}

const ROW = 24;
const BAR = 30;
const MAP = 34;
const TICKS = 20;
const INDENT = 12;
const NOTHING: ReadonlySet<number> = new Set();

/** A trace as a waterfall: a tree at the left, times at the right. */
export function TraceView(props: TraceViewProps): ReactElement {
  const { label, spans, tree, width, height, theme, timeText, linksOf } = props;
  const [collapsed, setCollapsed] = useState(NOTHING);
  const [search, setSearch] = useState('');
  const [onlyFound, setOnlyFound] = useState(false);
  const [showCritical, setShowCritical] = useState(false);
  const [active, setActive] = useState(-1);
  const [opened, setOpened] = useState<number>();
  const [part, setPart] = useState<readonly [number, number]>();
  const body = useRef<HTMLDivElement>(null);
  const id = useId();

  const colorOf = useMemo(() => {
    const slots = assignSlots(new Set(spans.map(({ service }) => service)));
    return (service: string) => SERIES_COLORS[theme][slots.get(service) ?? 0]!;
  }, [spans, theme]);
  const found = useMemo(() => findSpans(spans, search), [spans, search]);
  const rows = useMemo(() => visibleSpans(tree, collapsed, onlyFound ? found : undefined), [tree, collapsed, onlyFound, found]);
  const critical = useMemo(() => (showCritical ? criticalPath(spans, tree) : undefined), [showCritical, spans, tree]);
  const whole = [tree.fromMs, Math.max(tree.toMs, tree.fromMs + 1e-6)] as const;
  const shownPart = part ?? whole;

  const chosen = opened !== undefined && opened < spans.length ? opened : undefined;
  const mapHeight = height > 200 ? MAP : 0;
  const detailsHeight = chosen === undefined ? 0 : Math.max(90, Math.round(height * 0.42));
  const bodyHeight = Math.max(ROW, height - BAR - mapHeight - TICKS - detailsHeight);
  const window = useRowWindow(rows.length, ROW, bodyHeight);
  const nameWidth = Math.round(Math.min(340, width * (width < 400 ? 0.5 : 0.38)));
  const place = Math.max(0, rows.indexOf(active));

  // Also where the details take the room in which it stood.
  useEffect(() => {
    const element = body.current;
    const at = rows.indexOf(active);
    if (element === null || at < 0) return;
    if (at * ROW < element.scrollTop) element.scrollTop = at * ROW;
    else if ((at + 1) * ROW > element.scrollTop + bodyHeight) element.scrollTop = (at + 1) * ROW - bodyHeight;
  }, [active, rows, bodyHeight]);
  const goTo = (at: number) => setActive(rows[Math.max(0, Math.min(rows.length - 1, at))] ?? -1);
  const fold = (span: number, away: boolean) => {
    const next = new Set(collapsed);
    if (away) next.add(span);
    else next.delete(span);
    setCollapsed(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || rows.length === 0) return;
    const span = rows[place]!;
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: active < 0 ? 0 : place - 1,
      ArrowDown: active < 0 ? 0 : place + 1,
      PageUp: place - Math.floor(bodyHeight / ROW),
      PageDown: place + Math.floor(bodyHeight / ROW),
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) goTo(to);
    else if (event.key === 'ArrowRight') {
      if (collapsed.has(span)) fold(span, false);
      else if (tree.below[span]! > 0) goTo(place + 1);
    } else if (event.key === 'ArrowLeft') {
      if (tree.below[span]! > 0 && !collapsed.has(span)) fold(span, true);
      else if (tree.parent[span]! >= 0) goTo(rows.indexOf(tree.parent[span]!));
    } else if (event.key === 'Enter' || event.key === ' ') setOpened(span === opened ? undefined : span);
    else if (event.key === 'Escape' && chosen !== undefined) {
      event.stopPropagation();
      setOpened(undefined);
    } else return;
    event.preventDefault();
  };
  /** The next row that the search found, around the end. */
  const goToFound = (back: boolean) => {
    if (found === undefined || found.size === 0) return;
    for (let step = 1; step <= rows.length; step++) {
      const at = (place + (back ? -step : step) + 2 * rows.length) % rows.length;
      if (found.has(rows[at]!)) return goTo(at);
    }
  };
  const services = new Set(spans.map(({ service }) => service)).size;
  const failed = spans.filter(({ isError }) => isError).length;
  return (
    <div className={classes.trace} style={{ width, height }}>
      <div className={classes.bar} style={{ height: BAR }}>
        <input
          type="search"
          className={classes.search}
          value={search}
          placeholder="Search spans, tags: http.status=500"
          aria-label="Search spans"
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && goToFound(event.shiftKey)}
        />
        {found !== undefined && (
          <span role="status">
            {found.size.toLocaleString('en')} of {spans.length.toLocaleString('en')}
          </span>
        )}
        {found !== undefined && (
          <button type="button" aria-pressed={onlyFound} onClick={() => setOnlyFound(!onlyFound)}>
            Only these
          </button>
        )}
        <button type="button" aria-pressed={showCritical} onClick={() => setShowCritical(!showCritical)}>
          Critical path
        </button>
        <button type="button" onClick={() => setCollapsed(collapsed.size > 0 ? NOTHING : allParents(tree))}>
          {collapsed.size > 0 ? 'Expand all' : 'Collapse all'}
        </button>
        {part !== undefined && (
          <button type="button" onClick={() => setPart(undefined)}>
            Whole trace
          </button>
        )}
        <span className={classes.summary}>
          {formatText(tree.toMs - tree.fromMs, 'ms')} · {spans.length.toLocaleString('en')} spans · {services} services
          {failed > 0 && ` · ${failed.toLocaleString('en')} failed`}
        </span>
      </div>
      {mapHeight > 0 && (
        <TraceMinimap {...{ spans, tree, colorOf, width, theme }} height={mapHeight - 4} window={shownPart} onWindow={setPart} />
      )}
      <Ticks from={shownPart[0] - tree.fromMs} to={shownPart[1] - tree.fromMs} left={nameWidth} width={width - nameWidth} />
      <div
        ref={body}
        className={classes.body}
        style={{ height: bodyHeight }}
        role="tree"
        tabIndex={0}
        aria-label={`${label}: ${spans.length} spans of ${services} services in ${formatText(tree.toMs - tree.fromMs, 'ms')}`}
        aria-activedescendant={active < 0 ? undefined : `${id}${active}`}
        onScroll={window.onScroll}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: rows.length * ROW, position: 'relative' }}>
          {Array.from(rows.subarray(window.start, window.end), (span, offset) => (
            <SpanRow
              key={span}
              span={spans[span]!}
              id={`${id}${span}`}
              top={(window.start + offset) * ROW}
              depth={tree.depth[span]!}
              below={tree.below[span]!}
              isCollapsed={collapsed.has(span)}
              isActive={span === active}
              isOpen={span === chosen}
              isDim={found !== undefined && !found.has(span)}
              nameWidth={nameWidth}
              part={shownPart}
              color={colorOf(spans[span]!.service)}
              critical={critical?.get(span)}
              onFold={() => fold(span, !collapsed.has(span))}
              onOpen={() => {
                setActive(span);
                setOpened(span === opened ? undefined : span);
              }}
            />
          ))}
        </div>
      </div>
      {chosen !== undefined && (
        <SpanDetails
          span={spans[chosen]!}
          height={detailsHeight}
          sinceMs={tree.fromMs}
          timeText={timeText}
          links={linksOf(chosen)}
          onClose={() => setOpened(undefined)}
        />
      )}
    </div>
  );
}

function allParents(tree: TraceTree): ReadonlySet<number> {
  return new Set([...tree.order].filter((span) => tree.below[span]! > 0));
}

function Ticks({ from, to, left, width }: { from: number; to: number; left: number; width: number }): ReactElement {
  const count = Math.max(1, Math.min(6, Math.floor(width / 90)));
  return (
    <div className={classes.ticks} style={{ height: TICKS, marginLeft: left }} aria-hidden="true">
      {Array.from({ length: count }, (_, tick) => (
        <span key={tick} style={{ left: `${(tick / count) * 100}%` }}>
          {formatText(from + ((to - from) * tick) / count, 'ms')}
        </span>
      ))}
    </div>
  );
}

interface SpanRowProps {
  readonly span: TraceSpan;
  readonly id: string;
  readonly top: number;
  readonly depth: number;
  readonly below: number;
  readonly isCollapsed: boolean;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  readonly isDim: boolean;
  readonly nameWidth: number;
  readonly part: readonly [number, number];
  readonly color: string;
  readonly critical: readonly CriticalStretch[] | undefined;
  readonly onFold: () => void;
  readonly onOpen: () => void;
}

function SpanRow(props: SpanRowProps): ReactElement {
  const { span, depth, below, isCollapsed, part, color, critical, nameWidth } = props;
  const { startMs, durationMs, service, name, isError } = span;
  const total = part[1] - part[0];
  const share = (atMs: number) => ((atMs - part[0]) / total) * 100;
  const [from, to] = [share(startMs), share(startMs + durationMs)];
  const duration = formatText(durationMs, 'ms');
  // Deep trees would push their names out.
  const indent = Math.min(depth * INDENT, nameWidth * 0.5);
  return (
    <div
      id={props.id}
      className={classes.row}
      style={{ top: props.top, height: ROW }}
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={below > 0 ? !isCollapsed : undefined}
      aria-selected={props.isOpen}
      aria-label={`${service} ${name}, ${duration}${isError ? ', failed' : ''}`}
      data-active={props.isActive || undefined}
      data-dim={props.isDim || undefined}
      onClick={props.onOpen}
    >
      <div className={classes.name} style={{ width: nameWidth, paddingLeft: indent }} title={`${service} ${name}`}>
        <span
          className={classes.fold}
          onClick={(event) => {
            if (below === 0) return;
            event.stopPropagation();
            props.onFold();
          }}
        >
          {below === 0 ? '' : isCollapsed ? '▸' : '▾'}
        </span>
        <i style={{ background: color }} />
        {isError && <StatusShape status="critical" size={10} />}
        <span className={classes.words}>
          <b>{service}</b> {name}
          {isCollapsed && ` +${below}`}
        </span>
      </div>
      <div className={classes.lane}>
        {to >= 0 && from <= 100 && (
          <>
            <div
              className={classes.span}
              style={{ left: `${Math.max(0, from)}%`, width: `${Math.min(100, to) - Math.max(0, from)}%`, background: color }}
              data-error={isError || undefined}
            />
            {critical?.map(({ fromMs, toMs }) => (
              <div
                key={fromMs}
                className={classes.critical}
                style={{
                  left: `${Math.max(0, share(fromMs))}%`,
                  width: `${Math.max(0, Math.min(100, share(toMs)) - Math.max(0, share(fromMs)))}%`,
                }}
              />
            ))}
            <span
              className={classes.duration}
              style={to < 75 ? { left: `${Math.max(0, to)}%` } : from > 25 ? { right: `${100 - from}%` } : { right: 4 }}
              data-inside={(to >= 75 && from <= 25) || undefined}
            >
              {duration}
            </span>
          </>
        )}
      </div>
    </div>
  );
}
