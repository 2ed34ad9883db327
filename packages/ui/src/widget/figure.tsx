import { formatExact } from '@vitrine/model/unit.ts';
import type { FormattedValue } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';

import { statusVariable } from '../theme/status.ts';
import type { Status } from '../theme/status.ts';
import classes from './figure.module.css';
import { StatusShape } from './status-shape.tsx';

export interface FigureProps {
  /** What is read. */
  readonly shown: FormattedValue;
  /** The number behind it, told in full on hover; undefined where there is none. */
  readonly numeric: number | undefined;
  readonly unit: string;
  readonly status: Status;
  /** A CSS colour instead of the status's. */
  readonly ink?: string | undefined;
  /** Of the font, in CSS pixels. */
  readonly size: number;
}

/** Width of the shape that tells a status, and of the gap after it. */
export const FIGURE_SHAPE = 22;

/** A big number, its unit smaller, its status by colour, shape and (for screen readers and on hover) word. */
export function Figure({ shown: { prefix, text, suffix }, numeric, unit, status, ink, size }: FigureProps): ReactElement {
  return (
    <span
      className={classes.figure}
      title={numeric === undefined ? undefined : formatExact(numeric, unit)}
      style={{ fontSize: size, lineHeight: 1.1 }}
    >
      <StatusShape status={status} size={Math.round(Math.max(9, Math.min(16, size * 0.36)))} />
      <span style={{ color: ink ?? statusVariable(status) }}>
        {prefix}
        {text}
      </span>
      {suffix !== '' && <span className={classes.suffix}>{suffix}</span>}
    </span>
  );
}
