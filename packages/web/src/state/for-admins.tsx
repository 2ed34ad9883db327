import { Button } from '@mantine/core';
import { IconArrowLeft, IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import { StatePage } from './state-page.tsx';

export interface ForAdminsProps {
  /** What the page is called: "Sources". */
  readonly page: string;
  /** What is refused, as "Data sources are set up by admins". */
  readonly title: string;
  readonly children: ReactNode;
}

/** A page of the server's own settings: whoever may not change them is told so before anything is asked. */
export function ForAdmins({ page, title, children }: ForAdminsProps): ReactElement | null {
  const user = useQuery(sessionQuery).data?.user;
  // Nothing is asked for somebody who is not known yet.
  if (user === undefined) return null;
  if (user.role === 'admin') return <>{children}</>;
  return (
    <>
      <TopBar crumbs={[{ label: page }]} />
      <StatePage
        isAlert
        icon={<IconLock size={32} stroke={1.5} />}
        title={title}
        actions={
          <Button component={Link} to="/" variant="default" leftSection={<IconArrowLeft size={16} />}>
            Home
          </Button>
        }
      >
        <p>You are signed in as {user.name}, who has no part in how this server is set up. Ask an admin of it.</p>
      </StatePage>
    </>
  );
}
