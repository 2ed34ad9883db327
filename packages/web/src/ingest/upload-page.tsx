import { Button, FileButton, Select } from '@mantine/core';
import { IconFile, IconUpload } from '@tabler/icons-react';
import type { UploadPreview } from '@vitrine/model/upload.ts';
import { useEffect, useRef, useState } from 'react';
import type { DragEvent, ReactElement } from 'react';
import { TopBar } from '../app/top-bar.tsx';
import { ForEditors } from '../state/for-editors.tsx';
import { bytesText, countText } from './upload-words.ts';
import { draftOf } from './upload-draft.ts';
import { UploadForm } from './upload-form.tsx';
import { askPreview } from './upload-request.ts';
import classes from './upload.module.css';

const DELIMITERS = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar |' },
];

/** `/ingest/upload`: a file of samples; what its columns mean is settled before anything is stored. */
export function UploadPage(): ReactElement {
  return (
    <ForEditors title="Files are for editors and admins to bring">
      <Upload />
    </ForEditors>
  );
}

type Looked =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly file: File; readonly sent: number }
  | { readonly kind: 'failed'; readonly file: File; readonly sentence: string }
  | {
      readonly kind: 'read';
      readonly file: File;
      readonly preview: UploadPreview;
      readonly endMs: number;
      readonly number: number;
    };

function Upload(): ReactElement {
  const [looked, setLooked] = useState<Looked>({ kind: 'none' });
  const [isOver, setIsOver] = useState(false);
  const resetFile = useRef<() => void>(null);
  const running = useRef<AbortController>(undefined);
  const count = useRef(0);
  useEffect(() => () => running.current?.abort(), []);

  const look = async (file: File, delimiter?: string): Promise<void> => {
    running.current?.abort();
    const asking = new AbortController();
    running.current = asking;
    setLooked({ kind: 'reading', file, sent: 0 });
    try {
      const onSent = (sent: number): void => setLooked({ kind: 'reading', file, sent });
      const preview = await askPreview(file, delimiter === undefined ? {} : { delimiter }, onSent, asking.signal);
      const endMs = file.lastModified > 0 ? Math.min(Date.now(), file.lastModified) : Date.now();
      setLooked({ kind: 'read', file, preview, endMs, number: ++count.current });
    } catch (error) {
      if (asking.signal.aborted) return;
      setLooked({ kind: 'failed', file, sentence: error instanceof Error ? error.message : String(error) });
    }
  };
  const choose = (file: File | null | undefined): void => {
    resetFile.current?.();
    if (file !== null && file !== undefined) void look(file);
  };
  const forget = (): void => {
    running.current?.abort();
    setLooked({ kind: 'none' });
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    choose(event.dataTransfer.files[0]);
  };

  return (
    <>
      <TopBar crumbs={[{ label: 'Ingest', to: '/ingest' }, { label: 'Upload a file' }]} />
      <div
        className={classes.page}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={onDrop}
      >
        {looked.kind === 'none' || looked.kind === 'failed' ? (
          <section className={classes.drop} data-over={isOver || undefined} aria-label="The file">
            <IconUpload size={28} stroke={1.5} aria-hidden />
            <h2>Bring samples in a file</h2>
            <p className={classes.hint}>
              CSV, JSONL (both perhaps packed by gzip) or Parquet, with a row for each time. Drop it here, and see what its
              columns mean before anything is stored.
            </p>
            <FileButton resetRef={resetFile} accept=".csv,.tsv,.txt,.jsonl,.ndjson,.json,.gz,.parquet,.pq" onChange={choose}>
              {(props) => <Button {...props}>Choose a file</Button>}
            </FileButton>
            {looked.kind === 'failed' && (
              <p className={classes.problem} role="alert">
                {looked.file.name}: {looked.sentence.replace(/^file: /, '')}.
              </p>
            )}
          </section>
        ) : (
          <section className={classes.file} data-over={isOver || undefined} aria-label="The file">
            <IconFile size={18} stroke={1.5} aria-hidden />
            <strong className={classes.fileName}>{looked.file.name}</strong>
            <span className={classes.dim}>{bytesText(looked.file.size)}</span>
            {looked.kind === 'reading' && (
              <span role="status" className={classes.dim}>
                {looked.sent < 1 && looked.file.size > 4_000_000 ? `Sending, ${Math.round(looked.sent * 100)} %` : 'Reading…'}
              </span>
            )}
            {looked.kind === 'read' && <Facts preview={looked.preview} />}
            <span className={classes.push} />
            {looked.kind === 'read' && looked.preview.csv !== undefined && (
              <Select
                aria-label="What separates the cells"
                className={classes.delimiter}
                data={DELIMITERS}
                value={looked.preview.csv.delimiter}
                onChange={(delimiter) => delimiter !== null && void look(looked.file, delimiter)}
                allowDeselect={false}
              />
            )}
            <Button variant="default" onClick={forget}>
              {looked.kind === 'reading' ? 'Cancel' : 'Take another'}
            </Button>
          </section>
        )}
        {looked.kind === 'read' && (
          <UploadForm
            key={looked.number}
            file={looked.file}
            preview={looked.preview}
            first={draftOf(looked.preview, looked.file.name, looked.endMs)}
            onAnother={forget}
          />
        )}
      </div>
    </>
  );
}

const FORMATS = { csv: 'CSV', jsonl: 'JSONL', parquet: 'Parquet' } as const;

function Facts({ preview }: { readonly preview: UploadPreview }): ReactElement {
  const { format, gzip, columns, rowCount, notices } = preview;
  return (
    <>
      <span className={classes.dim}>
        {FORMATS[format]}
        {gzip ? ' in gzip' : ''}, {countText(columns.length, 'column')}
        {rowCount === undefined ? '' : `, ${countText(rowCount, 'row')}`}
      </span>
      {notices.map((notice) => (
        <span key={notice} className={classes.notice}>
          {notice}
        </span>
      ))}
    </>
  );
}
