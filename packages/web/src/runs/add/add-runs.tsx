import { Button, Menu } from '@mantine/core';
import { IconFile, IconFolderOpen, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import { LogdirsDialog } from './logdirs-dialog.tsx';
import { RunFileDialog } from './run-file-dialog.tsx';

/** Brings in what was trained elsewhere, for whoever may. */
export function AddRuns({ projects }: { readonly projects: readonly string[] }): ReactElement | null {
  const role = useQuery(sessionQuery).data?.user.role;
  const [open, setOpen] = useState<'file' | 'logdirs'>();
  if (role !== 'admin' && role !== 'editor') return null;
  const close = (): void => setOpen(undefined);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconPlus size={15} />}>
            Add
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFile size={15} />} onClick={() => setOpen('file')}>
            A run from a file…
          </Menu.Item>
          {role === 'admin' && (
            <Menu.Item leftSection={<IconFolderOpen size={15} />} onClick={() => setOpen('logdirs')}>
              TensorBoard folders…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'file' && <RunFileDialog projects={projects} onClose={close} />}
      {open === 'logdirs' && <LogdirsDialog projects={projects} onClose={close} />}
    </>
  );
}
