import { Button, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { IconPlugConnectedX, IconSearch, IconTransferIn, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { formatTime } from '@vitrine/compute/time.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { serverClock } from '../api/server-clock.ts';
import { useInternalLink } from '../app/internal-link.ts';
import { TopBar } from '../app/top-bar.tsx';
import { ForEditors } from '../state/for-editors.tsx';
import { Skeleton } from '../state/skeleton.tsx';
import { StatePage } from '../state/state-page.tsx';
import { Ago } from './ago.tsx';
import { arrangeSenders, doorsOf, overviewOf, senderName, USUAL_VIEW } from './arrange-senders.ts';
import type { SenderView } from './arrange-senders.ts';
import { doorTitle } from './door-title.ts';
import { arrivalsQuery } from './ingest-queries.ts';
import type { Arrival } from './ingest-queries.ts';
import classes from './ingest.module.css';
import { PushGroupsSection } from './push-groups.tsx';
import { SenderDetails } from './sender-details.tsx';
import { SenderTable } from './sender-table.tsx';
import { WaysToSend } from './ways-to-send.tsx';

/** `/ingest`: what arrives from whom, and why something was refused. */
export function IngestPage(): ReactElement {
  return (
    <ForEditors title="What arrives is for editors and admins to see">
      <Ingest />
    </ForEditors>
  );
}

function Ingest(): ReactElement {
  const { data, error, refetch } = useQuery(arrivalsQuery);
  const [showsWays, setShowsWays] = useState(false);
  const linkTo = useInternalLink();
  const isEmpty = data?.arrivals.length === 0;
  return (
    <>
      <TopBar crumbs={[{ label: 'Ingest' }]}>
        {data !== undefined && !isEmpty && (
          <Button variant="default" aria-expanded={showsWays} onClick={() => setShowsWays((before) => !before)}>
            How to send
          </Button>
        )}
        <Button component="a" variant="default" {...linkTo('/cardinality')}>
          Cardinality
        </Button>
        <Button component="a" {...linkTo('/ingest/upload')} leftSection={<IconUpload size={15} />}>
          Upload a file
        </Button>
      </TopBar>
      <div className={classes.page}>
        {data === undefined && error === null && <Skeleton label="Loading what arrives" heightPx={240} />}
        {data === undefined && error !== null && (
          <StatePage
            isAlert
            icon={<IconPlugConnectedX size={32} stroke={1.5} />}
            title="What arrives could not be asked for"
            actions={<Button onClick={() => void refetch()}>Try again</Button>}
          >
            <p>{error.message}</p>
          </StatePage>
        )}
        {data !== undefined && error !== null && (
          <p className={classes.problem} role="alert">
            {error.message} This is how it was <Ago atMs={data.atMs} />.
          </p>
        )}
        {isEmpty && (
          <header className={classes.nothing}>
            <IconTransferIn size={28} stroke={1.5} aria-hidden />
            <h2>Nothing has arrived since the server started at {startText(data.startedMs)}</h2>
            <p>
              What is sent shows here as soon as it arrives. Choose the way that your programs know; what is scraped needs none of
              them.
            </p>
          </header>
        )}
        {data !== undefined && (isEmpty || showsWays) && <WaysToSend listening={data.listening} />}
        {data !== undefined && !isEmpty && (
          <div className={classes.live} data-old={error !== null || undefined}>
            <Senders arrivals={data.arrivals} />
          </div>
        )}
        {data !== undefined && <PushGroupsSection />}
      </div>
    </>
  );
}

function Senders({ arrivals }: { readonly arrivals: readonly Arrival[] }): ReactElement {
  const view: SenderView = { ...USUAL_VIEW, ...useSearch({ from: '/shell/ingest' }) };
  const navigate = useNavigate({ from: '/ingest' });
  const [openId, setOpenId] = useState<string>();
  const change = (next: Partial<SenderView>): void => {
    const changed = Object.entries({ ...view, ...next }).filter(
      ([name, value]) => value !== USUAL_VIEW[name as keyof SenderView],
    );
    void navigate({ search: Object.fromEntries(changed), replace: true });
  };
  const shown = arrangeSenders(arrivals, view);
  const open = arrivals.find(({ id }) => id === openId);
  const doors = doorsOf(arrivals);
  const isFiltered = view.q !== '' || view.door !== '' || view.refused;
  return (
    <>
      <Verdict arrivals={arrivals} onOpen={setOpenId} />
      <div className={classes.filters}>
        <TextInput
          className={classes.search}
          aria-label="Search the senders"
          placeholder="Search by sender, label or reason"
          leftSection={<IconSearch size={15} />}
          maxLength={200}
          value={view.q}
          onChange={(event) => change({ q: event.currentTarget.value })}
        />
        {doors.length > 1 && (
          <div className={classes.doors}>
            <SegmentedControl
              aria-label="Door"
              data={[{ value: '', label: 'All doors' }, ...doors.map((door) => ({ value: door, label: doorTitle(door) }))]}
              value={doors.includes(view.door) ? view.door : ''}
              onChange={(door) => change({ door })}
            />
          </div>
        )}
        <Switch
          label="Refused only"
          checked={view.refused}
          onChange={(event) => change({ refused: event.currentTarget.checked })}
        />
        <span className={classes.count}>
          {isFiltered ? `${shown.length} of ${arrivals.length} senders` : plural(arrivals.length, 'sender')}
        </span>
      </div>
      {shown.length > 0 ? (
        <SenderTable arrivals={shown} sort={view.sort} onSort={(sort) => change({ sort })} onOpen={setOpenId} />
      ) : (
        <p className={classes.quiet}>
          No sender is like that.{' '}
          <Button size="compact-sm" variant="default" onClick={() => change(USUAL_VIEW)}>
            Show all
          </Button>
        </p>
      )}
      {open !== undefined && <SenderDetails arrival={open} onClose={() => setOpenId(undefined)} />}
    </>
  );
}

interface VerdictProps {
  readonly arrivals: readonly Arrival[];
  readonly onOpen: (id: string) => void;
}

/** Is it fine? */
function Verdict({ arrivals, onOpen }: VerdictProps): ReactElement {
  const { sending, rate, refusing } = overviewOf(arrivals, serverClock.now());
  const [first] = refusing;
  const rateText = formatText(rate, 'short');
  const brings =
    sending === 0
      ? 'Nothing was accepted in the last minute'
      : rateText === '0'
        ? `${plural(sending, 'sender')} brought something in the last minute`
        : `${plural(sending, 'sender')} ${sending === 1 ? 'brings' : 'bring'} ${rateText} ${rateText === '1' ? 'sample' : 'samples'}/s`;
  return (
    <p className={classes.verdict}>
      <StatusShape status={first !== undefined ? 'warning' : sending === 0 ? 'unknown' : 'healthy'} />
      <span>
        {first === undefined ? (
          `${brings}, and nothing was refused${sending === 0 ? '' : ' in the last minute'}.`
        ) : (
          <>
            {brings}. {refusing.length > 1 && `${refusing.length} had something refused in the last minute, the last was `}
            <button type="button" className={classes.who} onClick={() => onOpen(first.id)}>
              {senderName(first)}
            </button>
            {refusing.length > 1 ? '.' : ' had something refused in the last minute.'}
          </>
        )}
      </span>
    </p>
  );
}

function startText(startedMs: number): string {
  return formatTime(Math.floor(startedMs / 1_000) * 1_000, 'browser');
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
