import { Button, Group, Modal } from '@mantine/core';
import type { ReactElement } from 'react';

/** Why there is no file. */
export function ExportProblem({ problem, onClose }: { readonly problem: string; readonly onClose: () => void }): ReactElement {
  return (
    <Modal opened onClose={onClose} title="That did not work" closeButtonProps={{ 'aria-label': 'Close' }}>
      <p role="alert">{problem}</p>
      <Group justify="end">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </Modal>
  );
}
