// Here and not at the start: it must come after Mantine's own.
import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import type { SpotlightActionGroupData, SpotlightFilterFunction } from '@mantine/spotlight';
import {
  IconBolt,
  IconBooks,
  IconCalendarTime,
  IconCamera,
  IconChevronLeft,
  IconChevronRight,
  IconCompass,
  IconFileImport,
  IconHome,
  IconKeyboard,
  IconLayoutDashboard,
  IconLogout,
  IconPlayerPlay,
  IconPlaylist,
  IconPlus,
  IconRefresh,
  IconSearch,
  IconSunMoon,
  IconZoomOut,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { dashboardSearchQuery } from '../api/queries.ts';
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

/** The server has searched the dashboards; the rest is searched here. */
const narrow: SpotlightFilterFunction = (query, groups) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return groups.flatMap((group) => {
    if (!('actions' in group) || group.group === 'Dashboards') return [group];
    const actions = group.actions.filter(({ label = '' }) => words.every((word) => label.toLowerCase().includes(word)));
    return actions.length === 0 ? [] : [{ ...group, actions }];
  });
};

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
  const navigate = useNavigate();
  useEffect(() => (opened ? spotlight.open() : spotlight.close()), [opened]);

  const actions = useMemo((): SpotlightActionGroupData[] => {
    const icon = { size: 18, stroke: 1.6 };
    return [
      {
        group: 'Dashboards',
        actions: (dashboards ?? []).map(({ uid, title, tags }) => ({
          id: `d/${uid}`,
          label: title,
          description: tags.join(' · '),
          keywords: [...tags, uid],
          leftSection: <IconLayoutDashboard {...icon} />,
          onClick: () => void navigate({ to: '/d/$uid', params: { uid } }),
        })),
      },
      {
        group: 'Pages',
        actions: [
          { id: 'home', label: 'Home', leftSection: <IconHome {...icon} />, onClick: () => void navigate({ to: '/' }) },
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
    ].filter(({ actions }) => actions.length > 0);
  }, [dashboards, navigate, onTheme, onHelp, onSignOut, opened]);

  return (
    <Spotlight
      store={store}
      actions={actions}
      query={query}
      onQueryChange={setQuery}
      filter={narrow}
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
