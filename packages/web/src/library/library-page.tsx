import { ActionIcon, Button, Group, Modal, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBooks, IconPencil, IconSearch, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { LibraryPanelSummary } from '@vitrine/model/api.ts';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { foldersQuery, sessionQuery } from '../api/queries.ts';
import { TopBar } from '../app/top-bar.tsx';
import { FolderField } from '../edit/save/folder-field.tsx';
import list from '../home/dashboard-list.module.css';
import home from '../home/home.module.css';
import { useKindName } from '../plugins/use-panel-specs.ts';
import { StatePage } from '../state/state-page.tsx';
import { libraryPanelQuery, libraryPanelsQuery, removeLibraryPanel, saveLibraryPanel } from './library-queries.ts';
import classes from './library.module.css';

const PAUSE_MS = 150;

/** `/library`: the panels that several dashboards show. */
export function LibraryPage(): ReactElement {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), PAUSE_MS);
  const { data, error } = useQuery(libraryPanelsQuery(asked));
  const folders = useQuery(foldersQuery).data;
  const mayEdit = useQuery(sessionQuery).data?.user.role !== 'viewer';
  const client = useQueryClient();
  const kindName = useKindName();
  const [changed, setChanged] = useState<LibraryPanelSummary>();
  const remove = useMutation({
    mutationFn: removeLibraryPanel,
    onSettled: () => client.invalidateQueries({ queryKey: ['library-panels'] }),
  });
  const problem = remove.error ?? error;
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: 'Library' }]} />
      <div className={home.page}>
        <TextInput
          className={classes.search}
          aria-label="Search the library"
          placeholder="Search by name"
          leftSection={<IconSearch size={15} />}
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {problem !== null && (
          <p className={classes.problem} role="alert">
            {problem.message}
          </p>
        )}
        {data?.length === 0 &&
          (asked === '' ? (
            <StatePage icon={<IconBooks size={32} stroke={1.5} />} title="There are no library panels yet">
              <p>A library panel stands on several dashboards and is changed in one place. Make one in a panel’s editor.</p>
            </StatePage>
          ) : (
            <p className={classes.quiet}>None is called “{asked}”.</p>
          ))}
        {data !== undefined && data.length > 0 && (
          <ul className={list.list} aria-label="Library panels">
            {data.map((panel) => (
              <li key={panel.uid} className={list.line}>
                <IconBooks size={16} aria-hidden />
                <div className={list.text}>
                  <span className={classes.name}>{panel.name}</span>
                  <span className={classes.kind}>
                    {[kindName(panel.kind), folders?.find(({ uid }) => uid === panel.folder)?.title, panel.description]
                      .filter((word) => word !== undefined && word !== '')
                      .join(' · ')}
                  </span>
                </div>
                <Users uid={panel.uid} />
                <div className={classes.actions}>
                  {mayEdit && (
                    <>
                      <Tooltip label="Rename">
                        <ActionIcon aria-label={`Rename ${panel.name}`} onClick={() => setChanged(panel)}>
                          <IconPencil size={15} />
                        </ActionIcon>
                      </Tooltip>
                      <Tooltip label="Delete">
                        <ActionIcon aria-label={`Delete ${panel.name}`} onClick={() => remove.mutate(panel.uid)}>
                          <IconTrash size={15} />
                        </ActionIcon>
                      </Tooltip>
                    </>
                  )}
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
      {changed !== undefined && <Rename panel={changed} onClose={() => setChanged(undefined)} />}
    </>
  );
}

const NAMED = 4;

/** The dashboards that show it. */
function Users({ uid }: { readonly uid: string }): ReactElement {
  const usedBy = useQuery(libraryPanelQuery(uid)).data?.usedBy;
  if (usedBy === undefined) return <div className={classes.users} />;
  if (usedBy.length === 0) return <div className={classes.users}>on no dashboard</div>;
  return (
    <div className={classes.users}>
      {usedBy.slice(0, NAMED).map((dashboard) => (
        <Link key={dashboard.uid} to="/d/$uid" params={{ uid: dashboard.uid }}>
          {dashboard.title}
        </Link>
      ))}
      {usedBy.length > NAMED && <span>and {usedBy.length - NAMED} more</span>}
    </div>
  );
}

function Rename({ panel, onClose }: { readonly panel: LibraryPanelSummary; readonly onClose: () => void }): ReactElement {
  const client = useQueryClient();
  const [name, setName] = useState(panel.name);
  const [description, setDescription] = useState(panel.description);
  const [folder, setFolder] = useState(panel.folder);
  const save = useMutation({
    mutationFn: async () => {
      const now = await client.fetchQuery({ ...libraryPanelQuery(panel.uid), staleTime: 0 });
      // Of what the fields were filled from: who changed it meanwhile is not written over.
      const baseVersion = panel.version;
      return saveLibraryPanel(panel.uid, { name: name.trim(), description, folder, panel: now.panel, baseVersion });
    },
    onError: () => client.invalidateQueries({ queryKey: ['library-panels'] }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['library-panels'] });
      await client.invalidateQueries({ queryKey: ['dashboard'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={`Change ${panel.name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form className={classes.fields} onSubmit={submit}>
        <TextInput
          label="Name"
          data-autofocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Description"
          maxLength={10_000}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <FolderField value={folder} onChange={setFolder} />
        {save.error !== null && (
          <p className={classes.problem} role="alert">
            {save.error.message}
          </p>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={save.isPending}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
