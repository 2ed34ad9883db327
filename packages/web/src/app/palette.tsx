// Here and not at the start: it must come after Mantine's own.
import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import type { SpotlightActionGroupData } from '@mantine/spotlight';
import {
  IconChartDots3,
  IconBolt,
  IconBooks,
  IconCalendarTime,
  IconCamera,
  IconChevronLeft,
  IconChevronRight,
  IconCompass,
  IconDatabase,
  IconDatabasePlus,
  IconFileImport,
  IconHome,
  IconKeyboard,
  IconLayoutDashboard,
  IconLogout,
  IconPlayerPlay,
  IconPlaylist,
  IconPlug,
  IconPlus,
  IconRefresh,
  IconSearch,
  IconSunMoon,
  IconTimeline,
  IconTransferIn,
  IconZoomOut,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { dashboardSearchQuery, sessionQuery } from '../api/queries.ts';
import { loadRecent } from '../dashboard/recent-dashboards.ts';
import classes from './palette.module.css';
import { currentShortcuts } from './shortcuts.ts';

const [store, spotlight] = createSpotlight();

/** Of what the page below offers by key. */
const ICONS: Readonly<Record<string, Icon>> = {
  t: IconCalendarTime,
  l: IconPlayerPlay,
  r: IconRefresh,
  z: IconZoomOut,
  ',': IconChevronLeft,
  '.': IconChevronRight,
};

/** Typing is one question, not five. */
const SETTLE_MS = 80;
const MOST_FOUND = 30;

/** As many as leave the pages in view. */
const MOST_RECENT = 6;

/** The server has searched the dashboards; the rest is searched here, and what is found of it comes first, as it is little. */
function narrow(query: string, dashboards: SpotlightActionGroupData, rest: readonly SpotlightActionGroupData[]) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rest.map((group) => ({
    ...group,
    actions: group.actions.filter(({ label = '' }) => words.every((word) => label.toLowerCase().includes(word))),
  }));
  const groups = words.length === 0 ? [dashboards, ...rest] : [...found, dashboards];
  return groups.filter(({ actions }) => actions.length > 0);
}

/** Spotlight itself chooses before the list is what was typed for, and so chooses what is about to go. */
function selectFirst(): void {
  const list = document.getElementById(store.getState().listId);
  for (const chosen of list?.querySelectorAll('[data-selected]') ?? []) chosen.removeAttribute('data-selected');
  list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
  store.updateState((state) => ({ ...state, selected: 0 }));
}

export interface PaletteProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onTheme: () => void;
  readonly onHelp: () => void;
  readonly onSignOut: () => void;
}

