import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { FolderField } from '../edit/save/folder-field.tsx';
import { saveLibraryPanel } from './library-queries.ts';
import classes from './library.module.css';

export interface MakeLibraryPanelProps {
  readonly panel: Panel;
  readonly folder: string;
  readonly onMade: (made: NonNullable<Panel['libraryPanel']>) => void;
  readonly onClose: () => void;
}

/** Puts a panel into the library, for other dashboards to show. */
export function MakeLibraryPanel({ panel, folder: first, onMade, onClose }: MakeLibraryPanelProps): ReactElement {
  const client = useQueryClient();
  const [name, setName] = useState(panel.title);
  const [folder, setFolder] = useState(first);
  const make = useMutation({
    mutationFn: () => saveLibraryPanel(undefined, { name: name.trim(), description: panel.description, folder, panel }),
    onSuccess: async (made) => {
      onMade({ uid: made.uid, name: made.name });
      onClose();
      await client.invalidateQueries({ queryKey: ['library-panels'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') make.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Make it a library panel" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form className={classes.fields} onSubmit={submit}>
        <p className={classes.quiet}>
          Other dashboards can show it too. Who changes it on one of them changes it on all. The dashboard shows it as that once
          it is saved.
        </p>
        <TextInput
          label="Name"
          data-autofocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <FolderField value={folder} onChange={setFolder} />
        {make.error !== null && (
          <p className={classes.problem} role="alert">
            {make.error.message}
          </p>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={make.isPending}>
            Make it one
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
