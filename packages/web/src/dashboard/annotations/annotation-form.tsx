import { Button, Group, Modal, TagsInput, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { formatTime } from '@vitrine/compute/time.ts';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { ask } from '../../api/client.ts';
import type { AnnotationDraft } from '../scope.ts';
import classes from './annotation-form.module.css';
import { annotationsKey } from './use-annotations.ts';

interface AnnotationFormProps {
  readonly dashboard: string;
  readonly timeZone: string;
  readonly draft: AnnotationDraft;
  readonly onClose: () => void;
}

/** What happened there: in words and tags. Changes and removes what is written down already. */
export function AnnotationForm({ dashboard, timeZone, draft, onClose }: AnnotationFormProps): ReactElement {
  const { event } = draft;
  const client = useQueryClient();
  const [text, setText] = useState(event?.text ?? '');
  const [tags, setTags] = useState<string[]>([...(event?.tags ?? [])]);
  const send = useMutation({
    mutationFn: (removes: boolean) => save(dashboard, draft, text.trim(), tags, removes),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: annotationsKey(dashboard) });
      onClose();
    },
  });
  const isInstant = Math.round(draft.toMs) <= Math.round(draft.fromMs);
  const submit = (submitted: FormEvent): void => {
    submitted.preventDefault();
    if (text.trim() !== '') send.mutate(false);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={event === undefined ? 'What happened here?' : 'Change what is written here'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className={classes.form} onSubmit={submit}>
        <p className={classes.when}>
          {formatTime(Math.round(draft.fromMs), timeZone)}
          {!isInstant && ` – ${formatTime(Math.round(draft.toMs), timeZone)}`}
        </p>
        <Textarea
          label="Text"
          data-autofocus
          autosize
          minRows={2}
          maxRows={8}
          maxLength={10_000}
          value={text}
          onChange={(changed) => setText(changed.currentTarget.value)}
        />
        <TagsInput label="Tags" placeholder="deploy, incident" value={tags} onChange={setTags} maxTags={50} clearable />
        {send.error !== null && (
          <p className={classes.problem} role="alert">
            {send.error.message}
          </p>
        )}
        <Group justify="space-between">
          {event === undefined ? (
            <span />
          ) : (
            <Button variant="subtle" color="red" loading={send.isPending} onClick={() => send.mutate(true)}>
              Remove
            </Button>
          )}
          <Group gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={text.trim() === ''} loading={send.isPending}>
              Save
            </Button>
          </Group>
        </Group>
      </form>
    </Modal>
  );
}

async function save(
  dashboard: string,
  { event, panel, fromMs, toMs }: AnnotationDraft,
  text: string,
  tags: readonly string[],
  removes: boolean,
): Promise<void> {
  const path = event?.id === undefined ? '/api/annotations' : `/api/annotations/${event.id}`;
  if (removes) {
    await ask(path, { method: 'DELETE' });
  } else if (event?.id !== undefined) {
    await ask(path, { method: 'PATCH', body: { text, tags } });
  } else {
    const body = { dashboardUID: dashboard, panelId: panel, time: Math.round(fromMs), timeEnd: Math.round(toMs), text, tags };
    await ask(path, { method: 'POST', body });
  }
}
