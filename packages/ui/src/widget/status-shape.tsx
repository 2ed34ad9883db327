import type { ReactElement } from 'react';

import { STATUS_WORDS, statusVariable } from '../theme/status.ts';
import type { Status } from '../theme/status.ts';
import classes from './status-shape.module.css';

/** Each status has a shape of its own, so that it can be told without colour. Drawn in a box of 12. */
const SHAPES: Readonly<Record<Status, ReactElement | null>> = {
  healthy: <circle cx={6} cy={6} r={4.5} fill="currentColor" />,
  warning: <path d="M6 1.2 11.2 10.4H0.8Z" fill="currentColor" stroke="currentColor" strokeWidth={1} strokeLinejoin="round" />,
  critical: <path d="M6 0.6 11.4 6 6 11.4 0.6 6Z" fill="currentColor" />,
  unknown: <circle cx={6} cy={6} r={3.9} fill="none" stroke="currentColor" strokeWidth={1.8} strokeDasharray="2.6 1.5" />,
  running: <path d="M3 1.6 10.4 6 3 10.4Z" fill="currentColor" stroke="currentColor" strokeWidth={1} strokeLinejoin="round" />,
  finished: <rect x={2} y={2} width={8} height={8} rx={1} fill="currentColor" />,
  neutral: null,
};

/** The shape and colour of a status; beside a word that says it. */
export function StatusShape({ status, size = 12 }: { status: Status; size?: number }): ReactElement | null {
  const shape = SHAPES[status];
  if (shape === null) return null;
  return (
    <svg
      className={classes.shape}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      style={{ color: statusVariable(status) }}
      role="img"
      aria-label={STATUS_WORDS[status]}
    >
      {shape}
    </svg>
  );
}
