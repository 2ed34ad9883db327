import { ActionIcon, Tooltip } from '@mantine/core';
import { IconShare2 } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { ReactElement } from 'react';
import type { Arranged } from '../dashboard/arrange.ts';
import type { DashboardScope } from '../dashboard/scope.ts';
import { ExportMenu } from '../export/export-menu.tsx';

const ShareDialog = lazy(async () => ({ default: (await import('./share-dialog.tsx')).ShareDialog }));

export interface ShareBarProps {
  readonly scope: DashboardScope;
  /** Of the dashboard, with its variables. */
  readonly title: string;
  readonly arranged: Arranged;
}

/** What is shown, for others: as a link or snapshot, and as a file. */
export function ShareBar({ scope, title, arranged }: ShareBarProps): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      {scope.frozen === undefined && (
        <Tooltip label="Share">
          <ActionIcon aria-label="Share" variant="default" onClick={() => setIsOpen(true)}>
            <IconShare2 size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <ExportMenu {...{ scope, title, arranged }} />
      {isOpen && (
        <Suspense fallback={null}>
          <ShareDialog {...{ scope, title, arranged }} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
