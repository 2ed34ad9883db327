import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { dashboardSearchQuery, metricNamesQuery, targetsQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import { DashboardCards } from './dashboard-cards.tsx';
import { Arrived, FirstSample } from './first-sample.tsx';
import classes from './home.module.css';
import { TargetHealth } from './target-health.tsx';

/** Is it fine? What needs me first, then where to look. */
export function HomePage(): ReactElement {
  const names = useQuery(metricNamesQuery);
  const targets = useQuery(targetsQuery);
  const dashboards = useQuery(dashboardSearchQuery({ limit: 100 }));
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
        <section aria-labelledby="home-dashboards">
          <h2 id="home-dashboards" className={classes.heading}>
            Dashboards
          </h2>
          <DashboardCards
            dashboards={dashboards.data?.dashboards}
            error={dashboards.error}
            onRetry={() => void dashboards.refetch()}
          />
        </section>
      </div>
    </>
  );
}
