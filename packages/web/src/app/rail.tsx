import { Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconCompass,
  IconDatabase,
  IconHome,
  IconKeyboard,
  IconLayoutDashboard,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconLogout,
  IconMoon,
  IconPlug,
  IconSearch,
  IconSun,
  IconTimeline,
  IconTransferIn,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Logo } from './logo.tsx';
import classes from './rail.module.css';

export interface RailProps {
  readonly collapsed: boolean;
  readonly onCollapse: () => void;
  readonly onSearch: () => void;
  readonly onHelp: () => void;
  readonly onTheme: () => void;
  readonly onSignOut: () => void;
  readonly theme: 'dark' | 'light';
  readonly userName: string;
  /** Whether whoever is signed in changes things, or only looks. */
  readonly mayEdit: boolean;
  /** Whether whoever is signed in sets the server up. */
  readonly isAdmin: boolean;
}

const PAGES = [
  { to: '/', label: 'Home', icon: IconHome, keys: 'g h', owns: (path: string) => path === '/' },
  { to: '/runs', label: 'Runs', icon: IconTimeline, keys: 'g r', owns: (path: string) => /^\/(runs|compare)(\/|$)/.test(path) },
  {
    to: '/dashboards',
    label: 'Dashboards',
    icon: IconLayoutDashboard,
    keys: 'g d',
    owns: (path: string) => /^\/(d|dashboard|dashboards|import|library|playlists)(\/|$)/.test(path),
  },
  { to: '/explore', label: 'Explore', icon: IconCompass, keys: 'g e', owns: (path: string) => path === '/explore' },
] as const;

/** For those who change things. */
const EDITOR_PAGES = [
  {
    to: '/ingest',
    label: 'Ingest',
    icon: IconTransferIn,
    keys: 'g i',
    owns: (path: string) => /^\/(ingest|cardinality)(\/|$)/.test(path),
    isRare: true,
  },
] as const;

/** For those who set the server up. */
const ADMIN_PAGES = [
  {
    to: '/sources',
    label: 'Sources',
    icon: IconDatabase,
    keys: 'g s',
    owns: (path: string) => /^\/sources(\/|$)/.test(path),
  },
  {
    to: '/plugins',
    label: 'Plugins',
    icon: IconPlug,
    keys: 'g p',
    owns: (path: string) => path === '/plugins',
    isRare: true,
  },
] as const;

/** The pages and what is always at hand; a bar at the bottom on a phone. */
export function Rail(props: RailProps): ReactElement {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const { collapsed, theme } = props;
  const pages = [...PAGES, ...(props.mayEdit ? EDITOR_PAGES : []), ...(props.isAdmin ? ADMIN_PAGES : [])];
  return (
    <nav className={classes.rail} data-collapsed={collapsed || undefined} aria-label="Pages">
      <Link to="/" className={classes.brand} aria-label="Vitrine, home">
        <Logo />
        <span className={classes.label}>Vitrine</span>
      </Link>
      <div className={classes.pages}>
        {pages.map(({ to, label, icon, keys, owns, ...rest }) => (
          <Hint key={to} label={label} keys={keys} collapsed={collapsed}>
            <Link
              to={to}
              className={classes.item}
              data-rare={'isRare' in rest || undefined}
              aria-current={owns(path) ? 'page' : undefined}
            >
              <Entry icon={icon} label={label} />
            </Link>
          </Hint>
        ))}
        <RailButton {...{ collapsed }} icon={IconSearch} label="Search" keys="⌘K" onClick={props.onSearch} />
      </div>
      <div className={classes.tools}>
        <div className={classes.keyed}>
          <RailButton {...{ collapsed }} icon={IconKeyboard} label="Shortcuts" keys="?" onClick={props.onHelp} />
        </div>
        <RailButton
          {...{ collapsed }}
          icon={theme === 'dark' ? IconSun : IconMoon}
          label={theme === 'dark' ? 'Light theme' : 'Dark theme'}
          short="Theme"
          keys="d"
          onClick={props.onTheme}
        />
        <RailButton
          {...{ collapsed }}
          icon={IconLogout}
          label={`Sign out ${props.userName}`.trim()}
          short="Sign out"
          onClick={props.onSignOut}
        />
        <div className={classes.fold}>
          <RailButton
            {...{ collapsed }}
            icon={collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse}
            label={collapsed ? 'Widen' : 'Collapse'}
            keys="["
            onClick={props.onCollapse}
          />
        </div>
      </div>
    </nav>
  );
}

interface RailButtonProps {
  readonly icon: Icon;
  readonly label: string;
  /** Under the icon on a phone. */
  readonly short?: string;
  readonly keys?: string;
  readonly collapsed: boolean;
  readonly onClick: () => void;
}

function RailButton({ icon, label, short, keys, collapsed, onClick }: RailButtonProps): ReactElement {
  return (
    <Hint label={label} keys={keys} collapsed={collapsed}>
      <UnstyledButton className={classes.item} onClick={onClick} aria-label={label}>
        <Entry icon={icon} label={label} short={short} />
      </UnstyledButton>
    </Hint>
  );
}

function Entry({ icon: Drawn, label, short = label }: { icon: Icon; label: string; short?: string | undefined }): ReactElement {
  return (
    <>
      <Drawn size={18} stroke={1.6} aria-hidden />
      <span className={classes.label}>{label}</span>
      <span className={classes.short} aria-hidden>
        {short}
      </span>
    </>
  );
}

interface HintProps {
  readonly label: string;
  readonly keys: string | undefined;
  readonly collapsed: boolean;
  readonly children: ReactElement;
}

/** The label of an icon that has none beside it, and its key. */
function Hint({ label, keys, collapsed, children }: HintProps): ReactElement {
  return (
    <Tooltip
      position="right"
      disabled={!collapsed && keys === undefined}
      label={
        <>
          {collapsed ? `${label} ` : ''}
          {keys !== undefined && <kbd className={classes.keys}>{keys}</kbd>}
        </>
      }
    >
      {children}
    </Tooltip>
  );
}
