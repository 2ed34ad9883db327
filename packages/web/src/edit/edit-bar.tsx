import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconDeviceFloppy, IconSettings } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { useShortcuts } from '../app/shortcuts.ts';
import type { Shortcut } from '../app/shortcuts.ts';
import { redoDraft, undoDraft } from './draft.ts';
import type { DraftState } from './draft.ts';
import { isChanged } from './history.ts';
import { LeaveGuard } from './leave-guard.tsx';
import { SaveDialog } from './save/save-dialog.tsx';
import { SettingsDialog } from './settings/settings-dialog.tsx';
import { useSourceChoices } from './use-source-choices.ts';

export interface EditBarProps {
  readonly uid: string;
  readonly draft: DraftState;
}

/** Back and forth through the changes, the dashboard's settings, and saving. */
export function EditBar({ uid, draft }: EditBarProps): ReactElement {
  const { history, meta } = draft;
  const [open, setOpen] = useState<'save' | 'settings'>();
  const sources = useSourceChoices();
  const changed = isChanged(history) || (meta.revision === 0 && !meta.builtin);
  useShortcuts(
    useMemo(
      (): Shortcut[] => [
        { keys: 'mod+z', label: 'Undo', group: 'Dashboard', run: () => undoDraft(uid) },
        { keys: 'mod+y', label: 'Redo', group: 'Dashboard', run: () => redoDraft(uid) },
        { keys: 'mod+s', label: 'Save', group: 'Dashboard', everywhere: true, run: () => setOpen('save') },
      ],
      [uid],
    ),
  );
  return (
    <>
      <Tooltip label="Undo (⌘Z)">
        <ActionIcon aria-label="Undo" variant="default" disabled={history.past.length === 0} onClick={() => undoDraft(uid)}>
          <IconArrowBackUp size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Redo (⌘Y)">
        <ActionIcon aria-label="Redo" variant="default" disabled={history.future.length === 0} onClick={() => redoDraft(uid)}>
          <IconArrowForwardUp size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Settings, variables, annotations, revisions, JSON">
        <ActionIcon aria-label="Settings" variant="default" onClick={() => setOpen('settings')}>
          <IconSettings size={16} />
        </ActionIcon>
      </Tooltip>
      <Button leftSection={<IconDeviceFloppy size={16} />} disabled={!changed} onClick={() => setOpen('save')}>
        Save
      </Button>
      {open === 'save' && <SaveDialog {...{ uid, draft }} onClose={() => setOpen(undefined)} />}
      {open === 'settings' && <SettingsDialog {...{ uid, draft, sources }} onClose={() => setOpen(undefined)} />}
      <LeaveGuard uid={uid} isChanged={changed && history.past.length > 0} />
    </>
  );
}
