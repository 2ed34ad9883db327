import { ActionIcon, Button, Modal, MultiSelect, TagsInput, TextInput, Tooltip } from '@mantine/core';
import { IconPlaylist, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { readDurationMs } from '@vitrine/model/duration.ts';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { ask } from '../api/client.ts';
import { dashboardSearchQuery, sessionQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import list from '../home/dashboard-list.module.css';
import home from '../home/home.module.css';
import { StatePage } from '../state/state-page.tsx';
import { playlistsQuery } from './playlist-queries.ts';
import classes from './playlists-page.module.css';

/** Dashboards that are shown in turn, for a screen on the wall. */
export function PlaylistsPage(): ReactElement {
  const { data, error } = useQuery(playlistsQuery);
  const mayEdit = useQuery(sessionQuery).data?.user.role !== 'viewer';
  const client = useQueryClient();
  const [isMaking, setIsMaking] = useState(false);
  const remove = useMutation({
    mutationFn: (uid: string) => ask(`/api/playlists/${encodeURIComponent(uid)}`, { method: 'DELETE' }),
    onSettled: () => client.invalidateQueries({ queryKey: playlistsQuery.queryKey }),
  });
  const make = mayEdit && (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setIsMaking(true)}>
      New playlist
    </Button>
  );
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: 'Playlists' }]}>{make}</TopBar>
      <div className={home.page}>
        {(error ?? remove.error) !== null && <p role="alert">{(error ?? remove.error)?.message}</p>}
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
                    <Tooltip label="Delete">
                      <ActionIcon aria-label={`Delete ${name}`} onClick={() => remove.mutate(uid)}>
                        <IconTrash size={15} />
                      </ActionIcon>
                    </Tooltip>
                  )}
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
      {isMaking && <NewPlaylist onClose={() => setIsMaking(false)} />}
    </>
  );
}

function NewPlaylist({ onClose }: { readonly onClose: () => void }): ReactElement {
  const client = useQueryClient();
  const dashboards = useQuery(dashboardSearchQuery({ limit: 1_000 })).data?.dashboards ?? [];
  const [name, setName] = useState('');
  const [interval, setInterval] = useState('1m');
  const [uids, setUids] = useState<string[]>([]);
  const [tags, setTags] = useState<string[]>([]);
  const save = useMutation({
    mutationFn: () =>
      ask('/api/playlists', {
        method: 'POST',
        body: {
          name: name.trim(),
          interval: interval.trim(),
          items: [
            ...uids.map((value) => ({ type: 'dashboard_by_uid', value })),
            ...tags.map((value) => ({ type: 'dashboard_by_tag', value })),
          ],
        },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: playlistsQuery.queryKey });
      onClose();
    },
  });
  const isReadable = readDurationMs(interval.trim()) !== undefined;
  const isReady = name.trim() !== '' && isReadable && uids.length + tags.length > 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="New playlist" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form className={classes.form} onSubmit={submit}>
        <TextInput label="Name" data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput
          label="Show each for"
          value={interval}
          onChange={(event) => setInterval(event.currentTarget.value)}
          error={isReadable ? undefined : 'A duration such as 30s or 5m is needed.'}
        />
        <MultiSelect
          label="Dashboards"
          data={dashboards.map(({ uid, title }) => ({ value: uid, label: title }))}
          value={uids}
          onChange={setUids}
          limit={50}
          searchable
          clearable
        />
        <TagsInput label="And all with these tags" value={tags} onChange={setTags} clearable />
        {save.error !== null && <p role="alert">{save.error.message}</p>}
        <Button type="submit" disabled={!isReady} loading={save.isPending}>
          Save
        </Button>
      </form>
    </Modal>
  );
}
