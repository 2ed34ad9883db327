import { Button, CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import type { ReactElement } from 'react';
import { dashboardsQuery } from '../api/queries.ts';
import { useShortcuts } from '../app/shortcuts.ts';
import type { Shortcut } from '../app/shortcuts.ts';
import { TopBar } from '../app/top-bar.tsx';
import { DashboardCards } from './dashboard-cards.tsx';
import { searchDashboards, tagsOf } from './search-dashboards.ts';
import classes from './home.module.css';

/** All dashboards, by name or tag. What is searched for stands in the URL. */
export function DashboardsPage(): ReactElement {
  const { data, error, refetch } = useQuery(dashboardsQuery);
  const { q = '', tag } = useSearch({ from: '/shell/dashboards' });
  const navigate = useNavigate({ from: '/dashboards' });
  const field = useRef<HTMLInputElement>(null);
  const found = useMemo(() => (data === undefined ? undefined : searchDashboards(data, q, tag)), [data, q, tag]);
  const tags = useMemo(() => tagsOf(data ?? []), [data]);
  const show = (next: { q?: string | undefined; tag?: string | undefined }): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  useShortcuts(
    useMemo(
      (): Shortcut[] => [{ keys: '/', label: 'Search the dashboards', group: 'Page', run: () => field.current?.focus() }],
      [],
    ),
  );

  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards' }]} />
      <div className={classes.page}>
        <div className={classes.filters}>
          <TextInput
            ref={field}
            className={classes.search}
            aria-label="Search the dashboards"
            placeholder="Search by title, tag or description"
            leftSection={<IconSearch size={16} stroke={1.6} />}
            rightSection={
              q === '' ? undefined : <CloseButton size="sm" aria-label="Clear" onClick={() => show({ q: undefined })} />
            }
            value={q}
            onChange={(event) => show({ q: event.currentTarget.value || undefined })}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          />
          {tags.map((name) => (
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
        {found?.length === 0 && (data?.length ?? 0) > 0 ? (
          <div className={classes.failed}>
            <p>
              No dashboard matches{q === '' ? '' : ` “${q}”`}
              {tag === undefined ? '' : ` with the tag “${tag}”`}.
            </p>
            <Button size="compact-sm" variant="default" onClick={() => show({ q: undefined, tag: undefined })}>
              Show all
            </Button>
          </div>
        ) : (
          <DashboardCards dashboards={found} error={error} onRetry={() => void refetch()} onTag={(name) => show({ tag: name })} />
        )}
      </div>
    </>
  );
}
