import { formatExact, formatValue } from '@vitrine/model/unit.ts';
import type { FormattedValue } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';

import { statusVariable } from '../theme/status.ts';
import type { Status } from '../theme/status.ts';
import classes from './figure.module.css';
import { StatusShape } from './status-shape.tsx';

export interface FigureProps {
  /** undefined where there is none. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly status: Status;
  /** What is shown instead of the value's digits: a mapping's text, a date. */
  readonly shown?: FormattedValue | undefined;
  /** A CSS colour instead of the status's. */
  readonly ink?: string | undefined;
  /** Stands where there is no value. */
  readonly noValue: string;
  /** Of the font, in CSS pixels. */
  readonly size: number;
}

/** Width of the shape that tells a status, and of the gap after it. */
export const FIGURE_SHAPE = 22;

/** What a figure says: its number and the unit after it. */
export function figureText(
  value: number | undefined,
  unit: string,
  decimals: number | undefined,
  noValue: string,
): FormattedValue {
  return value === undefined
    ? { prefix: '', text: noValue === '' ? '–' : noValue, suffix: '' }
    : formatValue(value, unit, decimals);
}

/** A big number, its unit smaller, its status by colour, shape and (for screen readers and on hover) word. */
export function Figure({ value, unit, decimals, status, shown, ink, noValue, size }: FigureProps): ReactElement {
  const { prefix, text, suffix } = shown ?? figureText(value, unit, decimals, noValue);
  const color = ink ?? (value === undefined && shown === undefined ? 'var(--v-faint)' : statusVariable(status));
  return (
    <span
      className={classes.figure}
      title={value === undefined ? undefined : formatExact(value, unit)}
      style={{ fontSize: size, lineHeight: 1.1 }}
    >
      <StatusShape status={status} size={Math.round(Math.max(9, Math.min(16, size * 0.36)))} />
      <span style={{ color }}>
        {prefix}
        {text}
      </span>
      {suffix !== '' && <span className={classes.suffix}>{suffix}</span>}
    </span>
  );
}
