import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import { formatText } from '@vitrine/model/unit.ts';
import type { ReactElement } from 'react';

import { STATUS_WORDS, statusOf, statusOfColor, statusVariable } from '../theme/status.ts';
import { Figure, FIGURE_SHAPE, figureText } from '../widget/figure.tsx';
import { figureSize } from '../widget/figure-layout.ts';
import { arcPath, gaugeRing, point, share } from './gauge-arc.ts';
import classes from './gauge.module.css';

export interface GaugeProps {
  readonly name: string;
  readonly value: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly thresholds: readonly ThresholdStep[];
  readonly noValue: string;
  readonly showName: boolean;
  readonly width: number;
  readonly height: number;
}

const NAME_HEIGHT = 20;
const ENDS_HEIGHT = 18;

/** A value between two ends, with its thresholds around it. */
export function Gauge(props: GaugeProps): ReactElement {
  const { name, value, min, max, unit, decimals, thresholds, noValue, showName, width, height } = props;
  const status = statusOf(value, thresholds);
  const figure = figureText(value, unit, decimals, noValue);
  const ringHeight = height - (showName ? NAME_HEIGHT : 0) - ENDS_HEIGHT;
  const { radius, centerX, centerY } = gaugeRing(width - 8, ringHeight - 4);
  const thick = Math.max(6, Math.min(18, radius * 0.17));
  const rim = Math.max(2, thick * 0.22);
  const track = radius - rim - 2 - thick / 2;
  const text = value === undefined ? noValue || 'no value' : formatText(value, unit, decimals);
  const steps = thresholds.filter((step) => statusOfColor(step.color) !== 'neutral');
  return (
    <div className={classes.gauge} style={{ width, height }}>
      <svg
        width={width}
        height={ringHeight + ENDS_HEIGHT}
        role="meter"
        aria-label={name}
        aria-valuemin={min}
        aria-valuemax={max}
        aria-valuenow={value}
        aria-valuetext={[text, STATUS_WORDS[status]].filter((part) => part !== '').join(', ')}
      >
        <g transform={`translate(${centerX + 4} ${centerY + 2})`} fill="none">
          <path d={arcPath(0, 1, track)} stroke="var(--v-hover)" strokeWidth={thick} />
          {steps.map((step, index) => {
            const from = share(step.value, { min, max });
            const to = share(steps[index + 1]?.value ?? Infinity, { min, max });
            return to > from ? (
              <path
                key={step.value}
                d={arcPath(from, to, radius - rim / 2)}
                stroke={statusVariable(statusOfColor(step.color))}
                strokeWidth={rim}
                opacity={0.8}
              />
            ) : null;
          })}
          {value !== undefined && share(value, { min, max }) > 0 && (
            <path
              d={arcPath(0, share(value, { min, max }), track)}
              stroke={status === 'neutral' ? 'var(--v-accent)' : statusVariable(status)}
              strokeWidth={thick}
            />
          )}
          {radius >= 48 && (
            <g className={classes.ends}>
              {[min, max].map((end, index) => {
                const [x, y] = point(index, track);
                return (
                  <text key={end} x={x} y={y + thick / 2 + 11} textAnchor="middle">
                    {formatText(end, unit)}
                  </text>
                );
              })}
            </g>
          )}
        </g>
      </svg>
      <div className={classes.figure} style={{ top: centerY + 2, width }}>
        <Figure
          value={value}
          unit={unit}
          decimals={decimals}
          status={status}
          noValue={noValue}
          size={figureSize(
            figure.text,
            figure.suffix,
            (track - thick / 2) * 1.62 - (status === 'neutral' ? 0 : FIGURE_SHAPE),
            radius * 0.5,
            40,
          )}
        />
      </div>
      {showName && <div className={classes.name}>{name}</div>}
    </div>
  );
}
