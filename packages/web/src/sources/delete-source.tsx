import { Button, Group, Modal } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { removeSource, sourceHealthQuery, sourceUsersQuery } from './source-queries.ts';
import type { SavedSource } from './source-queries.ts';
import classes from './sources.module.css';

export interface DeleteSourceProps {
  readonly source: Pick<SavedSource, 'uid' | 'name'>;
  /** It has gone, and the page is left. */
  readonly onDeleted: () => void;
}

/** Deletes a source, once somebody has seen what asks it. */
export function DeleteSource({ source, onDeleted }: DeleteSourceProps): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="compact-sm" variant="default" leftSection={<IconTrash size={14} />} onClick={() => setOpen(true)}>
        Delete
      </Button>
      {open && <Ask source={source} onDeleted={onDeleted} onClose={() => setOpen(false)} />}
    </>
  );
}

const NAMED = 12;

function Ask({ source, onDeleted, onClose }: DeleteSourceProps & { readonly onClose: () => void }): ReactElement {
  const { uid, name } = source;
  const users = useQuery(sourceUsersQuery(uid));
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => removeSource(uid),
    onSuccess: async () => {
      onDeleted();
      await navigate({ to: '/sources' });
      client.removeQueries({ queryKey: ['data-sources', 'one', uid] });
      client.removeQueries({ queryKey: sourceHealthQuery(uid).queryKey });
      await client.invalidateQueries({ queryKey: ['data-sources'] });
    },
  });
  const count = users.data?.length ?? 0;
  return (
    <Modal opened onClose={onClose} title={`Delete ${name}?`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.asked}>
        {users.isLoading && <p>Looking for the dashboards that ask it…</p>}
        {users.data !== undefined && count === 0 && <p>No dashboard names it. Its secrets are deleted with it.</p>}
        {users.error !== null && <p>Which dashboards ask it could not be found out. {users.error.message}</p>}
        {count > 0 && (
          <>
            <p>
              {count === 1 ? 'A dashboard names it' : `${count} dashboards name it`}. Their panels will ask the default source of
              its type instead, or say that there is none:
            </p>
            <ul className={classes.users} aria-label="Dashboards that name it">
              {users.data?.slice(0, NAMED).map((dashboard) => (
                <li key={dashboard.uid}>
                  <Link to="/d/$uid" params={{ uid: dashboard.uid }}>
                    {dashboard.title}
                  </Link>
                </li>
              ))}
              {count > NAMED && <li>and {count - NAMED} more</li>}
            </ul>
          </>
        )}
        {remove.error !== null && (
          <p className={classes.problem} role="alert">
            {remove.error.message}
          </p>
        )}
        <Group justify="end">
          <Button variant="default" data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" disabled={users.isLoading} loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete it
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
