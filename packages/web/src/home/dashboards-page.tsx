import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import {
  IconBooks,
  IconCamera,
  IconFileImport,
  IconLayoutDashboard,
  IconPlaylist,
  IconPlus,
  IconSearch,
  IconStar,
} from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { dashboardPagesQuery, dashboardTagsQuery, foldersQuery, sessionQuery } from '../api/queries.ts';
import { useShortcuts } from '../app/shortcuts.ts';
import type { Shortcut } from '../app/shortcuts.ts';
import { TopBar } from '../app/top-bar.tsx';
import { StatePage } from '../state/state-page.tsx';
import { useInView } from '../dashboard/use-size.ts';
import { DashboardList } from './dashboard-list.tsx';
import type { ListSearch } from './list-search.ts';
import classes from './home.module.css';

/** Typing is one question, not five. */
const SETTLE_MS = 80;
const NO_FOLDER = 'general';
const MOST_TAGS = 16;

/** All dashboards: by name, tag, folder and star, searched on the server. What is searched for stands in the URL. */
export function DashboardsPage(): ReactElement {
  const search = useSearch({ from: '/shell/dashboards' });
  const { q = '', tag, folder, starred } = search;
  const navigate = useNavigate({ from: '/dashboards' });
  const mayEdit = useQuery(sessionQuery).data?.user.role !== 'viewer';
  const folders = useQuery(foldersQuery);
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  const [settled] = useDebouncedValue(text, SETTLE_MS);
  const show = (next: ListSearch): void => void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  useEffect(() => {
    void navigate({ search: (before) => ({ ...before, q: settled.trim() || undefined }), replace: true });
  }, [settled, navigate]);

  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...dashboardPagesQuery({
      text: settled.trim(),
      tags: tag === undefined ? [] : [tag],
      folder: folder === NO_FOLDER ? '' : folder,
      starred,
    }),
    placeholderData: keepPreviousData,
  });
  const found = useMemo(() => data?.pages.flatMap(({ dashboards }) => dashboards), [data]);
  const total = data?.pages[0]?.total ?? 0;
  const known = useQuery(dashboardTagsQuery).data;
  // Those that most dashboards have, in the order of the alphabet.
  const tags = useMemo(
    () =>
      (known ?? [])
        .toSorted((a, b) => b.count - a.count)
        .slice(0, MOST_TAGS)
        .map(({ term }) => term)
        .sort(),
    [known],
  );
  const isNarrowed = settled.trim() !== '' || tag !== undefined || folder !== undefined || starred === true;

  // The next ones come when the end of the list comes into view.
  const end = useRef<HTMLDivElement>(null);
  const atEnd = useInView(end);
  useEffect(() => {
    if (atEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [atEnd, hasNextPage, isFetchingNextPage, fetchNextPage]);

  useShortcuts(
    useMemo(
      (): Shortcut[] => [{ keys: '/', label: 'Search the dashboards', group: 'Page', run: () => field.current?.focus() }],
      [],
    ),
  );
  const besides = (
    <>
      <Button component={Link} to="/library" variant="subtle" color="gray" leftSection={<IconBooks size={15} />}>
        Library
      </Button>
      <Button component={Link} to="/dashboard/snapshots" variant="subtle" color="gray" leftSection={<IconCamera size={15} />}>
        Snapshots
      </Button>
      <Button component={Link} to="/playlists" variant="subtle" color="gray" leftSection={<IconPlaylist size={15} />}>
        Playlists
      </Button>
    </>
  );
  const ways = mayEdit && (
    <>
      <Button component={Link} to="/import" variant="default" leftSection={<IconFileImport size={15} />}>
        Import
      </Button>
      <Button component={Link} to="/dashboards/new" leftSection={<IconPlus size={15} />}>
        New dashboard
      </Button>
    </>
  );

  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards' }]}>
        {besides}
        {ways}
      </TopBar>
      <div className={classes.page}>
        <div className={classes.filters}>
          <TextInput
            ref={field}
            className={classes.search}
            aria-label="Search the dashboards"
            placeholder="Search by title, tag or description"
            leftSection={<IconSearch size={16} stroke={1.6} />}
            rightSection={text === '' ? undefined : <CloseButton size="sm" aria-label="Clear" onClick={() => setText('')} />}
            value={text}
            maxLength={200}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          />
          {(folders.data?.length ?? 0) > 0 && (
            <Select
              aria-label="Folder"
              placeholder="All folders"
              data={[
                { value: NO_FOLDER, label: 'In no folder' },
                ...(folders.data ?? []).map(({ uid, title }) => ({ value: uid, label: title })),
              ]}
              value={folder ?? null}
              onChange={(next) => show({ folder: next ?? undefined })}
              searchable
              clearable
            />
          )}
          <button
            type="button"
            className={classes.tag}
            aria-pressed={starred === true}
            onClick={() => show({ starred: starred === true ? undefined : true })}
          >
            <IconStar size={13} stroke={1.8} aria-hidden /> Starred
          </button>
          {(tag === undefined || tags.includes(tag) ? tags : [tag, ...tags]).map((name) => (
            <button
              key={name}
              type="button"
              className={classes.tag}
              aria-pressed={name === tag}
              onClick={() => show({ tag: name === tag ? undefined : name })}
            >
              {name}
            </button>
          ))}
        </div>
        {found?.length === 0 && isNarrowed ? (
          <div className={classes.failed}>
            <p>
              No dashboard matches{settled.trim() === '' ? '' : ` “${settled.trim()}”`}
              {tag === undefined ? '' : ` with the tag “${tag}”`}
              {folder === undefined ? '' : ' in this folder'}
              {starred === true ? ' among the starred ones' : ''}.
            </p>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                setText('');
                show({ q: undefined, tag: undefined, folder: undefined, starred: undefined });
              }}
            >
              Show all
            </Button>
          </div>
        ) : found?.length === 0 ? (
          <StatePage
            icon={<IconLayoutDashboard size={32} stroke={1.5} />}
            title="There are no dashboards yet"
            actions={ways === false ? undefined : ways}
          >
            <p>Make one, or bring those that you have in Grafana.</p>
          </StatePage>
        ) : (
          <DashboardList
            dashboards={found}
            total={total}
            error={error}
            mayEdit={mayEdit}
            onRetry={() => void refetch()}
            onTag={(name) => show({ tag: name })}
            onFolder={(uid) => show({ folder: uid })}
          />
        )}
        <div ref={end} aria-hidden />
      </div>
    </>
  );
}
