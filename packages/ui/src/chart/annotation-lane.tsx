import type { AnnotationEvent } from '@vitrine/model/frame.ts';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { createPortal } from 'react-dom';

import { inkOf } from '../theme/color-name.ts';
import classes from './annotation-lane.module.css';
import { clusterMarks } from './annotations.ts';
import type { ChartMark, MarkCluster } from './annotations.ts';
import { Float } from './float.tsx';
import type { Plot } from './plot.ts';

/** CSS pixels that the lane takes above the plot. */
export const LANE_HEIGHT = 12;
/** Of a cluster these are told one by one. */
const MOST_TOLD = 8;

export interface AnnotationLaneProps {
  readonly plot: Plot;
  readonly marks: readonly ChartMark[];
  readonly xMin: number;
  readonly xMax: number;
  readonly width: number;
  readonly theme: 'dark' | 'light';
  /** When it was, in words. */
  readonly formatX: (mark: ChartMark) => string;
  readonly onEdit: ((event: AnnotationEvent) => void) | undefined;
}

/** A thin lane of flags above the plot. Pointing at one tells what happened; a click keeps it open. */
export function AnnotationLane(props: AnnotationLaneProps): ReactElement | null {
  const { plot, marks, xMin, xMax, width, theme } = props;
  const clusters = useMemo(() => clusterMarks(marks, xMin, xMax, width), [marks, xMin, xMax, width]);
  const [open, setOpen] = useState<{ cluster: MarkCluster; x: number; y: number; pinned: boolean }>();
  useEffect(() => {
    if (open?.pinned !== true) return;
    const onPress = (event: Event) => {
      if (event.target instanceof Element && event.target.closest('[role="tooltip"]') !== null) return;
      setOpen(undefined);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(undefined);
      // Only what lies on top is closed.
      event.stopPropagation();
    };
    // On the way down: the chart below hears its keys itself.
    document.addEventListener('mousedown', onPress, true);
    document.addEventListener('keydown', onKey, true);
    return () => {
      document.removeEventListener('mousedown', onPress, true);
      document.removeEventListener('keydown', onKey, true);
    };
  }, [open?.pinned]);
  // One stop of Tab for all flags: the arrow keys go from one to the next.
  const [stop, setStop] = useState(0);
  const lane = useCallback((element: HTMLElement | null) => keepToItself(element, setStop), []);
  const show = (cluster: MarkCluster, element: HTMLElement, pinned: boolean) => {
    const { left, width: wide, bottom } = element.getBoundingClientRect();
    setOpen({ cluster, x: left + Math.min(wide, 20) / 2, y: bottom + 8, pinned });
  };
  return createPortal(
    <div ref={lane} className={classes.lane} style={{ top: -LANE_HEIGHT, height: LANE_HEIGHT }}>
      {clusters.map((cluster, index) => {
        const [first] = cluster.marks;
        const color = inkOf(first!.event.color, theme);
        return (
          <FlagButton
            key={`${first!.from} ${first!.event.query} ${first!.event.title}`}
            cluster={cluster}
            isStop={index === Math.min(stop, clusters.length - 1)}
            color={color}
            label={`${first!.event.title || first!.event.query}${cluster.marks.length > 1 ? ` and ${cluster.marks.length - 1} more` : ''}, ${props.formatX(first!)}`}
            onShow={(element, pinned) => show(cluster, element, pinned)}
            onLeave={() => setOpen((now) => (now?.pinned === true ? now : undefined))}
          />
        );
      })}
      {open !== undefined && (
        <Float x={open.x} y={open.y} pinned={open.pinned}>
          {open.cluster.marks.slice(0, MOST_TOLD).map((mark, index) => (
            // By place: events of queries have no id.
            <Told
              key={index}
              mark={mark}
              when={props.formatX(mark)}
              theme={theme}
              onEdit={open.pinned ? props.onEdit : undefined}
            />
          ))}
          {open.cluster.marks.length > MOST_TOLD && (
            <div className={classes.more}>and {open.cluster.marks.length - MOST_TOLD} more: zoom in to tell them apart</div>
          )}
        </Float>
      )}
    </div>,
    plot.over,
  );
}

/** uPlot hears the pointer on the same element that the lane stands in: a press on a flag is no drag, and an arrow key there no step of the cursor. */
function keepToItself(lane: HTMLElement | null, onStop: (index: number) => void): (() => void) | undefined {
  if (lane === null) return undefined;
  const stop = (event: Event) => event.stopPropagation();
  const onKey = (event: KeyboardEvent) => {
    const flags = [...lane.querySelectorAll<HTMLButtonElement>(`.${classes.flag}`)];
    const at = flags.findIndex((flag) => flag === event.target);
    const steps: Readonly<Record<string, number>> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: flags.length - 1 };
    const to = steps[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.min(flags.length - 1, Math.max(0, to));
    onStop(next);
    flags[next]?.focus();
  };
  const types = ['mousedown', 'click', 'dblclick'];
  for (const type of types) lane.addEventListener(type, stop);
  lane.addEventListener('keydown', onKey);
  return () => {
    for (const type of types) lane.removeEventListener(type, stop);
    lane.removeEventListener('keydown', onKey);
  };
}

function FlagButton({
  cluster,
  isStop,
  color,
  label,
  onShow,
  onLeave,
}: {
  cluster: MarkCluster;
  isStop: boolean;
  color: string;
  label: string;
  onShow: (element: HTMLElement, pinned: boolean) => void;
  onLeave: () => void;
}): ReactElement {
  const isRegion = cluster.marks.length === 1 && cluster.right > cluster.left;
  return (
    // React's handlers are on the portal's parent, above the lane that stops clicks: these are the element's own.
    <button
      type="button"
      className={classes.flag}
      data-region={isRegion || undefined}
      aria-label={label}
      tabIndex={isStop ? 0 : -1}
      style={{
        left: `${cluster.left * 100}%`,
        ...(isRegion ? { width: `${(cluster.right - cluster.left) * 100}%` } : {}),
        background: color,
      }}
      ref={(element) => {
        if (element === null) return undefined;
        const enter = () => onShow(element, false);
        const click = () => onShow(element, true);
        element.addEventListener('mouseenter', enter);
        element.addEventListener('focus', enter);
        element.addEventListener('click', click);
        element.addEventListener('mouseleave', onLeave);
        element.addEventListener('blur', onLeave);
        return () => {
          element.removeEventListener('mouseenter', enter);
          element.removeEventListener('focus', enter);
          element.removeEventListener('click', click);
          element.removeEventListener('mouseleave', onLeave);
          element.removeEventListener('blur', onLeave);
        };
      }}
    />
  );
}

function Told({
  mark,
  when,
  theme,
  onEdit,
}: {
  mark: ChartMark;
  when: string;
  theme: 'dark' | 'light';
  onEdit: ((event: AnnotationEvent) => void) | undefined;
}): ReactElement {
  const { title, text, tags, color, query, id } = mark.event;
  return (
    <div className={classes.told}>
      <div className={classes.when}>
        <i style={{ background: inkOf(color, theme) }} />
        <span>{when}</span>
        {onEdit !== undefined && id !== undefined && (
          <button type="button" onClick={() => onEdit(mark.event)}>
            Edit
          </button>
        )}
      </div>
      <strong>{title || query}</strong>
      {/* As it was sent: markup in it is text. */}
      {text !== '' && <p>{text}</p>}
      {tags.length > 0 && (
        <div className={classes.tags}>
          {tags.map((tag) => (
            <span key={tag}>{tag}</span>
          ))}
        </div>
      )}
    </div>
  );
}
