import { Menu, Tooltip } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { resolveLinks } from '@vitrine/compute/field/links.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { VariableValues } from '@vitrine/model/variable.ts';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import classes from '../panel-frame.module.css';
import type { DashboardScope } from '../scope.ts';

interface PanelLinksProps {
  readonly panel: Panel;
  readonly scope: DashboardScope;
  readonly local: VariableValues;
  readonly title: string;
}

/** Where a panel leads: one link, or a menu of them. */
export function PanelLinks({ panel, scope, local, title }: PanelLinksProps): ReactElement {
  const { variables } = scope;
  const links = useMemo(
    () => resolveLinks(panel.links, {}, (text) => variables.replace(text, local)),
    [panel.links, variables, local],
  );
  const only = links.length === 1 ? links[0] : undefined;
  const icon = <IconExternalLink size={14} stroke={1.6} aria-hidden />;
  if (only?.href !== undefined) {
    return (
      <Tooltip label={only.title}>
        <a className={classes.link} href={only.href} aria-label={only.title} {...targetOf(only.targetBlank)}>
          {icon}
        </a>
      </Tooltip>
    );
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.notice} aria-label={`Links of ${title || `panel ${panel.id}`}`}>
          {icon}
        </button>
      </Menu.Target>
      <Menu.Dropdown maw="min(400px, 90vw)">
        {links.map((link) => (
          <LinkItem key={`${link.title} ${link.href ?? ''}`} {...link} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface LinkItemProps {
  readonly title: string;
  readonly href: string | undefined;
  readonly targetBlank: boolean;
}

/** One long word must not make the menu scroll. */
const BREAKS = { overflowWrap: 'anywhere' } as const;

/** One link of a menu; without an address that may be opened, only its name. */
export function LinkItem({ title, href, targetBlank }: LinkItemProps): ReactElement {
  if (href === undefined) {
    return (
      <Menu.Item disabled style={BREAKS}>
        {title}
      </Menu.Item>
    );
  }
  return (
    <Menu.Item component="a" href={href} style={BREAKS} {...targetOf(targetBlank)}>
      {title}
    </Menu.Item>
  );
}

/** A page that opens beside this one is told nothing of it. */
export function targetOf(targetBlank: boolean): { target?: string; rel?: string } {
  return targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {};
}
