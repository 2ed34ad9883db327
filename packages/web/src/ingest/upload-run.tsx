import { Button, Progress } from '@mantine/core';
import { IconCompass, IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { formatTime } from '@vitrine/compute/time.ts';
import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';
import { formatText } from '@vitrine/model/unit.ts';
import type { UploadAnswer } from '@vitrine/model/upload.ts';
import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { saveFile } from '../dashboard/save-file.ts';
import { writePane } from '../explore/explore-state.ts';
import { writeRange } from '../time/zoom.ts';
import { exprOf } from './upload-draft.ts';
import { sendFile } from './upload-request.ts';
import type { Sending } from './upload-request.ts';
import { bytesText, countText } from './upload-words.ts';
import classes from './upload.module.css';

/** Files up to that size are gone through without being asked to. */
const CHECKED_BYTES = 16_777_216;
const METRICS_LINKED = 12;

type State =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'sending';
      readonly dryRun: boolean;
      readonly sending: Sending;
      readonly seconds: number;
    }
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'cancelled'; readonly dryRun: boolean; readonly sending: Sending }
  | { readonly kind: 'done'; readonly answer: UploadAnswer };

interface UploadRunProps {
  readonly file: File;
  /** As JSON. */
  readonly mapping: Readonly<Record<string, unknown>>;
  /** It is not being changed just now. */
  readonly isSettled: boolean;
  readonly onBusy: (isBusy: boolean) => void;
  readonly onAnother: () => void;
}

const BEGUN = { kind: 'sending', sending: { sent: 0, progress: undefined }, seconds: 0 } as const;

