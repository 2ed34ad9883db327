import { ActionIcon, Button, Menu, Modal, TextInput } from '@mantine/core';
import { IconBookmark, IconCheck, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RunView } from '@vitrine/model/run-api.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { freshUid } from '../edit/save/save.ts';
import { deleteRunView, RUNS_KEY, runViewsQuery, saveRunView } from './runs-queries.ts';
import { readRunsSearch, runsViewOf, USUAL_RUNS_VIEW, writeRunsView } from './runs-view.ts';
import type { RunsView } from './runs-view.ts';
import type { ChangeView } from './use-runs-view.ts';
import classes from './runs-page.module.css';

export interface ViewsMenuProps {
  readonly view: RunsView;
  readonly onChange: ChangeView;
  readonly mayEdit: boolean;
}

/** Views that somebody named, for everybody. */
export function ViewsMenu({ view, onChange, mayEdit }: ViewsMenuProps): ReactElement {
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [isNaming, setIsNaming] = useState(false);
  const { data: views = [], error } = useQuery({ ...runViewsQuery(), enabled: opened || isNaming });
  const renew = (): Promise<void> => client.invalidateQueries({ queryKey: [...RUNS_KEY, 'views'] });
  const remove = useMutation({ mutationFn: deleteRunView, onSuccess: renew });
  const now = stateText(view);
  return (
    <>
      <Menu opened={opened} onChange={setOpened} position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={15} />}>
            Views
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.map((saved) => (
            <div key={saved.uid} className={classes.saved}>
              <Menu.Item
                className={classes.open}
                leftSection={
                  stateText(runsViewOf(readRunsSearch(saved.state))) === now ? (
                    <IconCheck size={15} />
                  ) : (
                    <span className={classes.tick} />
                  )
                }
                onClick={() => onChange(runsViewOf(readRunsSearch(saved.state)), 'push')}
              >
                {saved.name}
              </Menu.Item>
              {mayEdit && (
                <ActionIcon size={26} aria-label={`Remove the view ${saved.name}`} onClick={() => remove.mutate(saved.uid)}>
                  <IconTrash size={14} />
                </ActionIcon>
              )}
            </div>
          ))}
          {views.length === 0 && <p className={classes.hint}>{error === null ? 'No view has been saved yet.' : error.message}</p>}
          {remove.error !== null && (
            <p className={classes.problem} role="alert">
              {remove.error.message}
            </p>
          )}
          <Menu.Divider />
          <Menu.Item onClick={() => onChange(USUAL_RUNS_VIEW, 'push')}>As usual</Menu.Item>
          {mayEdit && <Menu.Item onClick={() => setIsNaming(true)}>Save this view…</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {isNaming && (
        <SaveDialog
          view={view}
          views={views}
          onClose={() => setIsNaming(false)}
          onSaved={() => {
            setIsNaming(false);
            void renew();
          }}
        />
      )}
    </>
  );
}

interface SaveDialogProps {
  readonly view: RunsView;
  readonly views: readonly RunView[];
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

function SaveDialog({ view, views, onClose, onSaved }: SaveDialogProps): ReactElement {
  const [name, setName] = useState('');
  const same = views.find((each) => each.name === name.trim());
  const save = useMutation({
    mutationFn: () =>
      saveRunView(same?.uid ?? freshUid(), { name: name.trim(), project: view.project[0] ?? '', state: stateOf(view) }),
    onSuccess: onSaved,
  });
  return (
    <Modal opened onClose={onClose} title="Save this view">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') save.mutate();
        }}
      >
        <TextInput
          data-autofocus
          label="Name"
          description={same === undefined ? 'Everybody sees it under Views.' : 'There is one of that name: it is replaced.'}
          maxLength={200}
          value={name}
          error={save.error?.message}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={save.isPending}>
            {same === undefined ? 'Save' : 'Replace'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Which runs are looked at is not part of how they are. */
function stateOf(view: RunsView): Readonly<Record<string, unknown>> {
  return writeRunsView({ ...view, run: [], hide: [], from: undefined, to: undefined });
}

function stateText(view: RunsView): string {
  return JSON.stringify(stateOf(view));
}
