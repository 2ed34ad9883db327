import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ErrorComponentProps } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { StatePage } from './state-page.tsx';

/** The page itself broke. */
export function FaultPage({ error }: ErrorComponentProps): ReactElement {
  return (
    <StatePage
      isAlert
      icon={<IconAlertTriangle size={32} stroke={1.5} />}
      title="This page broke"
      actions={
        <>
          <Button onClick={() => window.location.reload()}>Load it again</Button>
          <Button component="a" href="/" variant="default">
            Home
          </Button>
        </>
      }
    >
      <p>
        It is a fault in Vitrine, not in your data, which is safe on the server. {error instanceof Error ? error.message : ''}
      </p>
    </StatePage>
  );
}
