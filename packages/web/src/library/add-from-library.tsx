import { Modal, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBooks, IconSearch } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { useKindName } from '../plugins/use-panel-specs.ts';
import { libraryPanelQuery, libraryPanelsQuery } from './library-queries.ts';
import classes from './library.module.css';

export interface AddFromLibraryProps {
  readonly onAdd: (panel: Panel) => void;
  readonly onClose: () => void;
}

const PAUSE_MS = 150;
/** More than this nobody reads: the search is at hand. */
const OFFERED = 200;

/** A library panel that is to stand on the dashboard. */
export function AddFromLibrary({ onAdd, onClose }: AddFromLibraryProps): ReactElement {
  const client = useQueryClient();
  const kindName = useKindName();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, PAUSE_MS);
  const { data, error } = useQuery(libraryPanelsQuery(asked.trim()));
  const [problem, setProblem] = useState('');
  const add = async (uid: string): Promise<void> => {
    try {
      const { panel, name } = await client.fetchQuery(libraryPanelQuery(uid));
      onAdd({ ...panel, libraryPanel: { uid, name } });
      onClose();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  const sentence = problem || error?.message;
  return (
    <Modal opened onClose={onClose} size="lg" title="Add from the library" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.fields}>
        <TextInput
          aria-label="Search the library"
          placeholder="Search by name"
          leftSection={<IconSearch size={15} />}
          data-autofocus
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {sentence !== undefined && (
          <p className={classes.problem} role="alert">
            {sentence}
          </p>
        )}
        {data?.length === 0 && (
          <p className={classes.quiet}>
            {asked.trim() === ''
              ? 'No library panels yet. A panel becomes one in its editor, under “Make it a library panel”.'
              : `None is called “${asked.trim()}”.`}
          </p>
        )}
        {data !== undefined && data.length > 0 && (
          <ul className={classes.found} aria-label="Library panels">
            {data.slice(0, OFFERED).map(({ uid, name, description, kind }) => (
              <li key={uid}>
                <UnstyledButton className={classes.one} onClick={() => void add(uid)}>
                  <IconBooks size={18} stroke={1.5} aria-hidden />
                  <span className={classes.about}>
                    <div className={classes.name}>{name}</div>
                    <div className={classes.kind}>
                      {kindName(kind)}
                      {description === '' ? '' : ` · ${description}`}
                    </div>
                  </span>
                </UnstyledButton>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Modal>
  );
}
