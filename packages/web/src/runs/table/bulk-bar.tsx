import { Button, Modal, TextInput } from '@mantine/core';
import { IconArrowBackUp, IconFolders, IconTag, IconTrash, IconTrashX, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RunBulkRequest } from '@vitrine/model/run-api.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { changeRuns, RUNS_KEY } from '../runs-queries.ts';
import { readTags } from './read-tags.ts';
import classes from './bulk-bar.module.css';

export interface BulkBarProps {
  readonly selected: readonly string[];
  readonly isBin: boolean;
  readonly mayEdit: boolean;
  readonly onClear: () => void;
  /** Opened from outside: a key was pressed. */
  readonly dialog: BulkDialog | undefined;
  readonly onDialog: (dialog: BulkDialog | undefined) => void;
}

export type BulkDialog = 'tag' | 'group' | 'erase';

/** What can be done with the selected runs. */
export function BulkBar({ selected, isBin, mayEdit, onClear, dialog, onDialog }: BulkBarProps): ReactElement | null {
  const client = useQueryClient();
  const [binned, setBinned] = useState<readonly string[]>([]);
  const change = useMutation({
    mutationFn: changeRuns,
    onSuccess: (_, { action, runs }) => {
      setBinned(action === 'delete' ? runs : []);
      if (action === 'delete' || action === 'restore' || action === 'erase') onClear();
      onDialog(undefined);
      return client.invalidateQueries({ queryKey: RUNS_KEY });
    },
  });
  const act = (request: Omit<RunBulkRequest, 'runs'>, runs = selected): void => change.mutate({ runs, ...request });
  if (selected.length === 0 && binned.length === 0 && change.error === null) return null;
  const icon = { size: 15, stroke: 1.7 };
  return (
    <div className={classes.bar} role="toolbar" aria-label="Selected runs">
      {selected.length > 0 ? (
        <>
          <span className={classes.count}>{plural(selected.length)} selected</span>
          {mayEdit && !isBin && (
            <>
              <Button size="compact-sm" variant="default" leftSection={<IconTag {...icon} />} onClick={() => onDialog('tag')}>
                Tags
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconFolders {...icon} />}
                onClick={() => onDialog('group')}
              >
                Group
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconTrash {...icon} />}
                loading={change.isPending}
                onClick={() => act({ action: 'delete' })}
              >
                To the bin
              </Button>
            </>
          )}
          {mayEdit && isBin && (
            <>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconArrowBackUp {...icon} />}
                loading={change.isPending}
                onClick={() => act({ action: 'restore' })}
              >
                Restore
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconTrashX {...icon} />}
                onClick={() => onDialog('erase')}
              >
                Erase for good
              </Button>
            </>
          )}
          <Button size="compact-sm" variant="subtle" leftSection={<IconX {...icon} />} onClick={onClear}>
            None
          </Button>
        </>
      ) : (
        binned.length > 0 && (
          <>
            <span className={classes.count} role="status">
              {plural(binned.length)} {binned.length === 1 ? 'is' : 'are'} in the bin.
            </span>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconArrowBackUp {...icon} />}
              onClick={() => act({ action: 'restore' }, binned)}
            >
              Undo
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={() => setBinned([])}>
              Dismiss
            </Button>
          </>
        )
      )}
      {change.error !== null && (
        <span className={classes.problem} role="alert">
          {change.error.message}
        </span>
      )}
      {dialog === 'tag' && (
        <TagDialog
          count={selected.length}
          isBusy={change.isPending}
          onClose={() => onDialog(undefined)}
          onSave={(tags) => act({ action: 'tag', tags })}
        />
      )}
      {dialog === 'group' && (
        <GroupDialog
          count={selected.length}
          isBusy={change.isPending}
          onClose={() => onDialog(undefined)}
          onSave={(group) => act({ action: 'group', group })}
        />
      )}
      {dialog === 'erase' && (
        <Modal opened onClose={() => onDialog(undefined)} title={`Erase ${plural(selected.length)} for good?`}>
          <p className={classes.about}>Their curves, media and artefacts go too. Nothing brings them back.</p>
          <div className={classes.actions}>
            <Button variant="default" data-autofocus onClick={() => onDialog(undefined)}>
              Keep them
            </Button>
            <Button color="red" loading={change.isPending} onClick={() => act({ action: 'erase' })}>
              Erase {plural(selected.length)}
            </Button>
          </div>
        </Modal>
      )}
    </div>
  );
}

interface EditDialogProps<T> {
  readonly count: number;
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onSave: (value: T) => void;
}

function TagDialog({ count, isBusy, onClose, onSave }: EditDialogProps<Record<string, string | null>>): ReactElement {
  const [text, setText] = useState('');
  const read = readTags(text);
  const isReady = read.problem === undefined && Object.keys(read.tags).length > 0;
  return (
    <Modal opened onClose={onClose} title={`Tags of ${plural(count)}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onSave(read.tags);
        }}
      >
        <TextInput
          data-autofocus
          label="Set and remove"
          description="As team=vision, baseline. A minus removes: -old."
          value={text}
          error={read.problem}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isReady} loading={isBusy}>
            Change tags
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function GroupDialog({ count, isBusy, onClose, onSave }: EditDialogProps<string>): ReactElement {
  const [text, setText] = useState('');
  return (
    <Modal opened onClose={onClose} title={`Group of ${plural(count)}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave(text.trim());
        }}
      >
        <TextInput
          data-autofocus
          label="Name of the group"
          description="Seeds or folds of one experiment have one. Empty takes them out of theirs."
          maxLength={250}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy}>
            {text.trim() === '' ? 'Take them out' : 'Put them in'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function plural(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'run' : 'runs'}`;
}
