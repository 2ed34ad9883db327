import { Button } from '@mantine/core';
import { IconArrowLeft, IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import { StatePage } from './state-page.tsx';

export interface ForEditorsProps {
  /** What is refused, as "The dashboard is not yours to change". */
  readonly title: string;
  /** The dashboard that may be looked at instead. */
  readonly uid?: string;
  readonly children: ReactNode;
}

/** A page on which things are changed: who may only look is told so before work is put into it, not at its end. */
export function ForEditors({ title, uid, children }: ForEditorsProps): ReactElement | null {
  const user = useQuery(sessionQuery).data?.user;
  // Nothing is begun for somebody who is not known yet: a new dashboard would be.
  if (user === undefined) return null;
  if (user.role !== 'viewer') return <>{children}</>;
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: 'Not allowed' }]} />
      <StatePage
        isAlert
        icon={<IconLock size={32} stroke={1.5} />}
        title={title}
        actions={
          <Button
            component={Link}
            to={uid === undefined ? '/dashboards' : `/d/${uid}`}
            variant="default"
            leftSection={<IconArrowLeft size={16} />}
          >
            {uid === undefined ? 'All dashboards' : 'Look at it'}
          </Button>
        }
      >
        <p>You are signed in as {user.name}, who may look at everything here and change nothing. Ask an admin of this server.</p>
      </StatePage>
    </>
  );
}
