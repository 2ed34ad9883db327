import { ActionIcon, Button, Tooltip } from '@mantine/core';
import {
  IconArrowLeft,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
  IconPlaylist,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { readDurationMs } from '@vitrine/model/duration.ts';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { dashboardQuery } from '../api/queries.ts';
import { useShortcuts } from '../app/shortcuts.ts';
import type { Shortcut } from '../app/shortcuts.ts';
import { TopBar } from '../app/top-bar.tsx';
import { DashboardByUid } from '../dashboard/dashboard-page.tsx';
import { StatePage } from '../state/state-page.tsx';
import { playlistQuery } from './playlist-queries.ts';

const USUAL_MS = 5 * 60_000;
/** A wall that changes faster than this is not read. */
const SHORTEST_MS = 1_000;

/** `/playlists/:uid`: its dashboards one after the other. */
export function PlayPage(): ReactElement {
  const { uid } = useParams({ from: '/shell/playlists/$uid' });
  const { data, error } = useQuery(playlistQuery(uid));
  const navigate = useNavigate({ from: '/playlists/$uid' });
  const client = useQueryClient();
  const [at, setAt] = useState(0);
  const [isPaused, setIsPaused] = useState(false);
  const dashboards = data?.dashboards ?? [];
  const count = dashboards.length;
  const current = dashboards[at % Math.max(1, count)];
  const next = dashboards[(at + 1) % Math.max(1, count)];
  const everyMs = Math.max(SHORTEST_MS, readDurationMs(data?.playlist.interval ?? '') ?? USUAL_MS);

  const go = useCallback(
    (to: number): void => {
      setAt((to + count) % Math.max(1, count));
      // What was chosen on one dashboard means nothing on the next.
      void navigate({ search: ({ kiosk }) => (kiosk === true ? { kiosk } : {}), replace: true });
    },
    [count, navigate],
  );
  useEffect(() => {
    if (isPaused || count < 2) return;
    const timer = setTimeout(() => go(at + 1), everyMs);
    return () => clearTimeout(timer);
  }, [at, count, everyMs, go, isPaused]);
  useEffect(() => {
    if (next !== undefined) void client.prefetchQuery(dashboardQuery(next));
  }, [client, next]);
  useShortcuts(
    useMemo(
      (): Shortcut[] => [
        { keys: 'n', label: 'Next dashboard of the playlist', group: 'Dashboard', run: () => go(at + 1) },
        { keys: 'p', label: 'The one before', group: 'Dashboard', run: () => go(at - 1) },
      ],
      [at, go],
    ),
  );

  if (current !== undefined) {
    return (
      <DashboardByUid
        key={`${current} ${at}`}
        uid={current}
        controls={
          <>
            <Step label="The dashboard before" icon={<IconPlayerTrackPrev size={15} />} onClick={() => go(at - 1)} />
            <Step
              label={isPaused ? 'Go on' : 'Stay here'}
              icon={isPaused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
              onClick={() => setIsPaused(!isPaused)}
            />
            <Step label="The next dashboard" icon={<IconPlayerTrackNext size={15} />} onClick={() => go(at + 1)} />
          </>
        }
      />
    );
  }
  return (
    <>
      <TopBar crumbs={[{ label: 'Playlists', to: '/playlists' }, { label: data?.playlist.name ?? uid }]} />
      {(data !== undefined || error !== null) && (
        <StatePage
          icon={<IconPlaylist size={32} stroke={1.5} />}
          title={error === null ? 'This playlist has no dashboards' : 'The playlist can’t be played'}
          actions={
            <Button component={Link} to="/playlists" variant="default" leftSection={<IconArrowLeft size={16} />}>
              All playlists
            </Button>
          }
        >
          <p>{error === null ? 'What it names may have been removed.' : error.message}</p>
        </StatePage>
      )}
    </>
  );
}

interface StepProps {
  readonly label: string;
  readonly icon: ReactElement;
  readonly onClick: () => void;
}

function Step({ label, icon, onClick }: StepProps): ReactElement {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
