import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { ReactElement } from 'react';
import { StatePage } from './state-page.tsx';

const AGAIN_MS = 3_000;

/** The server does not answer, or not sensibly. Tries again by itself. */
export function UnreachablePage({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }): ReactElement {
  useEffect(() => {
    const timer = setInterval(onRetry, AGAIN_MS);
    return () => clearInterval(timer);
  }, [onRetry]);
  return (
    <StatePage
      isAlert
      icon={<IconPlugConnectedX size={32} stroke={1.5} />}
      title="Vitrine does not answer"
      actions={<Button onClick={onRetry}>Try again now</Button>}
    >
      <p>{error.message}</p>
      <p>This page tries again every few seconds and goes on where it was.</p>
    </StatePage>
  );
}
