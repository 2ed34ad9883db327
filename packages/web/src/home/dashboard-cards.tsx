import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { DashboardSummary } from '@vitrine/model/api.ts';
import type { ReactElement } from 'react';
import { useDelayed } from '../state/use-delayed.ts';
import classes from './home.module.css';

export interface DashboardCardsProps {
  /** undefined while they are on their way. */
  readonly dashboards: readonly DashboardSummary[] | undefined;
  readonly error: Error | null;
  readonly onRetry: () => void;
  readonly onTag?: (tag: string) => void;
}

export function DashboardCards({ dashboards, error, onRetry, onTag }: DashboardCardsProps): ReactElement | null {
  const slow = useDelayed(dashboards === undefined && error === null);
  if (dashboards === undefined) {
    if (error !== null) {
      return (
        <div className={classes.failed} role="alert">
          <p>The dashboards could not be listed. {error.message}</p>
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </div>
      );
    }
    return slow ? (
      <div className={classes.cards} role="status" aria-label="Loading the dashboards">
        {[0, 1, 2, 3].map((at) => (
          <div key={at} className={classes.ghost} />
        ))}
      </div>
    ) : null;
  }
  if (dashboards.length === 0) return <p className={classes.none}>There are no dashboards yet.</p>;
  return (
    <ul className={classes.cards}>
      {dashboards.map(({ uid, title, description, tags, panelCount, builtin }) => (
        <li key={uid} className={classes.card}>
          <Link to="/d/$uid" params={{ uid }} className={classes.cardLink} preload="intent">
            {title}
          </Link>
          {description !== '' && <p className={classes.about}>{description}</p>}
          <div className={classes.facts}>
            <span>{panelCount === 1 ? '1 panel' : `${panelCount} panels`}</span>
            {builtin && !tags.includes('built-in') && <span>built in</span>}
            {tags.map((tag) =>
              onTag === undefined ? (
                <span key={tag} className={classes.tag}>
                  {tag}
                </span>
              ) : (
                <button key={tag} type="button" className={classes.tag} onClick={() => onTag(tag)}>
                  {tag}
                </button>
              ),
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
