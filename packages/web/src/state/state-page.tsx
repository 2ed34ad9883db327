import type { ReactElement, ReactNode } from 'react';
import classes from './state-page.module.css';

interface StatePageProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  /** The way out. */
  readonly actions?: ReactNode;
  /** Said aloud at once: something went wrong. */
  readonly isAlert?: boolean;
}

/** A page that has something else to say than what was asked for: not found, forbidden, failing. */
export function StatePage({ icon, title, children, actions, isAlert = false }: StatePageProps): ReactElement {
  return (
    <div className={classes.page} role={isAlert ? 'alert' : undefined}>
      <div className={classes.box}>
        {icon !== undefined && <div className={classes.icon}>{icon}</div>}
        <h1 className={classes.title}>{title}</h1>
        {children !== undefined && <div className={classes.text}>{children}</div>}
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </div>
    </div>
  );
}