/** Everything by its name: dashboards, pages, actions. */
export function Palette({ opened, onClose, onTheme, onHelp, onSignOut }: PaletteProps): ReactElement {
  const [query, setQuery] = useState('');
  const [text] = useDebouncedValue(query.trim(), SETTLE_MS);
  const dashboards = useQuery({ ...dashboardSearchQuery({ text, limit: MOST_FOUND }), placeholderData: keepPreviousData }).data
    ?.dashboards;
  const role = useQuery(sessionQuery).data?.user.role;
  const mayEdit = role !== 'viewer';
  const isAdmin = role === 'admin';
  const navigate = useNavigate();
  useEffect(() => (opened ? spotlight.open() : spotlight.close()), [opened]);
  const recent = useMemo(() => (opened ? loadRecent().slice(0, MOST_RECENT) : []), [opened]);

  const actions = useMemo((): SpotlightActionGroupData[] => {
    const icon = { size: 18, stroke: 1.6 };
    // Before anything is typed: where the reader was last.
    const isRecent = query.trim() === '' && recent.length > 0;
    const shown: readonly { uid: string; title: string; tags?: readonly string[] }[] = isRecent ? recent : (dashboards ?? []);
    const first = {
      group: isRecent ? 'Opened last' : 'Dashboards',
      actions: (query.trim() === '' ? shown.slice(0, MOST_RECENT) : shown).map(({ uid, title, tags = [] }) => ({
        id: `d/${uid}`,
        label: title,
        description: tags.join(' · '),
        leftSection: <IconLayoutDashboard {...icon} />,
        onClick: () => void navigate({ to: '/d/$uid', params: { uid } }),
      })),
    };
    return narrow(query, first, [
      {
        group: 'Pages',
        actions: [
          { id: 'home', label: 'Home', leftSection: <IconHome {...icon} />, onClick: () => void navigate({ to: '/' }) },
          {
            id: 'runs',
            label: 'Runs: trainings',
            leftSection: <IconTimeline {...icon} />,
            onClick: () => void navigate({ to: '/runs' }),
          },
          {
            id: 'dashboards',
            label: 'All dashboards',
            leftSection: <IconLayoutDashboard {...icon} />,
            onClick: () => void navigate({ to: '/dashboards' }),
          },
          {
            id: 'explore',
            label: 'Explore',
            leftSection: <IconCompass {...icon} />,
            onClick: () => void navigate({ to: '/explore' }),
          },
          ...(mayEdit
            ? [
                {
                  id: 'new',
                  label: 'New dashboard',
                  leftSection: <IconPlus {...icon} />,
                  onClick: () => void navigate({ to: '/dashboards/new' }),
                },
                {
                  id: 'import',
                  label: 'Import a dashboard',
                  leftSection: <IconFileImport {...icon} />,
                  onClick: () => void navigate({ to: '/import' }),
                },
                {
                  id: 'ingest',
                  label: 'Ingest: what arrives',
                  leftSection: <IconTransferIn {...icon} />,
                  onClick: () => void navigate({ to: '/ingest' }),
                },
                {
                  id: 'cardinality',
                  label: 'Cardinality: what makes the series many',
                  leftSection: <IconChartDots3 {...icon} />,
                  onClick: () => void navigate({ to: '/cardinality' }),
                },
              ]
            : []),
          ...(isAdmin
            ? [
                {
                  id: 'sources',
                  label: 'Data sources',
                  leftSection: <IconDatabase {...icon} />,
                  onClick: () => void navigate({ to: '/sources' }),
                },
                {
                  id: 'new-source',
                  label: 'New data source',
                  leftSection: <IconDatabasePlus {...icon} />,
                  onClick: () => void navigate({ to: '/sources/new' }),
                },
                {
                  id: 'plugins',
                  label: 'Plugins',
                  leftSection: <IconPlug {...icon} />,
                  onClick: () => void navigate({ to: '/plugins' }),
                },
              ]
            : []),
          {
            id: 'library',
            label: 'Library panels',
            leftSection: <IconBooks {...icon} />,
            onClick: () => void navigate({ to: '/library' }),
          },
          {
            id: 'snapshots',
            label: 'Snapshots',
            leftSection: <IconCamera {...icon} />,
            onClick: () => void navigate({ to: '/dashboard/snapshots' }),
          },
          {
            id: 'playlists',
            label: 'Playlists',
            leftSection: <IconPlaylist {...icon} />,
            onClick: () => void navigate({ to: '/playlists' }),
          },
        ],
      },
      {
        group: 'Actions',
        actions: [
          // What the page below offers by key can be called by name too.
          ...(opened ? currentShortcuts() : [])
            .filter(({ group }) => group === 'Dashboard')
            .map(({ keys, label, run }) => {
              const Drawn = ICONS[keys] ?? IconBolt;
              return {
                id: `key ${keys}`,
                label,
                leftSection: <Drawn {...icon} />,
                rightSection: <kbd>{keys}</kbd>,
                onClick: run,
              };
            }),
          { id: 'theme', label: 'Dark or light theme', leftSection: <IconSunMoon {...icon} />, onClick: onTheme },
          { id: 'help', label: 'Keyboard shortcuts', leftSection: <IconKeyboard {...icon} />, onClick: onHelp },
          { id: 'sign-out', label: 'Sign out', leftSection: <IconLogout {...icon} />, onClick: onSignOut },
        ],
      },
    ]);
  }, [dashboards, isAdmin, mayEdit, navigate, onTheme, onHelp, onSignOut, opened, query, recent]);
  // What stands first now is what Enter opens; the dashboards come after the typing.
  useEffect(() => {
    if (!opened || actions.length === 0) return;
    // When the list is drawn.
    const frame = requestAnimationFrame(selectFirst);
    return () => cancelAnimationFrame(frame);
  }, [opened, actions]);

  return (
    <Spotlight
      store={store}
      actions={actions}
      query={query}
      onQueryChange={setQuery}
      filter={(_query, found) => found}
      classNames={{ action: classes.action, actionBody: classes.body, actionDescription: classes.about }}
      shortcut={null}
      lockScroll={false}
      onSpotlightClose={onClose}
      nothingFound="Nothing has that name."
      overlayProps={{ blur: 0, backgroundOpacity: 0.5 }}
      scrollable
      maxHeight={420}
      searchProps={{
        'aria-label': 'Search dashboards, pages and actions',
        placeholder: 'Dashboards, pages, actions…',
        leftSection: <IconSearch size={18} stroke={1.6} />,
      }}
    />
  );
}
