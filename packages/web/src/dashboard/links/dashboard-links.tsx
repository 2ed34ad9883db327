import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconExternalLink, IconLayoutDashboard } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { safeHref } from '@vitrine/compute/field/links.ts';
import type { DashboardLink } from '@vitrine/model/dashboard.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { dashboardSearchQuery } from '../../api/queries.ts';
import { writeSearch } from '../../time/dashboard-search.ts';
import type { DashboardScope } from '../scope.ts';
import { LinkItem, targetOf } from './panel-links.tsx';

/** Where a dashboard leads: to pages, and to other dashboards by their tags. */
export function DashboardLinks({ scope }: { readonly scope: DashboardScope }): ReactElement {
  return (
    <>
      {scope.dashboard.links.map((link, at) =>
        link.type === 'link' ? (
          <PageLink key={at} link={link} scope={scope} />
        ) : (
          <TaggedDashboards key={at} link={link} scope={scope} />
        ),
      )}
    </>
  );
}

interface LinkProps {
  readonly link: DashboardLink;
  readonly scope: DashboardScope;
}

function PageLink({ link, scope }: LinkProps): ReactElement | null {
  const { variables } = scope;
  const href = safeHref(withScope(variables.replace(link.url), link, scope));
  const title = variables.text(link.title) || href;
  if (href === undefined || title === undefined) return null;
  return (
    <Button
      component="a"
      href={href}
      {...targetOf(link.targetBlank)}
      variant="subtle"
      color="gray"
      size="compact-sm"
      title={variables.text(link.tooltip)}
      leftSection={<IconExternalLink size={14} aria-hidden />}
    >
      {title}
    </Button>
  );
}

/** All dashboards with these tags: as a menu that asks when it opens, or one beside the other. */
function TaggedDashboards({ link, scope }: LinkProps): ReactElement {
  const [opened, setOpened] = useState(false);
  const { data, error } = useQuery({
    ...dashboardSearchQuery({ tags: link.tags, limit: 100 }),
    enabled: opened || !link.asDropdown,
  });
  const links = (data?.dashboards ?? [])
    .filter(({ uid }) => uid !== scope.uid)
    .map(({ uid, title }) => ({ uid, title, href: withScope(`/d/${encodeURIComponent(uid)}`, link, scope) }));
  if (!link.asDropdown) {
    return (
      <>
        {links.map(({ uid, title, href }) => (
          <Button
            key={uid}
            component="a"
            href={href}
            {...targetOf(link.targetBlank)}
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconLayoutDashboard size={14} aria-hidden />}
          >
            {title}
          </Button>
        ))}
      </>
    );
  }
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-start">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          title={scope.variables.text(link.tooltip)}
          leftSection={<IconLayoutDashboard size={14} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {scope.variables.text(link.title) || link.tags.join(', ') || 'Dashboards'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={400} maw="min(400px, 90vw)">
        {error !== null && <Menu.Label>{error.message}</Menu.Label>}
        {data !== undefined && links.length === 0 && <Menu.Label>No other dashboard has these tags.</Menu.Label>}
        {links.map(({ uid, title, href }) => (
          <LinkItem key={uid} title={title} href={href} targetBlank={link.targetBlank} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The address with the page's range and values, where the link takes them along. */
function withScope(url: string, { includeVars, keepTime }: DashboardLink, { range, variables }: DashboardScope): string {
  const added = writeSearch({ ...(keepTime ? range.text : {}), ...(includeVars ? variables.urlSearch : {}) });
  if (added === '') return url;
  const [, path = url, search = '', hash = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url) ?? [];
  return `${path}${search === '' ? added : `${search}&${added.slice(1)}`}${hash}`;
}
