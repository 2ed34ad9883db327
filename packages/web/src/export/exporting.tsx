import { Button, Group, Modal, Progress } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { Arranged } from '../dashboard/arrange.ts';
import { saveFile } from '../dashboard/save-file.ts';
import type { DashboardScope } from '../dashboard/scope.ts';
import { chosenText } from './chosen-text.ts';
import { instantText, rangeText } from './range-text.ts';
import { Stage } from './stage.tsx';
import { takePictures } from './take-pictures.ts';
import { pageColor, wholePng } from './whole-png.ts';

export interface ExportingProps {
  readonly scope: DashboardScope;
  readonly title: string;
  readonly arranged: Arranged;
  readonly form: 'pdf' | 'png';
  readonly onDone: () => void;
  readonly onProblem: (sentence: string) => void;
}

interface Progressing {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** Draws the whole dashboard out of sight, and makes a file of it. Shows how far it is. */
export function Exporting({ scope, title, arranged, form, onDone, onProblem }: ExportingProps): ReactElement {
  const [progress, setProgress] = useState<Progressing | undefined>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const begin = useCallback(
    async (stage: HTMLElement): Promise<void> => {
      const abort = new AbortController();
      running.current = abort;
      const { signal } = abort;
      const tell = (what: string) => (done: number, total: number) => setProgress({ what, done, total });
      try {
        const pictures = await takePictures(stage, { onProgress: tell('pictures taken'), signal });
        if (form === 'png') {
          saveFile(`${title}.png`, await wholePng(pictures, pageColor()), 'image/png');
        } else {
          const { writePdf } = await import('./write-pdf.ts');
          const about = [rangeText(scope.range), chosenText(scope)].filter(Boolean).join(' · ');
          const foot = `Vitrine · as of ${instantText(scope.range.get().toMs, scope.range.timeZone)}`;
          const bytes = await writePdf({ title, about, foot, pictures, onProgress: tell('panels written'), signal });
          saveFile(`${title}.pdf`, new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/pdf' }), 'application/pdf');
        }
        onDone();
      } catch (error) {
        if (!signal.aborted) onProblem(error instanceof Error ? error.message : String(error));
      }
    },
    [form, onDone, onProblem, scope, title],
  );

  return (
    <>
      <Stage scope={scope} arranged={arranged} isPaper={form === 'pdf'} onReady={(stage) => void begin(stage)} />
      <Modal opened onClose={onDone} title={form === 'pdf' ? 'Making the PDF' : 'Making the PNG'} withCloseButton={false}>
        <p role="status">
          {progress === undefined ? 'The panels are being drawn…' : `${progress.done} of ${progress.total} ${progress.what}.`}
        </p>
        <Progress
          value={progress === undefined || progress.total === 0 ? 0 : (progress.done / progress.total) * 100}
          aria-label="What is done"
        />
        <Group justify="end" mt={12}>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
        </Group>
      </Modal>
    </>
  );
}
