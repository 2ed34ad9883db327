import { Button } from '@mantine/core';
import { IconBooks, IconUnlink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Panel } from '@vitrine/model/dashboard.ts';
import type { ReactElement } from 'react';
import { ApiError } from '../api/client.ts';
import { libraryPanelQuery } from './library-queries.ts';
import classes from './library.module.css';
import { usedBySentence } from './used-by.ts';

export interface LibraryStripProps {
  /** The dashboard's uid. */
  readonly here: string;
  readonly libraryPanel: NonNullable<Panel['libraryPanel']>;
  readonly onUnlink: () => void;
}

/** Says of a library panel in the editor that what is changed here changes elsewhere too. */
export function LibraryStrip({ here, libraryPanel: { uid, name }, onUnlink }: LibraryStripProps): ReactElement {
  const { data, error } = useQuery(libraryPanelQuery(uid));
  const isLost = error instanceof ApiError && error.status === 404;
  return (
    <div className={classes.strip} role="note" aria-label="Library panel">
      <IconBooks size={18} stroke={1.5} aria-hidden />
      <p>
        {isLost ? (
          <>
            The library panel <strong>{name || uid}</strong> is not there any more. Here stands what it said last.
          </>
        ) : (
          <>
            This is the library panel <strong>{data?.name ?? name}</strong>.{' '}
            {data === undefined ? '' : usedBySentence(data.usedBy, here)} Saving changes it wherever it is shown.
          </>
        )}
      </p>
      <Button size="compact-sm" variant="default" leftSection={<IconUnlink size={14} />} onClick={onUnlink}>
        Unlink
      </Button>
    </div>
  );
}
