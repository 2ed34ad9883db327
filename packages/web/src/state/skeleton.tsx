import type { ReactElement } from 'react';
import classes from './skeleton.module.css';
import { useDelayed } from './use-delayed.ts';

export interface SkeletonProps {
  /** What is on its way, for screen readers. */
  readonly label: string;
  readonly heightPx: number;
}

/** The place of what is on its way. It has its room from the start, and is only seen where it takes longer than 150 ms. */
export function Skeleton({ label, heightPx }: SkeletonProps): ReactElement {
  const isSlow = useDelayed(true);
  return (
    // Through the CSSOM, which the page's content policy allows.
    <div style={{ height: heightPx }}>{isSlow && <div className={classes.skeleton} role="status" aria-label={label} />}</div>
  );
}

/** Panels that are still on their way after 150 ms. */
export function PanelSkeletons({ label }: Pick<SkeletonProps, 'label'>): ReactElement | null {
  return useDelayed(true) ? <Panels label={label} /> : null;
}

/** A page on its way, its bar and panels; at once, for whoever has waited already. */
export function PageSkeleton(): ReactElement {
  return (
    <>
      <div className={classes.bar} />
      <Panels label="Loading the page" />
    </>
  );
}

function Panels({ label }: Pick<SkeletonProps, 'label'>): ReactElement {
  return (
    <div className={classes.panels} role="status" aria-label={label}>
      {['a', 'b', 'c', 'd'].map((key) => (
        <div key={key} className={classes.panel}>
          <div className={classes.skeleton} />
        </div>
      ))}
    </div>
  );
}
