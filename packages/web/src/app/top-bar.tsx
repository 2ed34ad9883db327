import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ReactElement, ReactNode } from 'react';
import classes from './top-bar.module.css';

export interface Crumb {
  readonly label: string;
  /** Absent for the page itself. */
  readonly to?: string;
  readonly search?: Readonly<Record<string, string>>;
}

interface TopBarProps {
  readonly crumbs: readonly Crumb[];
  /** Right behind the page's name. */
  readonly beside?: ReactNode;
  readonly children?: ReactNode;
}

/** Where am I, and the page's controls. Also names the browser's tab. */
export function TopBar({ crumbs, beside, children }: TopBarProps): ReactElement {
  const title = crumbs.at(-1)?.label ?? '';
  useEffect(() => {
    document.title = title === '' ? 'Vitrine' : `${title} · Vitrine`;
  }, [title]);
  return (
    <header className={classes.bar}>
      <nav className={classes.crumbs} aria-label="Breadcrumb">
        {crumbs.map(({ label, to, search }) =>
          to === undefined ? (
            <h1 key={label} className={classes.here} title={label}>
              {label}
            </h1>
          ) : (
            <span key={label} className={classes.way}>
              <Link to={to} {...(search === undefined ? {} : { search })} className={classes.link}>
                {label}
              </Link>
              <span aria-hidden className={classes.slash}>
                /
              </span>
            </span>
          ),
        )}
        {beside}
      </nav>
      {children !== undefined && <div className={classes.controls}>{children}</div>}
    </header>
  );
}
