import { Button, TextInput, Tooltip } from '@mantine/core';
import { IconDatabasePlus, IconLock, IconPlugConnectedX, IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { TopBar } from '../app/top-bar.tsx';
import list from '../home/dashboard-list.module.css';
import { ForAdmins } from '../state/for-admins.tsx';
import { Skeleton } from '../state/skeleton.tsx';
import { StatePage } from '../state/state-page.tsx';
import { ExploreSource } from './explore-source.tsx';
import { SourceHealth } from './source-health.tsx';
import { SourceIcon } from './source-icon.tsx';
import { useSourceKinds } from './source-kinds.ts';
import { savedSourcesQuery } from './source-queries.ts';
import type { SavedSource } from './source-queries.ts';
import classes from './sources.module.css';

/** `/sources`: the systems that are asked, and how they are. */
export function SourcesPage(): ReactElement {
  return (
    <ForAdmins page="Sources" title="Data sources are set up by admins">
      <Sources />
    </ForAdmins>
  );
}

function Sources(): ReactElement {
  const { data, error, refetch } = useQuery(savedSourcesQuery);
  const [text, setText] = useState('');
  const kinds = useSourceKinds();
  const add = (
    <Button component={Link} to="/sources/new" leftSection={<IconPlus size={15} />}>
      New source
    </Button>
  );
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = data?.filter((source) => {
    const searched = `${source.name} ${kinds.of(source.type)?.spec.title ?? ''} ${source.type} ${source.url}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
  const isAlone = data !== undefined && data.every(({ type }) => type === 'builtin');
  return (
    <>
      <TopBar crumbs={[{ label: 'Sources' }]}>{data !== undefined && !isAlone && add}</TopBar>
      <div className={classes.page}>
        {data === undefined && error === null && <Skeleton label="Loading the data sources" heightPx={160} />}
        {data === undefined && error !== null && (
          <StatePage
            isAlert
            icon={<IconPlugConnectedX size={32} stroke={1.5} />}
            title="The data sources could not be listed"
            actions={<Button onClick={() => void refetch()}>Try again</Button>}
          >
            <p>{error.message}</p>
          </StatePage>
        )}
        {found !== undefined && !isAlone && (
          <TextInput
            className={classes.search}
            aria-label="Search the data sources"
            placeholder="Search by name, kind or address"
            leftSection={<IconSearch size={15} />}
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {found !== undefined && found.length > 0 && (
          <ul className={list.list} aria-label="Data sources">
            {found.map((source) => (
              <Line key={source.uid} source={source} kind={kinds.of(source.type)?.spec.title ?? source.type} />
            ))}
          </ul>
        )}
        {found?.length === 0 && <p className={classes.quiet}>No source has “{text.trim()}” in its name, kind or address.</p>}
        {isAlone && (
          <StatePage
            icon={<IconDatabasePlus size={32} stroke={1.5} />}
            title="Ask the systems that you already run"
            actions={add}
          >
            <p>
              Panels can ask Prometheus, InfluxDB, Elasticsearch, PostgreSQL and their like beside Vitrine’s own store, and put
              what they answer on one page.
            </p>
          </StatePage>
        )}
      </div>
    </>
  );
}

/** `kind` is what people call it. */
function Line({ source, kind }: { readonly source: SavedSource; readonly kind: string }): ReactElement {
  const { uid, name, type, url, isDefault, readOnly, supported } = source;
  const isOwn = type === 'builtin';
  return (
    <li className={classes.line}>
      <SourceIcon type={type} />
      <div className={classes.who}>
        {isOwn ? (
          <span className={classes.name}>{name}</span>
        ) : (
          <Link to="/sources/$uid" params={{ uid }} className={classes.name}>
            {name}
          </Link>
        )}
        <span className={classes.kind}>{isOwn ? 'Its own store' : kind}</span>
        {isDefault && <span className={classes.badge}>Default</span>}
        {readOnly && !isOwn && (
          <Tooltip label={`Set up by ${source.provisionedBy ?? 'a file'}`}>
            <span className={classes.lock} role="img" aria-label={`Locked: set up by ${source.provisionedBy ?? 'a file'}`}>
              <IconLock size={14} aria-hidden />
            </span>
          </Tooltip>
        )}
      </div>
      <code className={classes.address} title={url}>
        {url}
      </code>
      <SourceHealth source={source} />
      <div className={classes.acts}>{supported && <ExploreSource source={source} />}</div>
    </li>
  );
}
