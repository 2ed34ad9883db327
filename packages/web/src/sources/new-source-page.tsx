import { IconArrowRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { TopBar } from '../app/top-bar.tsx';
import { ForAdmins } from '../state/for-admins.tsx';
import { Skeleton } from '../state/skeleton.tsx';
import { draftOf, freeName, newDraft } from './source-draft.ts';
import { SourceForm } from './source-form.tsx';
import { SourceIcon } from './source-icon.tsx';
import { useSourceKinds } from './source-kinds.ts';
import { savedSourcesQuery } from './source-queries.ts';
import classes from './sources.module.css';

const SOURCES = { label: 'Sources', to: '/sources' } as const;

/** `/sources/new`: which kind, then its settings; `?kind=` and `?copy=` are already chosen. */
export function NewSourcePage(): ReactElement {
  const { kind } = useSearch({ from: '/shell/sources/new' });
  const kinds = useSourceKinds();
  const known = kind === undefined ? undefined : kinds.of(kind);
  const isWaiting = kind !== undefined && known === undefined && kinds.stateOf(kind).state === 'waiting';
  return (
    <ForAdmins page="Sources" title="Data sources are set up by admins">
      {isWaiting ? (
        <Waiting title="source" />
      ) : known === undefined || !kinds.all.includes(known) ? (
        <Kinds asked={kind} />
      ) : (
        <NewSource type={known.spec.kind} />
      )}
    </ForAdmins>
  );
}

/** `asked` is a kind that there may not be. */
function Kinds({ asked }: { readonly asked: string | undefined }): ReactElement {
  const kinds = useSourceKinds();
  const state = asked === undefined ? undefined : kinds.stateOf(asked);
  return (
    <>
      <TopBar crumbs={[SOURCES, { label: 'New source' }]} />
      <div className={classes.page}>
        {state?.state === 'failed' && (
          <p className={classes.note} role="alert">
            {state.sentence}
          </p>
        )}
        <ul className={classes.cards} aria-label="Kinds of data sources">
          {kinds.all.map(({ spec: { kind, title, description } }) => (
            <li key={kind}>
              <Link to="/sources/new" search={{ kind }} className={classes.card}>
                <SourceIcon type={kind} size={22} />
                <strong>{title}</strong>
                <span>{description}</span>
                <IconArrowRight size={16} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
        <p className={classes.quiet}>
          Sources of Grafana’s provisioning files are set up from those files: see --provisioning. Other programs can send their
          samples to Vitrine’s own store instead, and <Link to="/plugins">plugins</Link> bring further kinds.
        </p>
      </div>
    </>
  );
}

function NewSource({ type }: { readonly type: string }): ReactElement {
  const { copy } = useSearch({ from: '/shell/sources/new' });
  const { data, error } = useQuery(savedSourcesQuery);
  const title = useSourceKinds().of(type)?.spec.title ?? type;
  if (data === undefined && error === null) return <Waiting title={title} />;
  const names = (data ?? []).map(({ name }) => name);
  const copied = data?.find(({ uid }) => uid === copy);
  const start = copied === undefined ? newDraft(freeName(title, names)) : draftOf(copied, freeName(`${copied.name} copy`, names));
  const lost = copied === undefined ? [] : Object.keys(copied.secureJsonFields);
  return (
    <SourceForm
      key={`${type} ${copy}`}
      type={type}
      saved={undefined}
      start={start}
      taken={names}
      isCopyOfSecrets={lost.length > 0}
    />
  );
}

function Waiting({ title }: { readonly title: string }): ReactElement {
  return (
    <>
      <TopBar crumbs={[SOURCES, { label: `New ${title}` }]} />
      <div className={classes.page}>
        <Skeleton label="Loading the settings" heightPx={320} />
      </div>
    </>
  );
}
