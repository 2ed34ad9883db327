import { Button, Group, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { ReactElement, RefObject } from 'react';

export interface SourceLeaveGuardProps {
  readonly isChanged: boolean;
  /** Somebody leaves with nothing to lose, whatever was changed. */
  readonly leaving: RefObject<boolean>;
}

/** Asks before settings that are not saved are left behind. */
export function SourceLeaveGuard({ isChanged, leaving }: SourceLeaveGuardProps): ReactElement | null {
  const blocker = useBlocker({
    withResolver: true,
    enableBeforeUnload: () => isChanged && !leaving.current,
    shouldBlockFn: () => isChanged && !leaving.current,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <Modal opened onClose={blocker.reset} title="There are changes that are not saved">
      <p>They are lost when you leave this page. What panels ask is what was saved last.</p>
      <Group justify="end">
        <Button variant="default" onClick={blocker.proceed}>
          Discard them
        </Button>
        <Button data-autofocus onClick={blocker.reset}>
          Go on editing
        </Button>
      </Group>
    </Modal>
  );
}
