import { useRef } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { useInView, useSize } from '../dashboard/use-size.ts';
import classes from './run-page.module.css';

interface TagCardProps {
  readonly title: string;
  readonly note?: string;
  readonly tool?: ReactNode;
  /** Made while it is in view, with the room there is. */
  readonly children: (width: number, height: number) => ReactNode;
}

/** A card with one tag's picture, which is made once it is in view. */
export function TagCard({ title, note, tool, children }: TagCardProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const isInView = useInView(box);
  return (
    <article className={classes.card} aria-label={title}>
      <header>
        <h3 title={title}>{title}</h3>
        {note !== undefined && <span>{note}</span>}
        {tool}
      </header>
      <div ref={box} className={classes.picture}>
        {isInView && width > 0 && children(width, height)}
      </div>
    </article>
  );
}
