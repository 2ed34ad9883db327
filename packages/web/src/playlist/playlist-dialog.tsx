import { Button, Modal, Select, TagsInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconLayoutDashboard, IconTag, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { readDurationMs } from '@vitrine/model/duration.ts';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { ask } from '../api/client.ts';
import { dashboardQuery, dashboardSearchQuery } from '../api/queries.ts';
import { Tool } from '../edit/form/tool.tsx';
import { playlistsQuery } from './playlist-queries.ts';
import type { Playlist } from './playlist-queries.ts';
import classes from './playlists-page.module.css';

export interface PlaylistDialogProps {
  /** undefined makes a new one. */
  readonly playlist: Playlist | undefined;
  readonly onClose: () => void;
}

type Item = NonNullable<Playlist['items']>[number];

const OFFERED = 50;
const PAUSE_MS = 150;

/** What is shown in turn, in which order, and for how long. */
export function PlaylistDialog({ playlist, onClose }: PlaylistDialogProps): ReactElement {
  const client = useQueryClient();
  const [name, setName] = useState(playlist?.name ?? '');
  const [interval, setInterval] = useState(playlist?.interval ?? '1m');
  const [items, setItems] = useState<readonly Item[]>(playlist?.items ?? []);
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, PAUSE_MS);
  const found = useQuery(dashboardSearchQuery({ text: asked, limit: OFFERED })).data?.dashboards ?? [];
  const save = useMutation({
    mutationFn: () =>
      ask(playlist === undefined ? '/api/playlists' : `/api/playlists/${encodeURIComponent(playlist.uid)}`, {
        method: playlist === undefined ? 'POST' : 'PUT',
        body: { name: name.trim(), interval: interval.trim(), items: items.map(({ type, value }) => ({ type, value })) },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: playlistsQuery.queryKey });
      await client.invalidateQueries({ queryKey: ['playlist'] });
      onClose();
    },
  });
  const isReadable = readDurationMs(interval.trim()) !== undefined;
  const isReady = name.trim() !== '' && isReadable && items.length > 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) save.mutate();
  };
  const move = (at: number, by: -1 | 1): void => {
    const item = items[at];
    if (item !== undefined) setItems(items.toSpliced(at, 1).toSpliced(at + by, 0, item));
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={playlist === undefined ? 'New playlist' : `Change ${playlist.name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          label="Name"
          data-autofocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Show each for"
          value={interval}
          onChange={(event) => setInterval(event.currentTarget.value)}
          error={isReadable ? undefined : 'A duration such as 30s or 5m is needed.'}
        />
        {items.length > 0 && (
          <ol className={classes.items} aria-label="What is shown in turn">
            {items.map((item, at) => (
              <OneItem
                // The same dashboard may come twice.
                key={`${item.type} ${item.value} ${at}`}
                item={item}
                isFirst={at === 0}
                isLast={at === items.length - 1}
                onMove={(by) => move(at, by)}
                onRemove={() => setItems(items.toSpliced(at, 1))}
              />
            ))}
          </ol>
        )}
        <Select
          label="Add a dashboard"
          placeholder="Search by title"
          searchable
          nothingFoundMessage="None has that name"
          data={found.map(({ uid, title }) => ({ value: uid, label: title }))}
          filter={({ options }) => options}
          value={null}
          onChange={(uid) => {
            if (uid === null) return;
            setItems([...items, { type: 'dashboard_by_uid', value: uid }]);
            // The next one is searched for from the start.
            setText('');
          }}
          searchValue={text}
          onSearchChange={setText}
        />
        <TagsInput
          label="Add all with a tag"
          placeholder="Tag, then Enter"
          value={[]}
          onChange={(tags) => setItems([...items, ...tags.map((value) => ({ type: 'dashboard_by_tag', value }))])}
        />
        {save.error !== null && <p role="alert">{save.error.message}</p>}
        <Button type="submit" disabled={!isReady} loading={save.isPending}>
          Save
        </Button>
      </form>
    </Modal>
  );
}

interface OneItemProps {
  readonly item: Item;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

function OneItem({ item: { type, value }, isFirst, isLast, onMove, onRemove }: OneItemProps): ReactElement {
  const isTag = type === 'dashboard_by_tag';
  const { data, error } = useQuery({ ...dashboardQuery(value), enabled: !isTag, retry: false });
  const title = isTag ? `all with the tag “${value}”` : (data?.dashboard.title ?? value);
  return (
    <li className={classes.item}>
      {isTag ? <IconTag size={15} aria-hidden /> : <IconLayoutDashboard size={15} aria-hidden />}
      <span className={classes.title}>
        {title}
        {error !== null && ' (not there any more)'}
      </span>
      <Tool label={`Move ${title} up`} disabled={isFirst} onClick={() => onMove(-1)}>
        <IconArrowUp size={14} />
      </Tool>
      <Tool label={`Move ${title} down`} disabled={isLast} onClick={() => onMove(1)}>
        <IconArrowDown size={14} />
      </Tool>
      <Tool label={`Take ${title} out`} onClick={onRemove}>
        <IconX size={14} />
      </Tool>
    </li>
  );
}
