import { Switch, TextInput } from '@mantine/core';
import type { DataLink } from '@vitrine/model/field-config.ts';
import type { ReactElement } from 'react';
import { RowList } from '../form/row-list.tsx';
import classes from './panel-editor.module.css';

export interface LinksFieldProps {
  readonly label: string;
  readonly links: readonly DataLink[] | undefined;
  readonly onChange: (links: readonly DataLink[]) => void;
}

/** Links with macros in their addresses. */
export function LinksField({ label, links, onChange }: LinksFieldProps): ReactElement {
  return (
    <div className={classes.stack} role="group" aria-label={label}>
      <div data-label>{label}</div>
      <RowList
        ordered
        noun="link"
        rows={links ?? []}
        onChange={onChange}
        make={(): DataLink => ({ title: '', url: '', targetBlank: true })}
      >
        {(link, change) => (
          <div className={classes.stack}>
            <TextInput
              size="xs"
              aria-label="Title"
              placeholder="Title"
              value={link.title}
              onChange={(event) => change({ ...link, title: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              aria-label="Address"
              placeholder="https://… or /d/uid?var-pod=${__field.labels.pod}"
              value={link.url}
              onChange={(event) => change({ ...link, url: event.currentTarget.value })}
            />
            <Switch
              size="xs"
              label="In a new tab"
              checked={link.targetBlank}
              onChange={(event) => change({ ...link, targetBlank: event.currentTarget.checked })}
            />
          </div>
        )}
      </RowList>
    </div>
  );
}
