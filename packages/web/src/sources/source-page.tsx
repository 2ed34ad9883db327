import { Button } from '@mantine/core';
import { IconDatabase, IconDatabaseOff, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { TopBar } from '../app/top-bar.tsx';
import { ForAdmins } from '../state/for-admins.tsx';
import { Skeleton } from '../state/skeleton.tsx';
import { StatePage } from '../state/state-page.tsx';
import { ExploreSource } from './explore-source.tsx';
import { draftOf } from './source-draft.ts';
import { SourceForm } from './source-form.tsx';
import { isNoSuchSource, savedSourceQuery, savedSourcesQuery } from './source-queries.ts';
import classes from './sources.module.css';

const SOURCES = { label: 'Sources', to: '/sources' } as const;

/** `/sources/:uid`: how a source is set up, and how it is. */
export function SourcePage(): ReactElement {
  const { uid } = useParams({ from: '/shell/sources/$uid' });
  return (
    <ForAdmins page="Sources" title="Data sources are set up by admins">
      <Source key={uid} uid={uid} />
    </ForAdmins>
  );
}

function Source({ uid }: { readonly uid: string }): ReactElement {
  const { data, error, refetch } = useQuery(savedSourceQuery(uid));
  const others = useQuery(savedSourcesQuery).data ?? [];
  if (data === undefined) {
    const isGone = isNoSuchSource(error);
    return (
      <>
        <TopBar crumbs={[SOURCES, { label: isGone ? 'Not found' : uid }]} />
        {error === null ? (
          <div className={classes.page}>
            <Skeleton label="Loading the settings" heightPx={320} />
          </div>
        ) : (
          <StatePage
            isAlert
            icon={isGone ? <IconDatabaseOff size={32} stroke={1.5} /> : <IconPlugConnectedX size={32} stroke={1.5} />}
            title={isGone ? 'There is no such data source' : 'The settings could not be read'}
            actions={
              <>
                {!isGone && <Button onClick={() => void refetch()}>Try again</Button>}
                <Button component={Link} to="/sources" variant="default">
                  All sources
                </Button>
              </>
            }
          >
            <p>{error.message}</p>
          </StatePage>
        )}
      </>
    );
  }
  if (data.type === 'builtin') {
    return (
      <>
        <TopBar crumbs={[SOURCES, { label: data.name }]} />
        <StatePage
          icon={<IconDatabase size={32} stroke={1.5} />}
          title="Vitrine’s own store"
          actions={<ExploreSource source={data} />}
        >
          <p>It is always there and has nothing to be set up: what is scraped, sent and logged here is in it.</p>
        </StatePage>
      </>
    );
  }
  const taken = others.filter((other) => other.uid !== uid).map(({ name }) => name);
  // What is saved anew begins a new form; what somebody else saves meanwhile does not take away what is being written.
  return <SourceForm key={uid} type={data.type} saved={data} start={draftOf(data)} taken={taken} isCopyOfSecrets={false} />;
}
