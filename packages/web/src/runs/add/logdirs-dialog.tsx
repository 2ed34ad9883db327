import { ActionIcon, Autocomplete, Button, Modal, TextInput, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { LogdirState } from '@vitrine/model/logdir-state.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { followLogdir, leaveLogdir, logdirsQuery } from './add-requests.ts';
import classes from './add.module.css';
import type { AddDialogProps } from './run-file-dialog.tsx';

const STATES = {
  reading: { status: 'running', word: 'Reading' },
  following: { status: 'healthy', word: 'Following' },
  done: { status: 'finished', word: 'Read once' },
  missing: { status: 'critical', word: 'Not there' },
} as const;

/** Folders of TensorBoard's event files that the server reads: how far it is with each, and one more. */
export function LogdirsDialog({ projects, onClose }: AddDialogProps): ReactElement {
  const client = useQueryClient();
  const { data: logdirs, error } = useQuery(logdirsQuery);
  const [path, setPath] = useState('');
  const [project, setProject] = useState('');
  const renew = (): Promise<void> => client.invalidateQueries({ queryKey: logdirsQuery.queryKey });
  const leave = useMutation({ mutationFn: leaveLogdir, onSettled: renew });
  const follow = useMutation({
    mutationFn: () => followLogdir(path.trim(), project.trim()),
    onSuccess() {
      setPath('');
      return renew();
    },
  });
  const failed = leave.error ?? error;
  return (
    <Modal opened onClose={onClose} title="TensorBoard folders" size={760}>
      <div className={classes.dialog}>
        {failed !== null && (
          <p className={classes.problem} role="alert">
            {failed.message}
          </p>
        )}
        {logdirs !== undefined &&
          (logdirs.length === 0 ? (
            <p className={classes.dim}>No folder is followed yet.</p>
          ) : (
            <ul className={classes.logdirs} aria-label="Followed folders">
              {logdirs.map((logdir) => (
                <Logdir key={logdir.id} logdir={logdir} isLeaving={leave.isPending} onLeave={() => leave.mutate(logdir.id)} />
              ))}
            </ul>
          ))}
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (path.trim() !== '' && !follow.isPending) follow.mutate();
          }}
        >
          <div className={classes.fields}>
            <TextInput
              className={classes.path}
              label="Folder"
              description="On the machine that Vitrine runs on. All event files below it are read, and followed while they grow."
              placeholder="/home/me/project/runs"
              required
              data-autofocus
              maxLength={4_096}
              value={path}
              onChange={(event) => setPath(event.currentTarget.value)}
            />
            <Autocomplete
              label="Project"
              description="Usually the folder’s name."
              size="sm"
              maxLength={250}
              data={[...projects]}
              value={project}
              onChange={setProject}
            />
          </div>
          {follow.error !== null && (
            <p className={classes.problem} role="alert">
              {follow.error.message.replace(/^path: t/, 'T').replace(/[^.]$/, '$&.')}
            </p>
          )}
          <div className={classes.actions}>
            <Button type="submit" disabled={path.trim() === ''} loading={follow.isPending}>
              Follow it
            </Button>
          </div>
        </form>
      </div>
    </Modal>
  );
}

interface LogdirProps {
  readonly logdir: LogdirState;
  readonly isLeaving: boolean;
  readonly onLeave: () => void;
}

function Logdir({ logdir, isLeaving, onLeave }: LogdirProps): ReactElement {
  const { path, project, byConfig, state, files, runs, bytes, bytesRead, skipped, problems, trouble } = logdir;
  const { status, word } = STATES[state];
  return (
    <li className={classes.logdir}>
      <div className={classes.logdirHead}>
        <code className={classes.fileName}>{path}</code>
        <Tooltip label={byConfig ? 'The configuration names it: it is removed there' : 'Follow it no longer; its runs stay'}>
          <ActionIcon
            aria-label={`Leave ${path}`}
            {...(byConfig ? { 'data-disabled': true, 'aria-disabled': true } : {})}
            disabled={isLeaving}
            onClick={() => !byConfig && onLeave()}
          >
            <IconX size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      <p className={classes.facts}>
        <span>
          <StatusShape status={status} /> {word}
        </span>
        <span>project {project}</span>
        <span>{plural(runs, 'run')}</span>
        <span>{plural(files, 'file')}</span>
        <span>
          {bytesRead < bytes ? `${formatText(bytesRead, 'bytes')} of ` : ''}
          {formatText(bytes, 'bytes')}
        </span>
      </p>
      {trouble !== '' && <p className={classes.problem}>{trouble}</p>}
      {skipped !== '' && <p className={classes.notice}>Left out: {skipped}.</p>}
      {problems.length > 0 && (
        <details>
          <summary className={classes.problem}>{plural(problems.length, 'file')} could not be read on</summary>
          <ul className={classes.problems}>
            {problems.map(({ file, sentence }) => (
              <li key={file}>{file === '' ? sentence : `${file}: ${sentence}`}</li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function plural(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}
