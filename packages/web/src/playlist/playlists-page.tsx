import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconPencil, IconPlaylist, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { ask, askJson } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import list from '../home/dashboard-list.module.css';
import home from '../home/home.module.css';
import { StatePage } from '../state/state-page.tsx';
import { PlaylistDialog } from './playlist-dialog.tsx';
import { playlistsQuery } from './playlist-queries.ts';
import type { Playlist } from './playlist-queries.ts';
import classes from './playlists-page.module.css';

/** Dashboards that are shown in turn, for a screen on the wall. */
export function PlaylistsPage(): ReactElement {
  const { data, error } = useQuery(playlistsQuery);
  const mayEdit = useQuery(sessionQuery).data?.user.role !== 'viewer';
  const client = useQueryClient();
  const [open, setOpen] = useState<Playlist | 'new' | undefined>();
  const remove = useMutation({
    mutationFn: (uid: string) => ask(`/api/playlists/${encodeURIComponent(uid)}`, { method: 'DELETE' }),
    onSettled: () => client.invalidateQueries({ queryKey: playlistsQuery.queryKey }),
  });
  // The list does not say what is in each.
  const change = useMutation({
    mutationFn: (uid: string) => askJson<Playlist>(`/api/playlists/${encodeURIComponent(uid)}`),
    onSuccess: setOpen,
  });
  const problem = error ?? remove.error ?? change.error;
  const make = mayEdit && (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setOpen('new')}>
      New playlist
    </Button>
  );
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: 'Playlists' }]}>{make}</TopBar>
      <div className={home.page}>
        {problem !== null && <p role="alert">{problem.message}</p>}
        {data?.length === 0 && (
          <StatePage icon={<IconPlaylist size={32} stroke={1.5} />} title="There are no playlists yet" actions={make}>
            <p>A playlist shows dashboards one after the other, on a screen that nobody touches.</p>
          </StatePage>
        )}
        {data !== undefined && data.length > 0 && (
          <ul className={list.list}>
            {data.map(({ uid, name, interval }) => (
              <li key={uid} className={list.line}>
                <IconPlaylist size={16} aria-hidden />
                <div className={list.text}>
                  <Link to="/playlists/$uid" params={{ uid }} search={{ kiosk: true }} className={list.link}>
                    {name}
                  </Link>
                </div>
                <div className={list.facts}>{interval} each</div>
                <div className={classes.actions}>
                  {mayEdit && (
                    <>
                      <Tooltip label="Change">
                        <ActionIcon aria-label={`Change ${name}`} onClick={() => change.mutate(uid)}>
                          <IconPencil size={15} />
                        </ActionIcon>
                      </Tooltip>
                      <Tooltip label="Delete">
                        <ActionIcon aria-label={`Delete ${name}`} onClick={() => remove.mutate(uid)}>
                          <IconTrash size={15} />
                        </ActionIcon>
                      </Tooltip>
                    </>
                  )}
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
      {open !== undefined && <PlaylistDialog playlist={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
