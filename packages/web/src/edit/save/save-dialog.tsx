import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { formatTime } from '@vitrine/compute/time.ts';
import type { DashboardAnswer } from '@vitrine/model/api.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { ApiError } from '../../api/client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { saveLibraryChanges, useLibraryChanges } from '../../library/library-changes.ts';
import type { LibraryChange } from '../../library/library-changes.ts';
import { usedBySentence } from '../../library/used-by.ts';
import { act, discardDraft, openDraft } from '../draft.ts';
import type { DraftState } from '../draft.ts';
import { FolderField } from './folder-field.tsx';
import { JsonDiff } from './json-diff.tsx';
import { saveCopy, saveDraft } from './save.ts';
import classes from './save.module.css';

export interface SaveDialogProps {
  readonly uid: string;
  readonly draft: DraftState;
  readonly onClose: () => void;
}

type Step =
  | { readonly kind: 'ask' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'conflict'; readonly sentence: string; readonly theirs: DashboardAnswer };

/** Saves the changes with a word about them; what comes from a file can only be saved as a copy. */
export function SaveDialog({ uid, draft, onClose }: SaveDialogProps): ReactElement {
  const { history, meta } = draft;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [message, setMessage] = useState('');
  const isNew = meta.revision === 0 && !meta.builtin;
  const [title, setTitle] = useState(isNew ? history.now.title : `${history.now.title} (copy)`);
  const [folder, setFolder] = useState<string | undefined>();
  const [step, setStep] = useState<Step>({ kind: 'ask' });
  const library = useLibraryChanges(history.now, history.saved);

  const finish = (answer: DashboardAnswer): void => {
    client.setQueryData(['dashboard', answer.dashboard.uid], answer);
    void client.invalidateQueries({ queryKey: ['dashboards'] });
    void client.invalidateQueries({ queryKey: ['panel-data', uid] });
    onClose();
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setStep({ kind: 'saving' });
    try {
      await work();
    } catch (error) {
      setStep({ kind: 'failed', sentence: error instanceof Error ? error.message : String(error) });
      // The shell shows the way in; the draft stays, and this dialog can be opened again after it.
      if (error instanceof ApiError && error.status === 401) await client.invalidateQueries(sessionQuery);
    }
  };
  const save = (overwrite: boolean) =>
    attempt(async () => {
      await saveLibraryChanges(client, library ?? []);
      if (isNew) act(uid, (now) => ({ ...now, title }));
      const outcome = await saveDraft(uid, { message, folder, overwrite });
      if (outcome.kind === 'saved') finish(outcome.answer);
      else setStep(outcome);
    });
  const copy = () =>
    attempt(async () => {
      const answer = await saveCopy(history.now, title, folder);
      discardDraft(uid);
      finish(answer);
      await navigate({ to: '/d/$uid', params: { uid: answer.dashboard.uid } });
    });
  const takeTheirs = (theirs: DashboardAnswer): void => {
    discardDraft(uid);
    openDraft(theirs);
    finish(theirs);
  };

  const busy = step.kind === 'saving';
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={meta.builtin ? 'Save as a dashboard of your own' : isNew ? 'Save the new dashboard' : `Save ${history.now.title}`}
    >
      <div className={classes.fields}>
        {step.kind === 'conflict' ? (
          <>
            <p role="alert">
              <strong>{step.theirs.updatedBy || 'Somebody'}</strong> saved revision {step.theirs.revision} while you were editing,
              at {formatTime(Math.floor(step.theirs.updatedMs / 1_000) * 1_000, 'browser')}. What differs:{' '}
              <span className={classes.theirs}>theirs</span> against <span className={classes.yours}>yours</span>.
            </p>
            <JsonDiff label="Theirs against yours" before={step.theirs.dashboard} after={history.now} />
            <Group justify="end">
              <Button variant="default" onClick={onClose}>
                Go on editing
              </Button>
              <Button variant="default" onClick={() => takeTheirs(step.theirs)}>
                Take theirs
              </Button>
              <Button color="red" onClick={() => void save(true)}>
                Save mine over theirs
              </Button>
            </Group>
          </>
        ) : (
          <>
            {meta.builtin ? (
              <>
                <p>This dashboard comes with Vitrine or from a file, so it cannot be changed here. A copy can.</p>
                <TextInput label="Title" value={title} data-autofocus onChange={(event) => setTitle(event.currentTarget.value)} />
              </>
            ) : isNew ? (
              <TextInput label="Title" value={title} data-autofocus onChange={(event) => setTitle(event.currentTarget.value)} />
            ) : (
              <Textarea
                label="What did you change?"
                placeholder="Optional; stands in the list of revisions"
                data-autofocus
                autosize
                minRows={2}
                value={message}
                onChange={(event) => setMessage(event.currentTarget.value)}
              />
            )}
            <FolderField value={folder ?? meta.folder?.uid ?? ''} onChange={setFolder} />
            {!meta.builtin && library !== undefined && <LibraryNotice changes={library} here={uid} />}
            {!meta.builtin && !isNew && <JsonDiff label="Changes" before={history.saved} after={history.now} />}
            {step.kind === 'failed' && (
              <p className={classes.problem} role="alert">
                {step.sentence}
              </p>
            )}
            <Group justify="end">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button
                loading={busy}
                disabled={library === undefined || ((meta.builtin || isNew) && title.trim() === '')}
                onClick={() => void (meta.builtin ? copy() : save(false))}
              >
                {meta.builtin ? 'Save copy' : 'Save'}
              </Button>
            </Group>
          </>
        )}
      </div>
    </Modal>
  );
}

/** Who else sees what is saved here. */
function LibraryNotice({
  changes,
  here,
}: {
  readonly changes: readonly LibraryChange[];
  readonly here: string;
}): ReactElement | null {
  if (changes.length === 0) return null;
  return (
    <ul className={classes.library} aria-label="Library panels that change">
      {changes.map(({ known: { uid, name, usedBy, updatedBy }, isStale }) => (
        <li key={uid}>
          The library panel <strong>{name}</strong> changes with it. {usedBySentence(usedBy, here)}
          {isStale && ` ${updatedBy === '' ? 'Somebody' : updatedBy} changed it meanwhile: saving replaces that.`}
        </li>
      ))}
    </ul>
  );
}