interface SendHow {
  readonly file: File;
  readonly mapping: Readonly<Record<string, unknown>>;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Tells what becomes of it, to the end. */
async function send({ file, mapping, dryRun, signal }: SendHow, tell: (state: State) => void): Promise<void> {
  const startedMs = performance.now();
  let last: Sending = BEGUN.sending;
  const onProgress = (sending: Sending): void => {
    last = sending;
    tell({ kind: 'sending', dryRun, sending, seconds: (performance.now() - startedMs) / 1_000 });
  };
  try {
    tell({ kind: 'done', answer: await sendFile(file, mapping, dryRun, onProgress, signal) });
  } catch (error) {
    if (signal.aborted) tell({ kind: 'cancelled', dryRun, sending: last });
    else tell({ kind: 'failed', sentence: error instanceof Error ? error.message : String(error) });
  }
}

/** Goes through a file and says what would be stored, then stores it. */
export function UploadRun({ file, mapping, isSettled, onBusy, onAnother }: UploadRunProps): ReactElement {
  const isSmall = file.size <= CHECKED_BYTES;
  const [state, setState] = useState<State>(isSmall ? { ...BEGUN, dryRun: true } : { kind: 'idle' });
  const running = useRef<AbortController>(undefined);
  const run = (dryRun: boolean): void => {
    running.current?.abort();
    const asking = new AbortController();
    running.current = asking;
    setState({ ...BEGUN, dryRun });
    onBusy(!dryRun);
    void send({ file, mapping, dryRun, signal: asking.signal }, (next) => {
      if (running.current !== asking) return;
      setState(next);
      if (next.kind !== 'sending') onBusy(false);
    });
  };
  // A file that is small is gone through at once; the page makes this anew for another mapping.
  useEffect(() => {
    const asking = new AbortController();
    running.current = asking;
    if (file.size <= CHECKED_BYTES) {
      void send({ file, mapping, dryRun: true, signal: asking.signal }, (next) => {
        if (running.current === asking) setState(next);
      });
    }
    return () => {
      const { current } = running;
      running.current = undefined;
      current?.abort();
    };
  }, [file, mapping]);
  const isImporting = state.kind === 'sending' && !state.dryRun;
  useEffect(() => {
    if (!isImporting) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isImporting]);

  const isStored = state.kind === 'done' && !state.answer.dryRun;
  return (
    <section className={classes.run} aria-label="Import">
      <div className={classes.verdict} role="status" aria-live="polite">
        {state.kind === 'idle' && <span className={classes.dim}>Nothing is stored yet.</span>}
        {state.kind === 'sending' && <Underway state={state} file={file} />}
        {state.kind === 'cancelled' && (
          <p>
            {state.dryRun
              ? 'Cancelled.'
              : `Cancelled. ${countText(state.sending.progress?.accepted ?? 0, 'sample')} or a few more were stored before; to import the file again does not double them.`}
          </p>
        )}
        {state.kind === 'done' && <Answer answer={state.answer} />}
      </div>
      {state.kind === 'failed' && (
        <p className={classes.problem} role="alert">
          <StatusShape status="critical" /> {state.sentence}
        </p>
      )}
      <div className={classes.actions}>
        {state.kind === 'sending' && (!state.dryRun || !isSmall) ? (
          <Button variant="default" onClick={() => running.current?.abort()}>
            Cancel
          </Button>
        ) : isStored ? (
          <>
            {state.answer.accepted > 0 && <ExploreIt answer={state.answer} />}
            <Button variant="default" onClick={onAnother}>
              Bring another file
            </Button>
          </>
        ) : (
          <>
            <Button disabled={!isSettled} onClick={() => run(false)}>
              Import
            </Button>
            {!isSmall && (
              <Button variant="default" disabled={!isSettled} onClick={() => run(true)}>
                Check the whole file
              </Button>
            )}
          </>
        )}
      </div>
      {state.kind === 'done' && state.answer.rowsRefused.length > 0 && <RefusedRows answer={state.answer} fileName={file.name} />}
    </section>
  );
}

function Underway({
  state,
  file,
}: {
  readonly state: Extract<State, { readonly kind: 'sending' }>;
  readonly file: File;
}): ReactElement {
  const { dryRun, sending, seconds } = state;
  const { sent, progress } = sending;
  const isKnown = sent > 0.02 && sent < 1 && seconds > 2;
  return (
    <>
      <Progress value={sent * 100} aria-label={dryRun ? 'Checked' : 'Imported'} animated={sent >= 1} />
      <p className={classes.facts}>
        <span>{dryRun ? 'Checking' : 'Importing'}</span>
        <span>
          {bytesText(sent * file.size)} of {bytesText(file.size)}
        </span>
        {progress !== undefined && (
          <>
            <span>{countText(progress.rows, 'row')}</span>
            <span>{countText(progress.accepted, 'sample')}</span>
            {progress.refused > 0 && <span>{countText(progress.refused, 'refusal')}</span>}
            {seconds > 1 && <span>{formatText(progress.accepted / seconds, 'short')} samples/s</span>}
          </>
        )}
        {isKnown && <span>{formatText((seconds / sent) * (1 - sent), 's')} left</span>}
      </p>
    </>
  );
}

function Answer({ answer }: { readonly answer: UploadAnswer }): ReactElement {
  const { dryRun, rows, accepted, refused, series, metrics, fromMs, toMs, reasons, stopped } = answer;
  return (
    <>
      <p className={classes.facts}>
        <StatusShape status={accepted === 0 || stopped !== undefined ? 'critical' : refused > 0 ? 'warning' : 'healthy'} />
        <strong>
          {accepted === 0
            ? dryRun
              ? 'Nothing would be stored'
              : 'Nothing was stored'
            : `${countText(accepted, 'sample')} ${dryRun ? 'would be stored' : accepted === 1 ? 'is stored' : 'are stored'}`}
        </strong>{' '}
        <span>of {countText(rows, 'row')},</span>{' '}
        {accepted > 0 && (
          <span>
            {countText(series, 'series')} of {metrics.length < 100 ? countText(metrics.length, 'metric') : '100 metrics or more'}
          </span>
        )}{' '}
        {fromMs !== undefined && toMs !== undefined && (
          <span>
            {formatTime(fromMs, 'browser')} to {formatTime(toMs, 'browser')}
          </span>
        )}
      </p>
      {!dryRun && metrics.length > 1 && accepted > 0 && (
        <p className={classes.facts}>
          <span>Explore</span>
          {metrics.slice(0, METRICS_LINKED).map((metric) => (
            <Link key={metric} to="/explore" search={exploreSearch(answer, [metric])} className={classes.metric}>
              {metric}
            </Link>
          ))}
          {metrics.length > METRICS_LINKED && <span>and {metrics.length - METRICS_LINKED} more</span>}
        </p>
      )}
      {stopped !== undefined && <p className={classes.problem}>It stopped before the file’s end: {stopped}.</p>}
      {reasons.length > 0 && (
        <ul className={classes.reasons}>
          {reasons.map(({ reason, count, sentence }) => (
            <li key={reason}>
              <strong>
                {countText(count, 'time')}: {reason}.
              </strong>{' '}
              {sentence}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function ExploreIt({ answer }: { readonly answer: UploadAnswer }): ReactElement {
  return (
    <Button
      renderRoot={(props) => <Link to="/explore" search={exploreSearch(answer, answer.metrics)} {...props} />}
      leftSection={<IconCompass size={15} />}
    >
      Explore it
    </Button>
  );
}

/** What was brought is in the last minutes of the range, so that its last values are found too. */
function exploreSearch({ fromMs = 0, toMs = 0 }: UploadAnswer, metrics: readonly string[]) {
  const marginMs = Math.min(60_000, Math.max(1_000, (toMs - fromMs) * 0.02));
  const spec = { expr: exprOf(metrics), legendFormat: '', range: true, instant: false };
  const left = writePane({ queries: [{ refId: 'A', source: BUILTIN_SOURCE, hidden: false, spec }], view: 'auto' });
  return { left, ...writeRange({ fromMs: fromMs - marginMs, toMs: toMs + marginMs }) };
}

function RefusedRows({ answer, fileName }: { readonly answer: UploadAnswer; readonly fileName: string }): ReactElement {
  const { rowsRefused } = answer;
  const save = (): void => {
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const lines = rowsRefused.map(({ row, column, reason, sentence }) =>
      [row === undefined ? '' : String(row), quoted(column), quoted(reason), quoted(sentence)].join(','),
    );
    saveFile(`${fileName} refused.csv`, `row,column,reason,sentence\n${lines.join('\n')}\n`, 'text/csv');
  };
  return (
    <details className={classes.refused} open={rowsRefused.length <= 10}>
      <summary>
        {rowsRefused.some(({ row }) => row === undefined)
          ? 'What was refused'
          : rowsRefused.length === 100
            ? 'The first 100 refused rows'
            : countText(rowsRefused.length, 'refused row')}
      </summary>
      <Button variant="default" size="compact-sm" leftSection={<IconDownload size={14} />} onClick={save}>
        Download as CSV
      </Button>
      <div className={classes.scroll} tabIndex={0} role="group" aria-label="Refused rows">
        <table>
          <thead>
            <tr>
              <th>Row</th>
              <th>Column</th>
              <th>What is wrong</th>
            </tr>
          </thead>
          <tbody>
            {rowsRefused.map(({ row, column, sentence }, index) => (
              <tr key={index}>
                <td>{row ?? '–'}</td>
                <td>{row === undefined ? 'the store' : column === '' ? 'the row' : column}</td>
                <td>{sentence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
