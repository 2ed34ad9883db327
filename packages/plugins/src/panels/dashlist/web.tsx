import type { DashboardSearchAnswer, DashboardSummary } from '@vitrine/model/api.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import type { ReactElement } from 'react';

import type { PanelContext, PanelProps, PanelWeb } from '../../contract.ts';
import classes from '../list.module.css';
import { useAsked } from '../use-asked.ts';
import { dashlist } from './spec.ts';
import type { DashboardListOptions } from './spec.ts';

type Entry = Pick<DashboardSummary, 'uid' | 'title'> & Partial<Pick<DashboardSummary, 'folder' | 'starred' | 'tags'>>;

interface Part {
  readonly heading: string;
  /** undefined until the server has answered. */
  readonly entries: readonly Entry[] | undefined;
  readonly none: string;
}

const EVERY_MS = 60_000;

function DashboardList({ options, width, height, title, context }: PanelProps<DashboardListOptions>): ReactElement {
  const { showStarred, showRecentlyViewed, showSearch, maxItems } = options;
  const starredPath = `/api/dashboards?starred=true&limit=${maxItems}`;
  const searchPath = pathOfSearch(options, context);
  const paths = [...(showStarred ? [starredPath] : []), ...(showSearch ? [searchPath] : [])];
  const { answers, problem } = useAsked(context.ask, paths, EVERY_MS);
  const entriesAt = (path: string) => (answers.get(path) as Partial<DashboardSearchAnswer> | undefined)?.dashboards;
  const parts: Part[] = [
    ...(showStarred
      ? [
          {
            heading: 'Starred dashboards',
            entries: entriesAt(starredPath),
            none: 'Nothing is starred yet: ☆ beside a title does it.',
          },
        ]
      : []),
    ...(showRecentlyViewed
      ? [
          {
            heading: 'Recently viewed dashboards',
            entries: (context.recent?.() ?? []).filter(({ uid }) => uid !== context.dashboard?.uid).slice(0, maxItems),
            none: 'No other dashboard was opened in this browser yet.',
          },
        ]
      : []),
    ...(showSearch ? [{ heading: 'Search', entries: entriesAt(searchPath), none: 'No dashboard fits the search.' }] : []),
  ];
  if (parts.length === 0) {
    return <NoData width={width} height={height} text="No list is chosen" hint="Switch on Starred, Recently viewed or Search." />;
  }
  if (context.ask === undefined && !showRecentlyViewed) {
    return <NoData width={width} height={height} text="Lists of dashboards are not part of a snapshot" hint="" />;
  }
  const search = searchOf(options, context);
  return (
    <div
      className={classes.list}
      style={{ width, height }}
      role="region"
      aria-label={title === '' ? 'Dashboards' : title}
      tabIndex={0}
    >
      {problem !== undefined && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {parts.map(({ heading, entries, none }) => (
        <section key={heading} aria-label={heading}>
          {options.showHeadings && <h3>{heading}</h3>}
          {entries?.length === 0 && <p className={classes.quiet}>{none}</p>}
          <ul>
            {(entries ?? []).map(({ uid, title: name, folder, starred }) => (
              <li key={uid} className={classes.row}>
                <a className={classes.main} href={`/d/${encodeURIComponent(uid)}${search}`}>
                  {name === '' ? uid : name}
                </a>
                {options.showFolderNames && folder !== undefined && <span className={classes.aside}>{folder.title}</span>}
                {starred === true && (
                  <span className={classes.star} role="img" aria-label="Starred">
                    ★
                  </span>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** The address of the search; its words, tags and folder may hold variables. */
function pathOfSearch({ query, tags, folderUID, maxItems }: DashboardListOptions, context: PanelContext): string {
  const params = new URLSearchParams({ limit: String(maxItems) });
  if (query !== '') params.set('q', context.replace(query));
  for (const tag of tags) params.append('tag', context.replace(tag));
  if (folderUID !== '') params.set('folder', context.replace(folderUID));
  return `/api/dashboards?${params}`;
}

function searchOf({ keepTime, includeVars }: DashboardListOptions, context: PanelContext): string {
  const parts = [
    ...(keepTime ? [context.replace('${__url_time_range}')] : []),
    ...(includeVars ? [context.replace('${__all_variables}')] : []),
  ].filter((part) => part !== '' && !part.startsWith('$'));
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

export const dashlistWeb: PanelWeb<DashboardListOptions> = { spec: dashlist, Component: DashboardList };
