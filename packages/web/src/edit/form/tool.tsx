import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

export interface ToolProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  /** An icon. */
  readonly children: ReactNode;
}

/** A small button that is an icon, with its name on hover and for screen readers. */
export function Tool({ label, disabled = false, onClick, children }: ToolProps): ReactElement {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
