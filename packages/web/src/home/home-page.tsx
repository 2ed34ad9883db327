import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { dashboardSearchQuery, metricNamesQuery, targetsQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import { loadRecent } from '../dashboard/recent-dashboards.ts';
import { DashboardCards } from './dashboard-cards.tsx';
import { Arrived, FirstSample } from './first-sample.tsx';
import classes from './home.module.css';
import { TargetHealth } from './target-health.tsx';

/** More are a list, not a choice: they have a page of their own. */
const MOST_CARDS = 12;
const MOST_RECENT = 8;

/** Is it fine? What needs me first, then where to look. */
export function HomePage(): ReactElement {
  const names = useQuery(metricNamesQuery);
  const targets = useQuery(targetsQuery);
  const dashboards = useQuery(dashboardSearchQuery({ limit: 100 }));
  const starred = useQuery(dashboardSearchQuery({ limit: MOST_CARDS, starred: true }));
  const [recent] = useState(() => loadRecent().slice(0, MOST_RECENT));
  const total = dashboards.data?.total ?? 0;
  const [wasEmpty, setWasEmpty] = useState(false);
  // Who has only just connected sees the first sample arrive; who has data is never shown how to connect.
  const nothingYet = names.data?.length === 0;
  if (nothingYet && !wasEmpty) setWasEmpty(true);
  return (
    <>
      <TopBar crumbs={[{ label: 'Home' }]} />
      <div className={classes.page}>
        {nothingYet && <FirstSample />}
        {wasEmpty && !nothingYet && <Arrived names={names.data ?? []} dashboards={dashboards.data?.dashboards ?? []} />}
        {targets.data !== undefined && <TargetHealth targets={targets.data} />}
        {recent.length > 0 && total > MOST_CARDS && (
          <section aria-labelledby="home-recent">
            <h2 id="home-recent" className={classes.heading}>
              Opened last
            </h2>
            <ul className={classes.recent}>
              {recent.map(({ uid, title }) => (
                <li key={uid}>
                  <Link to="/d/$uid" params={{ uid }} preload="intent">
                    {title}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )}
        {(starred.data?.total ?? 0) > 0 && (
          <section aria-labelledby="home-starred">
            <h2 id="home-starred" className={classes.heading}>
              Starred
            </h2>
            <DashboardCards dashboards={starred.data?.dashboards} error={null} onRetry={() => {}} />
          </section>
        )}
        <section aria-labelledby="home-dashboards">
          <h2 id="home-dashboards" className={classes.heading}>
            Dashboards
            {total > MOST_CARDS && (
              <Link to="/dashboards" className={classes.all}>
                All {total.toLocaleString('en')}
              </Link>
            )}
          </h2>
          <DashboardCards
            dashboards={dashboards.data?.dashboards.slice(0, MOST_CARDS)}
            error={dashboards.error}
            onRetry={() => void dashboards.refetch()}
          />
        </section>
      </div>
    </>
  );
}
