import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent, ReactElement, ReactNode } from 'react';

import { Float } from '../chart/float.tsx';
import type { ThemeName } from '../theme/ink.ts';
import { sizedContext, usePixelRatio } from '../widget/use-pixel-ratio.ts';
import { callAt } from './flame-tree.ts';
import type { FlameTree } from './flame-tree.ts';
import classes from './flame-view.module.css';
import { FLAME_ROW, paintFlame } from './paint-flame.ts';

export interface FlameCanvasProps {
  readonly label: string;
  readonly tree: FlameTree;
  readonly focus: number;
  readonly onFocus: (row: number) => void;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  readonly found: ReadonlySet<number> | undefined;
  readonly upward?: boolean;
  /** What a call took, for its tooltip and for screen readers. */
  readonly describe: (row: number) => ReactNode;
}

/** Bars of calls that can be pointed at, clicked to have the whole width, and walked over with the arrow keys. */
export function FlameCanvas(props: FlameCanvasProps): ReactElement {
  const { label, tree, focus, onFocus, width, height, theme, found, upward = false, describe } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const ratio = usePixelRatio();
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(-1);
  const [pointer, setPointer] = useState<{ readonly row: number; readonly x: number; readonly y: number }>();
  const levelAt = (row: number) => (upward ? tree.depth - 1 - tree.level[row]! : tree.level[row]!);
  const shownActive = active < tree.label.length ? active : -1;

  useLayoutEffect(() => {
    const ctx = sizedContext(canvas.current!, width, height, ratio);
    if (ctx === undefined) return;
    paintFlame(ctx, { tree, focus, width, height, top, theme, found, active: pointer?.row ?? shownActive, upward });
  }, [tree, focus, width, height, top, theme, found, shownActive, pointer?.row, upward, ratio]);

  useEffect(() => {
    // Callers stand on what they call: at the bottom.
    if (upward && host.current !== null) host.current.scrollTop = tree.depth * FLAME_ROW;
  }, [upward, tree]);

  const rowAt = (event: MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    const level = Math.floor((event.clientY - box.top + top) / FLAME_ROW);
    const share = ((event.clientX - box.left) / width) * tree.width[focus]! + tree.x[focus]!;
    return callAt(tree, share, upward ? tree.depth - 1 - level : level);
  };
  const go = (row: number | undefined) => {
    if (row === undefined || row < 0 || row >= tree.label.length) return;
    setActive(row);
    const y = levelAt(row) * FLAME_ROW;
    const element = host.current;
    if (element === null) return;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + FLAME_ROW > element.scrollTop + height) element.scrollTop = y + FLAME_ROW - height;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || tree.label.length === 0) return;
    const at = shownActive < 0 ? focus : shownActive;
    const inwards = tree.end[at]! > at + 1 ? at + 1 : undefined;
    switch (event.key) {
      case 'ArrowUp':
        go(shownActive < 0 ? at : upward ? inwards : tree.parent[at]);
        break;
      case 'ArrowDown':
        go(shownActive < 0 ? at : upward ? tree.parent[at] : inwards);
        break;
      case 'ArrowRight':
        if (tree.level[tree.end[at]!] === tree.level[at]) go(tree.end[at]);
        break;
      case 'ArrowLeft':
        go(siblingBefore(tree, at));
        break;
      case 'Home':
        go(0);
        break;
      case 'Enter':
        onFocus(at === focus ? 0 : at);
        break;
      case 'Escape':
        if (focus === 0) return;
        event.stopPropagation();
        onFocus(0);
        break;
      default:
        return;
    }
    event.preventDefault();
  };
  return (
    <div
      ref={host}
      className={classes.flame}
      style={{ width, height }}
      tabIndex={0}
      role="group"
      aria-roledescription="flame graph"
      aria-label={`${label}: ${tree.label.length.toLocaleString('en')} calls. Arrow keys go from call to call, Enter widens one.`}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
      onMouseMove={(event) => {
        const row = rowAt(event);
        setPointer(row < 0 ? undefined : { row, x: event.clientX, y: event.clientY });
      }}
      onMouseLeave={() => setPointer(undefined)}
      onClick={(event) => {
        const row = rowAt(event);
        if (row >= 0) {
          setActive(row);
          onFocus(row);
        }
      }}
    >
      <canvas ref={canvas} className={classes.canvas} style={{ width, height }} />
      <div style={{ height: Math.max(0, tree.depth * FLAME_ROW - height) }} />
      {pointer !== undefined && pointer.row < tree.label.length && (
        <Float x={pointer.x} y={pointer.y} pinned={false}>
          {describe(pointer.row)}
        </Float>
      )}
      <div className={classes.srOnly} aria-live="polite">
        {shownActive >= 0 && describe(shownActive)}
      </div>
    </div>
  );
}

function siblingBefore(tree: FlameTree, row: number): number | undefined {
  const parent = tree.parent[row]!;
  if (parent < 0) return undefined;
  let before: number | undefined;
  for (let at = parent + 1; at < row; at = tree.end[at]!) before = at;
  return before;
}
