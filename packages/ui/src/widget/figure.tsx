import { formatExact, formatValue } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';

import { statusVariable } from '../theme/status.ts';
import type { Status } from '../theme/status.ts';
import { figureSize } from './figure-layout.ts';
import classes from './figure.module.css';
import { StatusShape } from './status-shape.tsx';

export interface FigureProps {
  /** undefined where there is none. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly status: Status;
  /** Stands where there is no value. */
  readonly noValue: string;
  readonly width: number;
  readonly height: number;
  readonly most?: number;
}

/** A big number, as large as fits, its unit smaller, its status by colour, shape and (for screen readers and on hover) word. */
export function Figure({ value, unit, decimals, status, noValue, width, height, most }: FigureProps): ReactElement {
  const { text, suffix } =
    value === undefined ? { text: noValue === '' ? '–' : noValue, suffix: '' } : formatValue(value, unit, decimals);
  const shape = status === 'neutral' ? 0 : 1;
  const size = figureSize(text, suffix, width - shape * 22, height, most);
  return (
    <span
      className={classes.figure}
      title={value === undefined ? undefined : formatExact(value, unit)}
      style={{ fontSize: size, lineHeight: 1.1 }}
    >
      <StatusShape status={status} size={Math.round(Math.max(9, Math.min(16, size * 0.36)))} />
      <span style={{ color: value === undefined ? 'var(--v-faint)' : statusVariable(status) }}>{text}</span>
      {suffix !== '' && <span className={classes.suffix}>{suffix}</span>}
    </span>
  );
}
