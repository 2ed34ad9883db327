import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import { formatExact, formatText } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';

import { STATUS_WORDS, statusOf, statusOfColor, statusVariable } from '../theme/status.ts';
import { StatusShape } from '../widget/status-shape.tsx';
import classes from './bar-gauge.module.css';
import { share } from './gauge-arc.ts';

export interface Bar {
  readonly id: string;
  readonly name: string;
  readonly value: number | undefined;
  readonly unit: string;
}

export interface BarGaugeProps {
  readonly label: string;
  readonly bars: readonly Bar[];
  readonly min: number;
  readonly max: number;
  readonly decimals: number | undefined;
  readonly thresholds: readonly ThresholdStep[];
  readonly noValue: string;
  readonly width: number;
  readonly height: number;
}

const LEAST_ROW = 22;
const MOST_ROW = 40;

/** Values as bars below each other on one scale, from zero where zero is inside. */
export function BarGauge({ label, bars, min, max, decimals, thresholds, noValue, width, height }: BarGaugeProps): ReactElement {
  const row = Math.max(LEAST_ROW, Math.min(MOST_ROW, Math.floor(height / bars.length)));
  const texts = bars.map(({ value, unit }) => (value === undefined ? noValue || '–' : formatText(value, unit, decimals)));
  const valueWidth = Math.min(width * 0.4, Math.max(...texts.map((text) => text.length)) * 7.5 + 22);
  const nameWidth = Math.min(width * 0.35, Math.max(...bars.map(({ name }) => name.length)) * 6.4 + 4);
  const zero = share(0, { min, max });
  return (
    <ul className={classes.bars} aria-label={label} style={{ width, height }}>
      {bars.map(({ id, name, value, unit }, index) => {
        const status = statusOf(value, thresholds);
        const at = value === undefined || Number.isNaN(value) ? zero : share(value, { min, max });
        return (
          <li
            key={id}
            className={classes.bar}
            style={{ height: row, gridTemplateColumns: `${nameWidth}px minmax(0, 1fr) ${valueWidth}px` }}
            title={value === undefined ? name : `${name}: ${formatExact(value, unit)}`}
          >
            <span className={classes.name}>{name}</span>
            <span
              className={classes.track}
              role="meter"
              aria-label={name}
              aria-valuemin={min}
              aria-valuemax={max}
              aria-valuenow={value}
              aria-valuetext={[texts[index], STATUS_WORDS[status]].filter((part) => part !== '').join(', ')}
              style={{ height: Math.min(14, row - 10) }}
            >
              <span
                className={classes.fill}
                style={{
                  left: `${Math.min(zero, at) * 100}%`,
                  width: `${Math.abs(at - zero) * 100}%`,
                  background: status === 'neutral' ? 'var(--v-accent)' : statusVariable(status),
                }}
              />
              {thresholds.map((step) =>
                step.value > min && step.value < max ? (
                  <span
                    key={step.value}
                    className={classes.mark}
                    style={{
                      left: `${share(step.value, { min, max }) * 100}%`,
                      background: statusVariable(statusOfColor(step.color)),
                    }}
                  />
                ) : null,
              )}
            </span>
            <span className={classes.value} data-none={value === undefined || undefined}>
              <StatusShape status={status} size={9} />
              {texts[index]}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
