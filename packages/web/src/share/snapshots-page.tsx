import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCamera, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formatTime } from '@vitrine/compute/time.ts';
import type { ReactElement } from 'react';
import { TopBar } from '../app/top-bar.tsx';
import list from '../home/dashboard-list.module.css';
import home from '../home/home.module.css';
import { CopyButton } from '../state/copy-button.tsx';
import { StatePage } from '../state/state-page.tsx';
import classes from './share.module.css';
import { removeSnapshot, snapshotsQuery } from './snapshot-queries.ts';
import type { SnapshotSummary } from './snapshot-queries.ts';

/** `/dashboard/snapshots`: dashboards as they were. */
export function SnapshotsPage(): ReactElement {
  const { data, error } = useQuery(snapshotsQuery);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: removeSnapshot,
    onSettled: () => client.invalidateQueries({ queryKey: snapshotsQuery.queryKey }),
  });
  const problem = remove.error ?? error;
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: 'Snapshots' }]} />
      <div className={home.page}>
        {problem !== null && (
          <p className={classes.problem} role="alert">
            {problem.message}
          </p>
        )}
        {data?.length === 0 && (
          <StatePage icon={<IconCamera size={32} stroke={1.5} />} title="There are no snapshots">
            <p>A snapshot is a dashboard with the data that it showed. Take one on a dashboard, under “Share”.</p>
          </StatePage>
        )}
        {data !== undefined && data.length > 0 && (
          <ul className={list.list} aria-label="Snapshots">
            {data.map((snapshot) => (
              <li key={snapshot.key} className={list.line}>
                <IconCamera size={16} aria-hidden />
                <div className={list.text}>
                  <Link to="/dashboard/snapshot/$key" params={{ key: snapshot.key }} className={list.link}>
                    {snapshot.name}
                  </Link>
                </div>
                <div className={classes.facts}>{factsOf(snapshot)}</div>
                <div className={classes.link}>
                  <CopyButton
                    label={`Copy the link to ${snapshot.name}`}
                    text={`${window.location.origin}/dashboard/snapshot/${snapshot.key}`}
                  />
                  <Tooltip label="Delete">
                    <ActionIcon aria-label={`Delete ${snapshot.name}`} onClick={() => remove.mutate(snapshot.key)}>
                      <IconTrash size={15} />
                    </ActionIcon>
                  </Tooltip>
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function factsOf({ created, createdBy, expires, public: isPublic, sizeBytes }: SnapshotSummary): string {
  return [
    `taken by ${createdBy} at ${timeOf(created)}`,
    expires === '' ? 'kept for good' : `kept until ${timeOf(expires)}`,
    isPublic ? 'seen by anyone with the link' : 'seen after signing in',
    `${(sizeBytes / 1024 / 1024).toFixed(1)} MiB`,
  ].join(' · ');
}

/** To the minute. */
function timeOf(iso: string): string {
  return formatTime(Math.floor(Date.parse(iso) / 60_000) * 60_000, 'browser');
}
