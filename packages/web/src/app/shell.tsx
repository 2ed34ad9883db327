import { useMantineColorScheme } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useThemeName } from '@vitrine/ui/theme/theme-provider.tsx';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { ApiError, ask } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';
import { useUnreachableSince } from '../api/reachability.ts';
import { useLoadedPlugins } from '../plugins/use-loaded-plugins.ts';
import { readDashboardSearch } from '../time/dashboard-search.ts';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { UnreachablePage } from '../state/unreachable-page.tsx';
import { Rail } from './rail.tsx';
import { listenForShortcuts, useShortcuts } from './shortcuts.ts';
import type { Shortcut } from './shortcuts.ts';
import classes from './shell.module.css';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const ShortcutsHelp = lazy(async () => ({ default: (await import('./shortcuts-help.tsx')).ShortcutsHelp }));

/** While the server does not answer. */
const LOOK_AGAIN_MS = 3_000;

const COLLAPSED_KEY = 'vitrine-rail';

/** The frame around every page: the rail, and what can be called up from anywhere. */
export function Shell(): ReactElement {
  const session = useQuery(sessionQuery);
  // On a wall, or in a frame of another page, there is nothing to go to.
  const isKiosk = readDashboardSearch(useSearch({ strict: false })).kiosk === true;
  // Some snapshots are for anyone: the page itself says where one is not.
  const isSnapshot = useLocation({ select: ({ pathname }) => pathname.startsWith('/dashboard/snapshot/') });
  const client = useQueryClient();
  const navigate = useNavigate();
  const theme = useThemeName();
  // Holding transitions back would take an inline style, which the CSP forbids.
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const [collapsed, setCollapsed] = useState(readCollapsed);
  const [palette, setPalette] = useState<'never' | 'closed' | 'open'>('never');
  const [help, setHelp] = useState<'never' | 'closed' | 'open'>('never');
  const role = session.data?.user.role;
  const isAdmin = role === 'admin';
  const mayEdit = isAdmin || role === 'editor';

  const actions = useMemo(() => {
    const search = (): void => setPalette('open');
    const toggleTheme = (): void =>
      setColorScheme(document.documentElement.dataset['mantineColorScheme'] === 'dark' ? 'light' : 'dark');
    const toggleRail = (): void =>
      setCollapsed((before) => {
        keepCollapsed(!before);
        return !before;
      });
    const signOut = async (): Promise<void> => {
      await ask('/api/sign-out', { method: 'POST' });
      client.clear();
      await client.resetQueries();
      window.location.reload();
    };
    const shortcuts: Shortcut[] = [
      { keys: 'mod+k', label: 'Search pages, dashboards and actions', group: 'Page', everywhere: true, run: search },
      { keys: '/', label: 'Search', group: 'Page', yields: true, run: search },
      { keys: '?', label: 'These shortcuts', group: 'Page', run: () => setHelp('open') },
      { keys: 'd', label: 'Dark or light theme', group: 'Page', run: toggleTheme },
      { keys: '[', label: 'Narrow or wide rail', group: 'Page', run: toggleRail },
      { keys: 'g h', label: 'Home', group: 'Go to', run: () => void navigate({ to: '/' }) },
      { keys: 'g r', label: 'Runs', group: 'Go to', run: () => void navigate({ to: '/runs' }) },
      { keys: 'g d', label: 'Dashboards', group: 'Go to', run: () => void navigate({ to: '/dashboards' }) },
      { keys: 'g e', label: 'Explore', group: 'Go to', run: () => void navigate({ to: '/explore' }) },
      ...(mayEdit
        ? ([{ keys: 'g i', label: 'Ingest', group: 'Go to', run: () => void navigate({ to: '/ingest' }) }] as const)
        : []),
      ...(isAdmin
        ? ([
            { keys: 'g s', label: 'Sources', group: 'Go to', run: () => void navigate({ to: '/sources' }) },
            { keys: 'g p', label: 'Plugins', group: 'Go to', run: () => void navigate({ to: '/plugins' }) },
          ] as const)
        : []),
    ];
    return { search, toggleTheme, toggleRail, signOut, shortcuts };
  }, [client, isAdmin, mayEdit, navigate, setColorScheme]);
  useShortcuts(actions.shortcuts);
  useEffect(listenForShortcuts, []);

  const reachable = useUnreachableSince() === undefined;
  useEffect(() => {
    if (reachable) return;
    const timer = setInterval(() => void client.refetchQueries(sessionQuery), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [reachable, client]);

  const isSignedOut = session.error instanceof ApiError && session.error.status === 401;
  useLoadedPlugins(session.data !== undefined && !isSignedOut);
  if (isSignedOut && !isSnapshot) return <SignInPage hasEnded={session.data !== undefined} />;
  if (!isSignedOut && session.error !== null && session.data === undefined) {
    return <UnreachablePage error={session.error} onRetry={() => void session.refetch()} />;
  }
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#page">
        Skip to the page
      </a>
      {!isKiosk && !isSignedOut && (
        <Rail
          collapsed={collapsed}
          theme={theme}
          userName={session.data?.user.name ?? ''}
          mayEdit={mayEdit}
          isAdmin={isAdmin}
          onCollapse={actions.toggleRail}
          onSearch={actions.search}
          onHelp={() => setHelp('open')}
          onTheme={actions.toggleTheme}
          onSignOut={() => void actions.signOut()}
        />
      )}
      <main id="page" className={classes.page} tabIndex={-1}>
        {!reachable && (
          <p className={classes.unreachable} role="alert">
            <IconPlugConnectedX size={16} stroke={1.8} aria-hidden />
            Vitrine does not answer, so what you see is old. Trying again…
          </p>
        )}
        <Outlet />
      </main>
      <Suspense fallback={null}>
        {palette !== 'never' && (
          <Palette
            opened={palette === 'open'}
            onClose={() => setPalette('closed')}
            onTheme={actions.toggleTheme}
            onHelp={() => setHelp('open')}
            onSignOut={() => void actions.signOut()}
          />
        )}
        {help !== 'never' && <ShortcutsHelp opened={help === 'open'} onClose={() => setHelp('closed')} />}
      </Suspense>
    </div>
  );
}

function readCollapsed(): boolean {
  try {
    const kept = localStorage.getItem(COLLAPSED_KEY);
    // A laptop's width is better spent on panels.
    return kept === null ? window.innerWidth < 1_200 : kept === 'narrow';
  } catch {
    return false;
  }
}

function keepCollapsed(collapsed: boolean): void {
  try {
    localStorage.setItem(COLLAPSED_KEY, collapsed ? 'narrow' : 'wide');
  } catch {
    // Storage is forbidden here: then it holds until the page is left.
  }
}
