import { useRef } from 'react';
import type { KeyboardEvent, PointerEvent, ReactElement, ReactNode } from 'react';
import classes from './runs-page.module.css';

interface SplitPaneProps {
  readonly show: 'both' | 'table' | 'charts';
  /** What is seen is not what is asked for. */
  readonly isOld: boolean;
  /** The left side's share in percent. */
  readonly split: number;
  readonly onSplit: (split: number) => void;
  readonly left: ReactNode;
  readonly right: ReactNode;
}

const LEAST = 20;
const MOST = 80;
const clamp = (share: number): number => Math.min(MOST, Math.max(LEAST, Math.round(share)));

/** Table and charts side by side, with an edge to drag; one under the other where it is narrow. */
export function SplitPane({ show, isOld, split, onSplit, left, right }: SplitPaneProps): ReactElement {
  const pane = useRef<HTMLDivElement>(null);
  const onDown = (event: PointerEvent<HTMLDivElement>): void => {
    event.preventDefault();
    const edge = event.currentTarget;
    const element = pane.current!;
    const { left: from, width } = element.getBoundingClientRect();
    let share = split;
    edge.setPointerCapture(event.pointerId);
    edge.focus();
    const onMove = (move: globalThis.PointerEvent): void => {
      share = clamp(((move.clientX - from) / width) * 100);
      element.style.setProperty('--split', `${share}%`);
    };
    edge.addEventListener('pointermove', onMove);
    edge.addEventListener(
      'lostpointercapture',
      () => {
        edge.removeEventListener('pointermove', onMove);
        if (share !== split) onSplit(share);
      },
      { once: true },
    );
  };
  const onKey = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowLeft' ? -2 : event.key === 'ArrowRight' ? 2 : 0;
    if (by === 0) return;
    event.preventDefault();
    onSplit(clamp(split + by));
  };
  return (
    <div ref={pane} className={classes.split} data-old={isOld || undefined} style={{ ['--split' as string]: `${split}%` }}>
      {show !== 'charts' && <div className={classes.left}>{left}</div>}
      {show === 'both' && (
        <div
          className={classes.edge}
          role="separator"
          aria-orientation="vertical"
          aria-label="Width of the table"
          aria-valuenow={split}
          aria-valuemin={LEAST}
          aria-valuemax={MOST}
          tabIndex={0}
          onPointerDown={onDown}
          onKeyDown={onKey}
        />
      )}
      {show !== 'table' && <div className={classes.right}>{right}</div>}
    </div>
  );
}
