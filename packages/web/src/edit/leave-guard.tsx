import { Button, Group, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { discardDraft, hasUnsavedChanges } from './draft.ts';

export interface LeaveGuardProps {
  readonly uid: string;
  readonly isChanged: boolean;
}

/** Asks before changes are left behind; moving between the editor's own pages leaves nothing. */
export function LeaveGuard({ uid, isChanged }: LeaveGuardProps): ReactElement | null {
  const blocker = useBlocker({
    withResolver: true,
    enableBeforeUnload: hasUnsavedChanges,
    shouldBlockFn: ({ next }) => isChanged && !next.pathname.startsWith(`/d/${encodeURIComponent(uid)}/edit`),
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <Modal opened onClose={blocker.reset} title="There are changes that are not saved">
      <p>They stay here until this tab is closed or the page is loaded anew. What others see is what was saved last.</p>
      <Group justify="end">
        <Button
          variant="default"
          onClick={() => {
            discardDraft(uid);
            blocker.proceed();
          }}
        >
          Discard them
        </Button>
        <Button variant="default" onClick={blocker.proceed}>
          Leave them here
        </Button>
        <Button data-autofocus onClick={blocker.reset}>
          Go on editing
        </Button>
      </Group>
    </Modal>
  );
}
