import { Button } from '@mantine/core';
import { IconArrowLeft, IconMapOff } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { TopBar } from '../app/top-bar.tsx';
import { StatePage } from './state-page.tsx';

export function NotFoundPage(): ReactElement {
  const path = useLocation({ select: ({ pathname }) => pathname });
  return (
    <>
      <TopBar crumbs={[{ label: 'Not found' }]} />
      <StatePage
        icon={<IconMapOff size={32} stroke={1.5} />}
        title="There is no such page"
        actions={
          <Button component={Link} to="/" variant="default" leftSection={<IconArrowLeft size={16} />}>
            Home
          </Button>
        }
      >
        <p>
          Nothing is at <code>{path}</code>. Search for what you meant with <kbd>/</kbd>.
        </p>
      </StatePage>
    </>
  );
}
