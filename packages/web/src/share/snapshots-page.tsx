import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCamera, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formatDuration, formatTime } from '@vitrine/compute/time.ts';
import type { ReactElement } from 'react';
import { serverClock } from '../api/server-clock.ts';
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
              <li key={snapshot.key} className={`${list.line} ${classes.snapshot}`}>
                <IconCamera size={16} aria-hidden />
                <div className={list.text}>
                  <Link to="/dashboard/snapshot/$key" params={{ key: snapshot.key }} className={list.link}>
                    {snapshot.name}
                  </Link>
                </div>
                <Facts {...snapshot} />
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

function Facts({ created, createdBy, expires, public: isPublic, sizeBytes }: SnapshotSummary): ReactElement {
  const nowMs = serverClock.now();
  const ageMs = nowMs - Date.parse(created);
  return (
    <div className={classes.cells}>
      <span className={classes.quietCell} title={timeOf(created)}>
        by {createdBy} {ageMs < 60_000 ? 'just now' : `${roughly(ageMs)} ago`}
      </span>
      <span className={classes.quietCell} title={expires === '' ? undefined : `until ${timeOf(expires)}`}>
        {expires === '' ? 'kept for good' : `${roughly(Date.parse(expires) - nowMs)} left`}
      </span>
      <span
        className={classes.quietCell}
        title={isPublic ? 'Anyone with the link may see it' : 'Who is signed in and has the link may see it'}
      >
        {isPublic ? 'public' : 'signed in'}
      </span>
      <span className={`${classes.quietCell} ${classes.size}`}>{sizeText(sizeBytes)}</span>
    </div>
  );
}

/** The largest unit that says something: "6 d". */
function roughly(durationMs: number): string {
  return formatDuration(Math.max(60_000, durationMs)).split(' ').slice(0, 2).join(' ');
}

function sizeText(bytes: number): string {
  const kib = bytes / 1024;
  return kib < 1024 ? `${Math.max(1, Math.round(kib))} KiB` : `${(kib / 1024).toPrecision(3)} MiB`;
}

function timeOf(iso: string): string {
  return formatTime(Math.floor(Date.parse(iso) / 1_000) * 1_000, 'browser');
}
