import { Autocomplete, Button, FileButton, Modal, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFile, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { RunFileFormat } from '@vitrine/model/run-file.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { useState } from 'react';
import type { DragEvent, ReactElement } from 'react';
import { RUNS_KEY } from '../runs-queries.ts';
import type { RunFileDraft } from './add-requests.ts';
import { runFilePreviewQuery, sendRunFile } from './add-requests.ts';
import classes from './add.module.css';
import { RunFileRows } from './run-file-rows.tsx';

const SETTLE_MS = 300;
const FORMATS: Readonly<Record<RunFileFormat, string>> = {
  'trainer-state': 'trainer_state.json',
  csv: 'CSV',
  jsonl: 'JSON lines',
  text: 'Text log',
};

export interface AddDialogProps {
  /** Names of those that there are. */
  readonly projects: readonly string[];
  readonly onClose: () => void;
}

/** Makes a run of a file that a training left behind; what would be read of it is shown first. */
export function RunFileDialog({ projects, onClose }: AddDialogProps): ReactElement {
  const [file, setFile] = useState<File>();
  const [isOver, setIsOver] = useState(false);
  const take = (next: File | null | undefined): void => void (next !== null && next !== undefined && setFile(next));
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <Modal opened onClose={onClose} title="Add a run from a file" size={760}>
      <div
        className={classes.dialog}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={onDrop}
      >
        <section
          className={classes.drop}
          data-over={isOver || undefined}
          data-taken={file !== undefined || undefined}
          aria-label="The file"
        >
          {file === undefined ? (
            <>
              <IconUpload size={24} stroke={1.5} aria-hidden />
              <p>
                Drop what a training left behind: Hugging Face’s trainer_state.json, metrics.csv of Lightning or Keras, Ray Tune’s
                result.json, JSON lines, or a log as it was printed.
              </p>
            </>
          ) : (
            <>
              <IconFile size={18} stroke={1.5} aria-hidden />
              <strong className={classes.fileName}>{file.name}</strong>
              <span className={classes.dim}>{formatText(file.size, 'bytes')}</span>
            </>
          )}
          <FileButton onChange={take}>
            {(props) => (
              <Button {...props} variant={file === undefined ? 'filled' : 'default'}>
                {file === undefined ? 'Choose a file' : 'Take another'}
              </Button>
            )}
          </FileButton>
        </section>
        {file !== undefined && (
          <RunFileForm key={`${file.name} ${file.size} ${file.lastModified}`} {...{ file, projects, onClose }} />
        )}
      </div>
    </Modal>
  );
}

function RunFileForm({ file, projects, onClose }: AddDialogProps & { readonly file: File }): ReactElement {
  const client = useQueryClient();
  const router = useRouter();
  const [draft, setDraft] = useState<RunFileDraft>({ project: '', name: '', format: '', pattern: '' });
  const change = (part: Partial<RunFileDraft>): void => setDraft({ ...draft, ...part });
  // What is typed is not asked for letter by letter.
  const [settled] = useDebouncedValue(draft, SETTLE_MS);
  const { data: preview, error, isFetching } = useQuery(runFilePreviewQuery(file, settled));
  const send = useMutation({
    mutationFn: () => sendRunFile(file, draft),
    async onSuccess({ run }) {
      await client.invalidateQueries({ queryKey: RUNS_KEY });
      onClose();
      router.history.push(`/runs/${encodeURIComponent(run)}`);
    },
  });
  // A log that nothing is found in is where a pattern is needed most.
  const isText =
    draft.format === 'text' || draft.pattern !== '' || (draft.format === '' && (preview?.format ?? 'text') === 'text');
  const problem = send.error ?? error;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!send.isPending) send.mutate();
      }}
    >
      <div className={classes.fields}>
        <Autocomplete
          label="Project"
          size="sm"
          placeholder="Default"
          maxLength={250}
          data={[...projects]}
          value={draft.project}
          onChange={(project) => change({ project })}
        />
        <TextInput
          label="Name"
          placeholder={preview?.name ?? file.name}
          maxLength={250}
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Select
          label="Format"
          allowDeselect={false}
          data={[
            {
              value: '',
              label: preview === undefined || draft.format !== '' ? 'By the file' : `By the file: ${FORMATS[preview.format]}`,
            },
            ...Object.entries(FORMATS).map(([value, label]) => ({ value, label })),
          ]}
          value={draft.format}
          onChange={(format) =>
            change({ format: (format ?? '') as RunFileDraft['format'], pattern: format === 'text' ? draft.pattern : '' })
          }
        />
      </div>
      {isText && (
        <TextInput
          label="Pattern"
          classNames={{ input: classes.pattern }}
          description="RE2 with a named group for the step, the epoch and each metric. Without it, pairs such as “step 10: loss 2.5” are found."
          placeholder="it (?<step>\d+) \| L=(?<loss>\S+)"
          maxLength={2_000}
          value={draft.pattern}
          onChange={(event) => change({ pattern: event.currentTarget.value })}
        />
      )}
      {problem !== null ? (
        <p className={classes.problem} role="alert">
          {problem.message.replace(/^file: /, 'The file ').replace(/[^.]$/, '$&.')}
        </p>
      ) : preview === undefined ? (
        <p className={classes.dim} role="status">
          Reading…
        </p>
      ) : (
        <RunFileRows preview={preview} isOld={isFetching} />
      )}
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={send.isPending} disabled={preview === undefined || error !== null || settled !== draft}>
          Add the run
        </Button>
      </div>
    </form>
  );
}
