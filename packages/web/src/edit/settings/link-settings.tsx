import { SegmentedControl, Switch, TagsInput, TextInput } from '@mantine/core';
import type { DashboardLink } from '@vitrine/model/dashboard.ts';
import type { ReactElement } from 'react';
import { RowList } from '../form/row-list.tsx';
import type { GeneralSettingsProps } from './general-settings.tsx';
import classes from './settings.module.css';

const NEW_LINK: DashboardLink = {
  title: 'New link',
  type: 'link',
  url: '',
  tags: [],
  asDropdown: false,
  includeVars: true,
  keepTime: true,
  targetBlank: false,
  icon: '',
  tooltip: '',
};

/** Links in the dashboard's bar: to a page, or to all dashboards with some tags. */
export function LinkSettings({ dashboard, onChange }: GeneralSettingsProps): ReactElement {
  return (
    <RowList
      ordered
      noun="link"
      rows={dashboard.links}
      onChange={(links) => onChange((now) => ({ ...now, links }), 'links')}
      make={() => NEW_LINK}
    >
      {(link, change) => {
        const flag = (name: 'asDropdown' | 'includeVars' | 'keepTime' | 'targetBlank', label: string) => (
          <Switch
            size="xs"
            label={label}
            checked={link[name]}
            onChange={(event) => change({ ...link, [name]: event.currentTarget.checked })}
          />
        );
        return (
          <div className={classes.item}>
            <div className={classes.pair}>
              <TextInput
                label="Title"
                value={link.title}
                onChange={(event) => change({ ...link, title: event.currentTarget.value })}
              />
              <SegmentedControl
                aria-label="Where it goes"
                data={[
                  { value: 'link', label: 'A page' },
                  { value: 'dashboards', label: 'Dashboards with tags' },
                ]}
                value={link.type}
                onChange={(type) => change({ ...link, type: type })}
              />
            </div>
            {link.type === 'link' ? (
              <TextInput
                label="Address"
                placeholder="https://… or /d/uid"
                value={link.url}
                onChange={(event) => change({ ...link, url: event.currentTarget.value })}
              />
            ) : (
              <TagsInput label="Tags" value={link.tags as string[]} onChange={(tags) => change({ ...link, tags })} />
            )}
            <div className={classes.pair}>
              {flag('keepTime', 'Take the time range along')}
              {flag('includeVars', 'Take variables along')}
              {flag('targetBlank', 'In a new tab')}
              {link.type === 'dashboards' && flag('asDropdown', 'As a menu')}
            </div>
          </div>
        );
      }}
    </RowList>
  );
}
