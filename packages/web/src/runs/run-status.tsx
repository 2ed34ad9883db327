import type { RunStatus } from '@vitrine/model/run.ts';
import type { Status } from '@vitrine/ui/theme/status.ts';
import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import type { ReactElement } from 'react';
import classes from './run-status.module.css';

const SHOWN: Readonly<Record<RunStatus, { readonly status: Status; readonly word: string }>> = {
  running: { status: 'running', word: 'Running' },
  scheduled: { status: 'unknown', word: 'Scheduled' },
  finished: { status: 'finished', word: 'Finished' },
  failed: { status: 'critical', word: 'Failed' },
  killed: { status: 'warning', word: 'Killed' },
};

/** How a run stands: colour, shape and word. */
export function RunStatusBadge({ status }: { readonly status: RunStatus }): ReactElement {
  const { status: shape, word } = SHOWN[status];
  return (
    <span className={classes.status}>
      <span aria-hidden className={classes.shape}>
        <StatusShape status={shape} size={11} />
      </span>
      {word}
    </span>
  );
}
